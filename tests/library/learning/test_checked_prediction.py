"""Predictions are checked against the network as trained; float32 is used if they deviate."""

import numpy as np
import pytest

from contrast2map.learning import checked_prediction
from contrast2map.learning.checked_prediction import CheckedPredictor, evenly
from contrast2map.learning.unet import UNetConfig, build_unet
from contrast2map.preprocessing.slices import Slices

CONTRASTS = ["mprage", "gre"]
LIMITS_MS = {"T1": 50, "T2": 10}


@pytest.fixture(scope="module")
def network():
    return build_unet(UNetConfig(2, 2, 1, 0.3, 0.9), 2, 2, seed=3)


@pytest.fixture
def stored(rng):
    brain = np.zeros((5, 12, 12), bool)
    brain[:, 2:-2, 2:-2] = True
    images = rng.random((5, 12, 12, 2), dtype=np.float32)
    return Slices(images, CONTRASTS, images, ["T1", "T2"], brain, np.arange(5))


def checked(network, compute_in, **limits_ms):
    return CheckedPredictor(network, compute_in, LIMITS_MS | limits_ms, map_scale_s=3.0)


def test_the_folded_network_is_exact_in_float32(network, stored):
    predictor = checked(network, "float32")
    maps = predictor(stored, CONTRASTS)
    assert maps.shape == stored.maps.shape
    row = predictor.rows[0]
    assert row["precision"] == "float32" and row["n_slices"] == checked_prediction.N_CHECKED
    assert 0 <= row["T1_mean_ms"] <= row["T1_max_ms"] < 0.1


def test_bfloat16_deviates_and_the_deviation_is_recorded(network, stored):
    predictor = checked(network, "bfloat16", T1=1e6, T2=1e6)
    maps = predictor(stored, CONTRASTS)
    row = predictor.rows[0]
    assert row["precision"] == "bfloat16" and row["T1_max_ms"] > 0.1
    indices = evenly(5, checked_prediction.N_CHECKED)
    plain = predictor.fast.plainly(stored.inputs)
    off_ms = 3000 * np.abs(maps - plain)[indices][stored.brain[indices]]
    np.testing.assert_allclose([row["T1_max_ms"], row["T2_max_ms"]], off_ms.max(axis=0), rtol=1e-3)
    np.testing.assert_allclose(row["T2_mean_ms"], off_ms[:, 1].mean(), rtol=1e-3)


def test_a_subject_beyond_the_limit_is_predicted_in_float32(network, stored):
    predictor = checked(network, "bfloat16", T2=1e-2)
    maps = predictor(stored, CONTRASTS)
    assert predictor.rows[0]["precision"] == "float32"
    np.testing.assert_allclose(maps, predictor.fast.plainly(stored.inputs), atol=1e-5)


def test_a_folded_network_that_deviates_in_float32_stops_the_study(network, stored, monkeypatch):
    predictor = checked(network, "float32")
    monkeypatch.setattr(predictor.fast, "_apply", lambda batch: np.zeros((*batch.shape[:3], 2)))
    with pytest.raises(ValueError, match="prediction.maximum_deviation_ms: .*float32"):
        predictor(stored, CONTRASTS)


@pytest.mark.parametrize(
    ("n", "wanted", "expected"),
    [(5, 2, [1, 3]), (1, 2, [0]), (2, 2, [0, 1]), (0, 2, []), (100, 2, [33, 66])],
)
def test_slices_are_chosen_evenly(n, wanted, expected):
    assert list(evenly(n, wanted)) == expected
