"""The wheel away from the clone: maps in an empty environment, and a study that `init` started."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nibabel
import pytest

import wheels
from project import ROOT
from small_studies import THREADS, command, environment

pytestmark = [
    pytest.mark.slow,  # an installation, and a whole study of its own
    pytest.mark.skipif(
        "CONTRAST2MAP_TEST_INSTALLED" not in os.environ, reason="run by make test-installed"
    ),
]

SCANS = {"mprage": "acq-mprage_T1w", "gre": "acq-gre_T1w", "flair": "FLAIR"}
TABLES = ("table_1.csv", "table_2.csv", "agreement.csv", "subjects.csv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    return wheels.build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def elsewhere():
    """Environment of a process that finds no module of the checkout by its own."""
    return {name: value for name, value in environment().items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def programs(wheel, elsewhere, tmp_path_factory):
    """Folder of the programs of an environment in which only the wheel was installed."""
    folder = tmp_path_factory.mktemp("empty") / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], env=elsewhere, check=True)
    python = folder / "bin" / "python"
    by_uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, wheel]
    # As in the Makefile: perhaps only pip can reach a package index.
    if subprocess.run(by_uv, env=elsewhere).returncode:
        by_pip = [python, "-m", "pip", "install", "--quiet", wheel]
        subprocess.run(by_pip, env=elsewhere, check=True)
    return folder / "bin"


def test_an_empty_environment_with_the_wheel_makes_maps(programs, elsewhere, study, tmp_path):
    scan = str(study / "results/tiny/cohort/sub-02/anat/sub-02_{}.nii.gz")
    scans = [word for name, end in SCANS.items() for word in (f"--{name}", scan.format(end))]
    ran = subprocess.run(
        [programs / "contrast2map", "maps", *scans, "--output", "maps"],
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        text=True,
    )
    assert ran.returncode in (0, 1), ran.stderr  # the verdict about so coarse a head is not tested
    for quantity in ("T1", "T2"):
        stem = tmp_path / f"maps/sub-01/anat/sub-01_{quantity}map"
        assert (nibabel.load(f"{stem}.nii.gz").get_fdata() > 0).sum() > 1000
        assert json.loads(Path(f"{stem}.json").read_text())["Units"] == "s"
    assert "<style>" in (tmp_path / "maps/sub-01.html").read_text()


def test_that_environment_has_no_package_of_the_study(programs, elsewhere, tmp_path):
    program = (
        "import importlib.util as u; "
        "print([n for n in ('snakemake', 'pytest', 'skimage', 'fsl') if u.find_spec(n)])"
    )
    python = [programs / "python", "-c", program]
    assert subprocess.run(python, env=elsewhere, capture_output=True, text=True).stdout == "[]\n"
    started = subprocess.run(
        [programs / "contrast2map", "init", tmp_path / "study"],
        env=elsewhere,
        capture_output=True,
        text=True,
    )
    assert started.returncode == 0, started.stderr
    assert "Snakemake is not installed" in started.stdout.splitlines()[1]


def test_a_study_of_the_wheel_has_the_tables_of_the_clone(
    wheel, elsewhere, finished_study, tmp_path
):
    site = wheels.unpack(wheel, tmp_path / "site")
    found = elsewhere | {"PYTHONPATH": str(site)}
    init = [sys.executable, "-m", "contrast2map", "init", "tiny", "--preset"]
    subprocess.run([*init, ROOT / "tests/config/tiny.yaml"], cwd=tmp_path, env=found, check=True)
    folder = tmp_path / "tiny"
    ran = subprocess.run(
        command("--cores", "2", *THREADS), cwd=folder, env=found, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    for name in TABLES:
        own, clone = (each / "results/tiny/tables" / name for each in (folder, finished_study))
        assert own.read_bytes() == clone.read_bytes(), name
    refused = subprocess.run(
        command("--cores", "2", "--software-deployment-method", "conda", "--forceall"),
        cwd=folder,
        env=found,
        capture_output=True,
        text=True,
    )
    assert refused.returncode != 0
    assert "needs a clone" in refused.stderr
