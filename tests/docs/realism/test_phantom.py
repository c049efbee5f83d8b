"""Signal equations against scans of a phantom with known protocol."""

import os
from pathlib import Path

import numpy as np
import pytest

from pages.realism import phantom


@pytest.fixture(scope="module")
def tubes():
    folder = Path(os.environ.get("CONTRAST2MAP_DATA", "")) / "phantom" / "sepal" / "T1_data"
    if not (folder / "FA2.nii.gz").is_file():
        pytest.skip("CONTRAST2MAP_DATA names no folder with phantom/sepal")
    return phantom.measure(folder)


def test_five_scans_of_a_tube_agree_with_three_unknowns(tubes):
    assert len(tubes) == 12
    assert all(row["residual"] < 1.5 for row in tubes)
    assert tubes[0]["T1_ms"] < 320 and tubes[-1]["T1_ms"] > 1700
    assert all(0.9 < row["transmit"] < 1.1 for row in tubes)


def test_an_mprage_is_predicted_from_the_other_scans(tubes):
    assert all(abs(row["predicted"]) < 2 for row in tubes)


def test_a_fit_finds_the_values_that_made_the_signals():
    made = phantom.signals(0.9, 500.0, 1.05)
    assert np.allclose(phantom.fit(made, np.arange(5)), (0.9, 500.0, 1.05), rtol=1e-4)
