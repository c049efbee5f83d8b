"""Test the results of a study as one of its rules; any failure fails the job."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from contrast2map.jobs import logs
from contrast2map.study import file_lists


def serve(inputs):
    """A pytest plugin that provides the inputs of the rule as fixture `inputs`."""
    plugin = ModuleType("study_results")  # conftest.py looks for this name

    @pytest.fixture(scope="session", name="inputs")
    def paths_by_name():
        return inputs

    plugin.paths_by_name = paths_by_name
    return plugin


def test_artefacts(folder, inputs):
    """Run the tests of a folder on a study's results; returns pytest's exit code.

    The project's own pytest settings and caches are not used, so that a study in another working
    directory is tested in the same way and the project is not changed.
    """
    sys.dont_write_bytecode = True
    arguments = [f"--config-file={os.devnull}", f"--rootdir={folder}", f"--confcutdir={folder}"]
    arguments += ["-p", "no:cacheprovider", "--import-mode=importlib", "--tb=short", "-rA"]
    return pytest.main([*arguments, str(folder)], plugins=[serve(inputs)])


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    inputs = dict(snakemake.input.items())
    files = file_lists.read(inputs.pop("volumes"))
    names = {name: name for name in ("T1", "T2", "excluding_csf", "roi", "slice_selection")}
    for name, role in (names | {"full_brain": "brain"}).items():
        inputs[name] = list(files[role].values())
    sys.exit(test_artefacts(folder=Path(__file__).parent, inputs=inputs))
