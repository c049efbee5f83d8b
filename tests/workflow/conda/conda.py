"""Stand-in for conda that has two packages, Python and pip; it answers the calls of Snakemake.

conda.py ROOT --version | info | config --get ... | clean ... | env create --file F --prefix P

The Python is a copy of one of this machine, which finds its shared library where it was built. What
else an environment asks for, FSL, is left out.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

PYTHON = "3.12"
ASKED = {f"python={PYTHON}", "pip"}
LEFT_OUT = ("fsl-", "bc")
# Of the standard library: what no study needs.
UNUSED = ("site-packages", "test", "idlelib", "__pycache__", "config-*")
ACTIVATE = """\
export CONDA_PREFIX="$1" PATH="$1/bin:$PATH"
for script in "$1"/etc/conda/activate.d/*.sh; do [ ! -e "$script" ] || . "$script"; done
"""
WITNESS = Path(__file__).with_name("sitecustomize.py")


def find_python():
    """A Python of this machine that starts and has the environments' version, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    paths = [shutil.which(f"python{PYTHON}"), *pyenv.glob(f"versions/{PYTHON}.*/bin/python")]
    for path in filter(None, paths):
        done = subprocess.run([path, "-c", "import ensurepip"], capture_output=True)
        if done.returncode == 0:
            return Path(path)
    return None


def set_up(root):
    """Write a `conda` and an `activate` to the folder `bin` of a root."""
    programs = Path(root) / "bin"
    programs.mkdir(parents=True)
    (programs / "activate").write_text(ACTIVATE)
    (programs / "conda").write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {root} "$@"\n')
    (programs / "conda").chmod(0o755)


def main(root, *words):
    """Answer one call."""
    match words:
        case ["--version"]:
            print("conda 26.1.0")
        case ["info", *_]:
            print(json.dumps({"conda_prefix": root, "platform": "linux-64"}))
        case ["config", "--get", *_]:
            print(json.dumps({"get": {"channel_priority": "strict"}}))
        case ["clean", *_]:
            pass
        case ["env", "create", *options]:
            parser = argparse.ArgumentParser()
            parser.add_argument("--file", type=Path)
            parser.add_argument("--prefix", type=Path)
            known, _ = parser.parse_known_args(options)
            create(yaml.safe_load(known.file.read_text())["dependencies"], known.prefix)
        case _:
            sys.exit(f"not in this stand-in for conda: {' '.join(words)}")


def create(asked, prefix):
    """Install Python and pip, which must be all that is asked for, into a new folder."""
    others = {entry for entry in asked if not str(entry).startswith(LEFT_OUT)} - ASKED
    if others:
        sys.exit(f"PackagesNotFoundError: {others}")
    copy_python(find_python(), prefix)
    python = prefix / "bin" / "python"
    subprocess.run([python, "-I", "-m", "ensurepip", "--default-pip"], check=True)


def copy_python(python, prefix):
    """Copy a Python, without its packages, and add the witness of imports."""
    ask = "import sys; print(sys.base_prefix)"
    base = Path(subprocess.check_output([python, "-c", ask], text=True).strip())
    library = f"lib/python{PYTHON}"
    shutil.copytree(base / library, prefix / library, ignore=shutil.ignore_patterns(*UNUSED))
    (prefix / library / "site-packages").mkdir()
    shutil.copy(WITNESS, prefix / library / "site-packages")
    for path in (base / "lib").glob(f"libpython{PYTHON}.so*"):
        shutil.copy(path, prefix / "lib")
    (prefix / "bin").mkdir()
    shutil.copy(base / "bin" / f"python{PYTHON}", prefix / "bin")
    for name in ("python", "python3"):
        (prefix / "bin" / name).symlink_to(f"python{PYTHON}")


if __name__ == "__main__":
    main(*sys.argv[1:])
