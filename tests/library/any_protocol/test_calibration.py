"""Intervals cover what they promise on visits like those of the calibration."""

import json

import numpy as np
import pytest

from contrast2map.any_protocol import calibration
from contrast2map.any_protocol.calibration import Calibration, calibrate


def drawn(rng, n=40_000):
    """Predicted T1, errors of log T and stated spreads of a network that is too sure of T2."""
    T1_s = np.exp(rng.uniform(np.log(0.4), np.log(4), n))
    spread = rng.uniform(0.02, 0.2, n)
    # In long T1 the errors are twice as large as stated.
    too_large = np.where(T1_s > 1.2, 2.0, 1.0)
    errors = np.abs(rng.laplace(scale=spread)) * too_large
    return {"T1": (T1_s, errors, spread), "T2": (T1_s, 3 * errors, spread)}


@pytest.fixture
def found(rng):
    return calibrate(drawn(rng), n_visits=40)


@pytest.mark.parametrize("quantity", ["T1", "T2"])
@pytest.mark.parametrize("limits_s", [(0.4, 0.7), (0.8, 1.1), (1.5, 2.0), (2.5, 4.0)])
def test_nine_of_ten_new_voxels_are_within_in_short_and_long_T1(found, rng, quantity, limits_s):
    T1_s, errors, spread = drawn(rng)[quantity]
    inside = errors <= found.half_width(quantity, T1_s, spread)
    here = (T1_s > limits_s[0]) & (T1_s < limits_s[1])
    assert inside[here].mean() == pytest.approx(0.9, abs=0.02)


def test_a_rare_T1_takes_the_factor_of_all_voxels(rng):
    T1_s, errors, spread = drawn(rng)["T1"]
    common = T1_s < 1.0
    few = {"T1": (T1_s[common], errors[common], spread[common])}
    found = calibrate(few, n_visits=4)
    of_all = np.quantile(errors[common] / spread[common], 0.9)
    assert found.factors["T1"][-1] == pytest.approx(of_all)


def test_it_survives_JSON(found):
    again = Calibration.of(json.loads(json.dumps(found.as_record())))
    assert again == found


def test_half_a_length_in_seconds_is_that_of_the_interval():
    low, high = 1.2 * np.exp(-0.3), 1.2 * np.exp(0.3)
    half_s = calibration.half_width_s(np.array([1.2, 0.0]), np.array([0.3, 0.3]))
    assert half_s[0] == pytest.approx((high - low) / 2)
    assert calibration.half_width_of(half_s, np.array([1.2, 0.0])) == pytest.approx([0.3, 0])


def test_a_value_is_told_if_its_interval_is_narrow():
    told = calibration.is_told(np.array([0.05, 0.49, 0.51, 2.0]))
    assert told.tolist() == [True, True, False, False]
