"""Give the environments beside this file the versions of the lock: `make lock` runs it.

A package whose version the lock does not have (FSL, Python) keeps its own.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
PIN = re.compile(r"^(\s*- )([a-z0-9-]+)(==?)(\S+)$", re.MULTILINE)
LOCKED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)


def main():
    """Rewrite each envs/*.yaml in which a version has changed, and say so."""
    # Of several versions for different Pythons the last one, for the newest.
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
