"""Statistics from sums: against direct formulae, pingouin and constructed data."""

import warnings

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import stats

from contrast2map.statistics import moments

pytestmark = pytest.mark.filterwarnings("error")

STATISTICS = [
    moments.bias,
    moments.lower_limit,
    moments.upper_limit,
    moments.slope,
    moments.sd_ratio,
    moments.concordance,
    moments.intraclass_correlation,
]


@pytest.fixture
def measured(rng):
    """Predicted and reference in ms, each of shape (subject, region)."""
    reference = np.array([1300.0, 830.0, 1100.0]) + rng.normal(0, 60, (8, 3))
    return 0.8 * reference + 200 + rng.normal(0, 40, (8, 3)), reference


def total(x, y):
    return moments.sums_by_subject(x, y).sum(axis=0)


def lin(x, y):
    """Lin's coefficient as published, with moments divided by n."""
    covariance = np.mean((x - x.mean()) * (y - y.mean()))
    return 2 * covariance / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)


def icc_of_pingouin(x, y):
    """ICC(A,1) of all measurements as one column of targets."""
    n = x.size
    long = pd.DataFrame(
        {
            "target": np.tile(np.arange(n), 2),
            "rater": np.repeat(["x", "y"], n),
            "value": np.concatenate([x.ravel(), y.ravel()]),
        }
    )
    with warnings.catch_warnings(action="ignore"):
        table = pingouin.intraclass_corr(long, targets="target", raters="rater", ratings="value")
    chosen = table[table["Type"].isin(["ICC2", "ICC(A,1)"])]
    assert len(chosen) == 1
    return chosen["ICC"].item()


def test_sums_are_counts_and_powers():
    sums = moments.sums_by_subject([[2.0, 3.0]], [[5.0, 7.0]])
    np.testing.assert_array_equal(sums, [[[1, 2, 5, 4, 25, 10], [1, 3, 7, 9, 49, 21]]])


def test_an_incomplete_pair_is_excluded():
    sums = moments.sums_by_subject([[2.0, np.nan, 4.0]], [[np.nan, 7.0, 1.0]])
    np.testing.assert_array_equal(sums, [[[0] * 6, [0] * 6, [1, 4, 1, 16, 1, 4]]])


def test_bias_and_limits_are_those_of_all_differences(measured):
    x, y = measured
    differences = (x - y).ravel()
    mean, sd = differences.mean(), differences.std(ddof=1)
    sums = total(x, y)
    assert moments.bias(sums) == pytest.approx(mean)
    assert moments.sd_of_differences(sums) == pytest.approx(sd)
    assert moments.lower_limit(sums) == pytest.approx(mean - 1.96 * sd)
    assert moments.upper_limit(sums) == pytest.approx(mean + 1.96 * sd)


def test_the_slope_is_that_of_least_squares(measured):
    x, y = measured
    expected = stats.linregress(((x + y) / 2).ravel(), (x - y).ravel()).slope
    assert moments.slope(total(x, y)) == pytest.approx(expected)


def test_the_ratio_of_one_region_is_that_of_its_sds(measured):
    x, y = (each[:, :1] for each in measured)
    assert moments.sd_ratio(total(x, y)) == pytest.approx(x.std() / y.std())


def test_the_ratio_of_several_regions_is_within_regions(measured):
    x, y = measured
    expected = np.sqrt(x.var(axis=0).sum() / y.var(axis=0).sum())
    assert moments.sd_ratio(total(x, y)) == pytest.approx(expected)
    shifted = x + np.array([0.0, 500.0, -300.0])
    assert moments.sd_ratio(total(shifted, y)) == pytest.approx(expected)


@pytest.mark.parametrize("n_regions", [1, 3])
def test_concordance_is_lins(measured, n_regions):
    x, y = (each[:, :n_regions] for each in measured)
    assert moments.concordance(total(x, y)) == pytest.approx(lin(x, y))


@pytest.mark.parametrize("n_regions", [1, 3])
def test_the_intraclass_correlation_is_pingouins(measured, n_regions):
    x, y = (each[:, :n_regions] for each in measured)
    found = moments.intraclass_correlation(total(x, y))
    assert found == pytest.approx(icc_of_pingouin(x, y), abs=1e-9)


def test_the_intraclass_correlation_of_a_hand_example_is_right():
    # x = 1, 2, 3, y = x + 1: MS rows 2, error 0, columns 1.5, so (2 - 0) / (2 + 0 + 2 * 1.5 / 3).
    x = np.array([[1.0], [2.0], [3.0]])
    assert moments.intraclass_correlation(total(x, x + 1)) == pytest.approx(2 / 3)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_data_sets_computed_together_or_separately_give_the_same(statistic, measured, rng):
    shifts = rng.normal(size=(5, 1, 1))
    x, y = measured[0] + shifts, measured[1] * np.ones_like(shifts)
    at_once = statistic(moments.sums_by_subject(x, y).sum(axis=-3))
    assert at_once.shape == (5,)
    assert at_once == pytest.approx([statistic(total(*pair)) for pair in zip(x, y, strict=True)])


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_missing_measurement_has_no_effect(statistic, measured):
    x, y = (each[:, :1].copy() for each in measured)
    expected = statistic(total(x[1:], y[1:]))
    x[0] = np.nan
    assert statistic(total(x, y)) == pytest.approx(float(expected))


@pytest.mark.parametrize("statistic", STATISTICS[1:])
def test_one_pair_has_a_difference_and_no_other_statistic(statistic):
    one = total(np.array([[3.0]]), np.array([[1.0]]))
    assert moments.bias(one) == 2
    assert np.isnan(statistic(one))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_without_a_pair_there_is_no_statistic(statistic):
    assert np.isnan(statistic(total(np.empty((0, 1)), np.empty((0, 1)))))


@pytest.mark.parametrize("value", [1000.1, 1e6 / 3])
def test_a_constant_predictor_has_no_spread_despite_rounding(value, rng):
    y = rng.normal(1000, 60, (17, 4))
    x = np.full((17, 4), value) + np.array([0.0, 0.1, 1 / 3, -7.7])
    assert moments.sd_ratio(total(x, y)) == 0
