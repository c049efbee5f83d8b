"""The package as a wheel: the command works without the checkout it was built from."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from contrast2map.report import page
from project import ROOT

NEEDED = ("pyproject.toml", "README.md", "LICENSE", "requirements.in")
PACKAGE = ROOT / "workflow_scripts" / "contrast2map"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Folder of the package as a wheel installs it; built from a copy: a build leaves files."""
    source, built, folder = (tmp_path_factory.mktemp(name) for name in ("source", "built", "site"))
    for name in NEEDED:
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(PACKAGE, source / "workflow_scripts" / "contrast2map", ignore=ignored)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    build += ["--no-build-isolation", "--wheel-dir", built, source]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def run(installed, *arguments):
    """Run Python where the wheel is, away from the checkout; returns what it printed."""
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=installed,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_wheel_holds_every_file_of_the_package(installed):
    def files(folder):
        return {
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }

    assert files(installed / "contrast2map") == files(PACKAGE)


def test_its_pages_have_the_style_of_the_study(installed):
    program = "from contrast2map.report import page; print(page.__file__); print(page.style())"
    file, style = run(installed, "-c", program).split("\n", 1)
    assert file.startswith(str(installed))
    assert style.rstrip("\n") == page.style().rstrip("\n") and "{" in style


def test_it_brings_the_command(installed):
    (points,) = installed.glob("*.dist-info/entry_points.txt")
    assert "contrast2map = contrast2map.__main__:run" in points.read_text()
    program = (
        "import sys; from contrast2map.__main__ import run; sys.argv[1:] = ['maps', '--help'];"
    )
    assert "--bids FOLDER" in run(installed, "-c", f"{program} run()")
