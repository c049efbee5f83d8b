"""A conda channel on disk that holds what environments ask for, in the versions of the lock.

Where no channel can be reached, this one shows that environments solve, install and run. Its Python
is one of this machine, its other packages are the wheels of the lock. What the lock does not have,
FSL's programs, is there by name only. What it cannot show: that conda-forge has these versions, and
how its builds of them behave.

The Python finds its shared library where it was built, so the channel is of use on this machine
only; programs of packages (`bin/`) are left out, since the study's rules run modules.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHON = "3.12"
PLATFORM = "linux-64"
COMPRESSION = 1  # of 9: the packages are read once
# Of the standard library: what no study needs, and what is there again under another name.
LEFT_OUT = ("site-packages", "test", "idlelib", "ensurepip", "__pycache__", "config-*")
MARKERS = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "extra": ""}
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


def build(folder, environments, lock, python):
    """Build the channel.

    Args:
        folder: Folder to write it to.
        environments: Conda environments, as paths of YAML files.
        lock: Requirements with versions, hashes and who asked for them, as `uv pip compile` writes.
        python: Python that becomes the channel's, as a path.

    Raises:
        subprocess.CalledProcessError: The package index lacks something of the lock.
    """
    from rattler.index import index_fs

    folder = Path(folder)
    for name in (PLATFORM, "noarch"):
        (folder / name).mkdir(parents=True)
    requirements = read_lock(lock)
    asked = asked_for(environments)
    names = with_dependencies(asked, requirements)
    with tempfile.TemporaryDirectory(dir=folder) as wheels:
        package_python(folder, python, wheels)
        lines = [line for name in names & requirements.keys() for line in requirements[name][0]]
        fetch_wheels(lines, python, wheels)
        for wheel in sorted(Path(wheels).glob("*.whl")):
            package_wheel(folder, wheel)
            wheel.unlink()
    for name in asked.keys() - requirements.keys() - {"python", "pip"}:
        package_nothing(folder, name, asked[name])
    asyncio.run(index_fs(folder))


def asked_for(environments):
    """Version, or None, by name, of the packages that environments ask of their channels."""
    versions = {}
    for path in environments:
        for entry in yaml.safe_load(Path(path).read_text())["dependencies"]:
            if isinstance(entry, str):
                name, _, version = entry.partition("=")
                versions[name] = version or None
    return versions


def read_lock(path):
    """Requirements with their hashes, and names of who asked for it, by package name.

    A package has several where Pythons need different versions of it; pip reads their markers.
    """
    found = {}
    for block in re.split(r"\n(?=[a-z0-9])", Path(path).read_text()):
        if match := re.match(r"[a-z0-9-]+(?===)", block):
            requirement, _, via = block.partition("    # via")
            requirements, askers = found.setdefault(match[0], ([], set()))
            requirements.append(requirement)
            askers |= set(re.findall(r"[a-z0-9-]+", via))
    return found


def with_dependencies(names, requirements):
    """Names of packages and of what they ask for, transitively."""
    found = set(names)
    while more := {
        name for name, (_, askers) in requirements.items() if askers & found and name not in found
    }:
        found |= more
    return found


def fetch_wheels(lines, python, folder):
    """Bring the wheels of requirements into a folder, by the index that pip knows."""
    wanted = Path(folder) / "wanted.txt"
    wanted.write_text("\n".join(lines))
    options = ("--quiet", "--no-deps", "--require-hashes", "--disable-pip-version-check")
    command = [python, "-m", "pip", "wheel", *options, "--requirement", wanted]
    subprocess.run([*command, "--wheel-dir", folder], check=True)


def package_python(channel, python, wheels):
    """Make a conda package of a Python and a witness of imports; lay its pip to the wheels."""
    ask = "import sys, platform; print(sys.base_prefix, platform.python_version())"
    answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    prefix, version = answer.stdout.split()
    library = Path(prefix) / "lib" / f"python{PYTHON}"
    for wheel in (library / "ensurepip" / "_bundled").glob("pip-*.whl"):
        shutil.copy(wheel, wheels)
    with tempfile.TemporaryDirectory(dir=channel) as stage:
        target = Path(stage) / library.relative_to(prefix)
        shutil.copytree(library, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (target / "site-packages").mkdir()
        shutil.copy(WITNESS, target / "site-packages")
        for path in Path(prefix, "lib").glob(f"libpython{PYTHON}.so*"):
            shutil.copy(path, Path(stage) / "lib")
        (Path(stage) / "bin").mkdir()
        shutil.copy(Path(prefix) / "bin" / f"python{PYTHON}", Path(stage) / "bin")
        for name in ("python", "python3"):
            (Path(stage) / "bin" / name).symlink_to(f"python{PYTHON}")
        assemble(channel, "python", version, stage, depends=[])


def package_wheel(channel, wheel):
    """Make a conda package of a wheel."""
    name, version, *_ = parse_wheel_filename(wheel.name)
    with tempfile.TemporaryDirectory(dir=channel) as stage:
        site = Path(stage) / "lib" / f"python{PYTHON}" / "site-packages"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
        for data in site.glob("*.data"):
            for kind, target in {"data": stage, "purelib": site, "platlib": site}.items():
                if (data / kind).is_dir():
                    shutil.copytree(data / kind, target, dirs_exist_ok=True)
            shutil.rmtree(data)
        (metadata,) = site.glob("*.dist-info/METADATA")
        assemble(channel, name, str(version), stage, depends=dependencies(metadata.read_text()))


def package_nothing(channel, name, version):
    """Make a conda package that has a name and a version and holds nothing."""
    with tempfile.TemporaryDirectory(dir=channel) as stage:
        assemble(channel, name, version, stage, depends=[])


def dependencies(metadata):
    """Conda's form of what a wheel's metadata asks for, on this platform and Python."""
    found = [f"python {PYTHON}.*"]
    for line in HeaderParser().parsestr(metadata).get_all("Requires-Dist") or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(MARKERS):
            name = canonicalize_name(requirement.name)
            found.append(f"{name} {requirement.specifier}".strip())
    return found


def assemble(channel, name, version, folder, depends):
    """Write a folder's files as a conda package."""
    from rattler_build import assemble_package

    assemble_package(
        name,
        version,
        PLATFORM,
        f"py{PYTHON.replace('.', '')}_0",
        channel / PLATFORM,
        files_dir=folder,
        depends=depends,
        compression_level=COMPRESSION,
        detect_prefix=False,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("environments", nargs="+", type=Path)
    parser.add_argument("--folder", required=True, type=Path)
    parser.add_argument("--lock", required=True, type=Path)
    parser.add_argument("--python", default=find_python(), type=Path)
    arguments = parser.parse_args()
    build(arguments.folder, arguments.environments, arguments.lock, arguments.python)
    sys.stdout.flush()
    os._exit(0)  # py-rattler-build 0.73 may crash at an ordinary exit, its work done
