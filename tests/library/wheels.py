"""Build the project's wheel, and unpack it as an installer would."""

import shutil
import subprocess
import sys
import zipfile

from project import ROOT

# What a build reads; it is copied, because a build leaves files.
PARTS = (
    "pyproject.toml setup.py MANIFEST.in README.md LICENSE Snakefile requirements.txt "
    "rules workflow_scripts config envs profiles report tests/artefacts"
).split()
PACKED = "contrast2map/project"  # the folder of the study's files in the wheel


def build(folder):
    """Build the wheel into an empty folder and return its path."""
    source = folder / "source"
    for part in PARTS:
        target = source / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / part, target, ignore=ignored)
        else:
            shutil.copy(ROOT / part, target)
    # The build's backend without an installer, which an environment made by uv does not have.
    program = f"from setuptools.build_meta import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", program], cwd=source, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def unpack(wheel, folder):
    """Unpack a wheel of pure Python into a folder and return it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files(folder):
    """Paths of all files in a folder, relative to it, without compiled ones."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
