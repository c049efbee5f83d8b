"""Update the versions in this folder's environments from the lock file; `make lock` runs it.

Packages that are not in the lock file (FSL, Python) keep their versions.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
PIN = re.compile(r"^(\s*- )([a-z0-9-]+)(==?)(\S+)$", re.MULTILINE)
LOCKED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)


def main():
    """Rewrite and report each envs/*.yaml in which a version has changed."""
    # If versions differ by Python, the last one, for the newest Python.
    versions = dict(LOCKED.findall((HERE.parent / "requirements.txt").read_text()))
    for path in sorted(HERE.glob("*.yaml")):
        before = path.read_text()
        after = PIN.sub(
            lambda pin: f"{pin[1]}{pin[2]}{pin[3]}{versions.get(pin[2], pin[4])}", before
        )
        if after != before:
            path.write_text(after)
            print(f"{path.name}: versions renewed")


if __name__ == "__main__":
    main()
