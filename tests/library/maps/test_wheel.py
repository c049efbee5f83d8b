"""The package as a wheel: the command works without the checkout it was built from."""

import os
import re
import subprocess
import sys

import pytest

import wheels
from contrast2map.report import page
from project import ROOT

PACKAGE = ROOT / "workflow_scripts" / "contrast2map"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Folder of the package as a wheel installs it."""
    wheel = wheels.build(tmp_path_factory.mktemp("built"))
    return wheels.unpack(wheel, tmp_path_factory.mktemp("site"))


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
    found = wheels.files(installed / "contrast2map")
    assert {name for name in found if not name.startswith("project/")} == wheels.files(PACKAGE)


def test_it_holds_the_study_with_every_file_that_a_rule_names(installed):
    packed = installed / wheels.PACKED
    found = wheels.files(packed)
    assert "Snakefile" in found and "config/config.yaml" in found
    texts = [path.read_text() for path in [packed / "Snakefile", *packed.glob("rules/*.smk")]]
    named = re.compile(r'(?:"\.\./|of_project\("|include: ")([\w/.]+\.\w+)"')
    needed = {name for text in texts for name in named.findall(text)}
    assert len(needed) > 100 and needed <= found


def test_it_is_where_the_package_looks_for_the_study(installed):
    program = "from contrast2map.workflow import project; print(project.SNAKEFILE)"
    assert run(installed, "-c", program).strip() == str(installed / wheels.PACKED / "Snakefile")


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
