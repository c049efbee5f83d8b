"""Write what each environment installs from the lock file; `make lock` runs it.

Conda provides Python, pip and FSL. All other packages of an environment are the locked wheels of
the packages in `<name>.in` and of their dependencies. They are written into
`<name>.post-deploy.sh`, which Snakemake runs in the new environment; its content is part of the
environment's fingerprint.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
LOCK, CUDA_LOCK = "requirements.txt", "requirements-cuda.txt"
CUDA_EXTRA = "tensorflow[and-cuda]"
SCRIPT = """\
#!/bin/sh
# Written by envs/renew.py from {name}.in and {locks}; do not edit.
set -eu
# Packages in ~/.local neither count as installed (-I) nor take precedence later.
mkdir -p "$CONDA_PREFIX/etc/conda/activate.d"
echo 'export PYTHONNOUSERSITE=1' > "$CONDA_PREFIX/etc/conda/activate.d/no_user_site.sh"
"$CONDA_PREFIX/bin/python" -I -m pip install --no-deps --require-hashes --only-binary :all: \\
    --no-input --disable-pip-version-check --requirement /dev/stdin << 'END'
{requirements}END
"""


def packages(name):
    """Packages that `<name>.in` and the files that it includes list, with their extras."""
    found = set()
    for line in (HERE / f"{name}.in").read_text().splitlines():
        entry = line.partition("#")[0].strip()
        if entry.startswith("-r "):
            found |= packages(entry.removeprefix("-r ").removesuffix(".in"))
        elif entry:
            found.add(entry)
    return found


def read_lock(path):
    """Requirements with hashes, and the packages that require them, by package name.

    A package has several requirements if Python versions need different versions of it.
    """
    locked = {}
    for block in re.split(r"\n(?=[a-z0-9])", path.read_text().rstrip("\n")):
        name = re.match(r"[a-z0-9-]+(?===)", block)
        if name:
            requirement, _, via = block.partition("\n    # via")
            requirements, dependants = locked.setdefault(name[0], ([], set()))
            requirements.append(requirement)
            dependants |= set(re.findall(r"^ *(?:#  )? +([a-z0-9-]+)$", via, re.MULTILINE))
    return locked


def closure(names, locked):
    """Names of packages and of all their dependencies.

    Raises:
        ValueError: A package is not in the lock.
    """
    missing = sorted(names - locked.keys())
    if missing:
        raise ValueError(f"{', '.join(missing)}: not in {LOCK}; add to requirements.in")
    found = set(names)
    while more := {
        name for name, (_, dependants) in locked.items() if dependants & found and name not in found
    }:
        found |= more
    return found


def script(name):
    """Text of an environment's post-deploy script."""
    entries = packages(name)
    locks = [LOCK, CUDA_LOCK] if CUDA_EXTRA in entries else [LOCK]
    locked = {}
    for lock in locks:
        locked |= read_lock(HERE.parent / lock)
    names = closure({entry.partition("[")[0] for entry in entries}, locked)
    lines = [requirement for each in sorted(names) for requirement in locked[each][0]]
    return SCRIPT.format(
        name=name, locks=" and ".join(locks), requirements="".join(f"{line}\n" for line in lines)
    )


def main():
    """Write and report each script that has changed."""
    for path in sorted(HERE.glob("*.yaml")):
        target = path.with_suffix(".post-deploy.sh")
        text = script(path.stem)
        if not target.is_file() or target.read_text() != text:
            target.write_text(text)
            print(f"{target.name}: renewed")


if __name__ == "__main__":
    main()
