"""Learning rate by step."""

import keras
import numpy as np
import pytest

from contrast2map.learning.schedules import WarmUpAndCosine


def rates_of(schedule, steps):
    return [float(keras.ops.convert_to_numpy(schedule(step))) for step in steps]


def test_learning_rate_rises_and_falls_to_zero():
    rates = rates_of(WarmUpAndCosine(1e-3, 10, 110), (0, 9, 10, 60, 110))
    np.testing.assert_allclose(rates, [1e-4, 1e-3, 1e-3, 5e-4, 0], atol=1e-9)


def test_without_a_warm_up_the_first_step_has_the_peak():
    assert rates_of(WarmUpAndCosine(1e-3, 0, 100), [0]) == [pytest.approx(1e-3)]
