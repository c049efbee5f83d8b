"""Which engine did a step is written beside its result."""

import json
from types import SimpleNamespace

import pytest

from contrast2map.preprocessing import steps

BET = SimpleNamespace(engine="fsl", version="6.0.7", problem=None)
HMRF = SimpleNamespace(engine="embedded", version="0.1.0", problem="no brain", other="left out")


def test_engine_version_and_problem_of_each_step_are_written(tmp_path):
    steps.write_engines(tmp_path / "a.json", brain_extraction=BET, tissue_segmentation=HMRF)
    assert json.loads((tmp_path / "a.json").read_text()) == {
        "brain_extraction": {"engine": "fsl", "version": "6.0.7", "problem": None},
        "tissue_segmentation": {"engine": "embedded", "version": "0.1.0", "problem": "no brain"},
    }


def test_a_result_without_a_version_is_refused(tmp_path):
    with pytest.raises(AttributeError, match="version"):
        steps.write_engines(tmp_path / "a.json", step=SimpleNamespace(engine="fsl"))
