"""Run Snakemake on a copy of the project, so that tests leave no trace in it."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from forked_snakemake import Server
from project import ROOT
from small_studies import TINY, command, environment

# Files of tests in the order in which they start, the others follow: the study that many of them
# need and the one on Slurm, those that need none of them, then what takes long.
FIRST = """
    test_study slurm/test_slurm test_any_contrasts test_module test_presets
    test_configuration_errors test_bids_cohort test_killed_study test_reuse test_replication_docs
    test_maps test_report_browser
""".split()
PARTS = (
    "Snakefile requirements.txt rules workflow_scripts config envs profiles report tests/config "
    "tests/artefacts"
).split()


def pytest_collection_modifyitems(items):
    """Order the tests as `FIRST` says; the others follow in their order."""
    folder = Path(__file__).parent
    places = {folder / f"{name}.py": place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def root():
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def copy_project(tmp_path_factory):
    """Function that copies the project into a new folder."""

    def copy(name):
        folder = tmp_path_factory.mktemp(name)
        for part in PARTS:
            source, target = ROOT / part, folder / part
            if source.is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, target, ignore=ignore)
            else:
                shutil.copy(source, target)
        return folder

    return copy


@pytest.fixture(scope="session")
def snakemake(tmp_path_factory):
    """Function that runs Snakemake in a folder and returns the finished process."""
    with Server(tmp_path_factory.mktemp("snakemake"), environment()) as server:

        def run(folder, *arguments, timeout_s=900):
            return server.run(folder, arguments, environment(), timeout_s)

        yield run


@pytest.fixture(scope="session")
def finished_study(copy_project, tmp_path_factory):
    """Folder of a tiny study that ran from end to end, for no test to change.

    The processes of pytest-xdist share it: the first one runs it, the others wait.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # what this run of pytest gives all its processes
    path, error = folder / "finished_study.txt", folder / "failed_study.txt"
    with open(folder / "study.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists() and not error.exists():
            made = copy_project("study")
            result = subprocess.run(
                command(*TINY), cwd=made, env=environment(), capture_output=True, text=True
            )
            if result.returncode:
                error.write_text(result.stderr[-5000:])
            else:
                path.write_text(str(made))
    assert path.exists(), error.read_text()
    return Path(path.read_text())


@pytest.fixture(scope="module")
def study(finished_study, tmp_path_factory):
    """Folder of the tiny study that ran from end to end, for the tests of one file to change."""
    return shutil.copytree(finished_study, tmp_path_factory.mktemp("copy") / "study", symlinks=True)
