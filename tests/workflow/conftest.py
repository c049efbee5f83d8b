"""Run Snakemake on a copy of the project, so that tests leave no trace in it."""

import shutil
import subprocess

import pytest

from project import ROOT
from small_studies import TINY, command, environment

PARTS = (
    "Snakefile rules workflow_scripts config envs profiles report tests/config tests/artefacts"
).split()


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
def snakemake():
    """Function that runs Snakemake in a folder and returns the finished process."""

    def run(folder, *arguments, timeout_s=900):
        return subprocess.run(
            command(*arguments),
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )

    return run


@pytest.fixture(scope="session")
def study(copy_project, snakemake):
    """Folder of a tiny study that ran from end to end."""
    folder = copy_project("study")
    result = snakemake(folder, *TINY)
    assert result.returncode == 0, result.stderr[-5000:]
    return folder
