"""Exact intervals: against other packages, against the tests that they invert, and edge cases."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from contrast2map.statistics import intervals

pytestmark = pytest.mark.filterwarnings("error")


def pairs(seed, n=12):
    """Reference and a predictor that shrinks it, each of shape (subject,)."""
    rng = np.random.default_rng(seed)
    reference = rng.normal(1000, 50, n)
    return 1000 + 0.5 * (reference - 1000) + rng.normal(10, 25, n), reference


def test_the_interval_of_a_mean_is_students(rng):
    values = rng.normal(3, 2, 9)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert intervals.of_mean(values) == pytest.approx((expected.low, expected.high))


def test_the_interval_of_a_mean_needs_two_values():
    for values in ([], [1.0]):
        assert np.isnan(intervals.of_mean(values)).all()
    assert intervals.of_mean([2.0, 2.0]) == (2, 2)


def test_the_intervals_of_the_limits_invert_the_noncentral_t_distribution(rng):
    # Carkeet's tolerance factor k: k sqrt(n) is noncentral t with noncentrality 1.96 sqrt(n).
    values = rng.normal(5, 2, 18)
    _, upper = intervals.of_limits(values)
    for bound, level in zip(upper, (0.025, 0.975), strict=True):
        t = (bound - values.mean()) / values.std(ddof=1) * np.sqrt(18)
        assert stats.nct.cdf(t, 17, 1.96 * np.sqrt(18)) == pytest.approx(level, abs=1e-6)


def test_the_factors_of_the_limits_are_those_of_simulated_samples(rng):
    # (quantile - mean) / SD of normal samples has the factors as its 2.5 % and 97.5 % quantiles.
    n = 10
    samples = rng.standard_normal((200_000, n))
    factors = (1.96 - samples.mean(axis=1)) / samples.std(axis=1, ddof=1)
    values = np.arange(float(n))
    _, upper = intervals.of_limits(values)
    inner, outer = (np.array(upper) - values.mean()) / values.std(ddof=1)
    assert (inner, outer) == pytest.approx(np.quantile(factors, [0.025, 0.975]), rel=0.01)


def test_the_tolerance_factor_is_the_published_one(monkeypatch):
    # One-sided factor of 95 % of a normal population with 95 % confidence, n = 10: 2.911
    # (Odeh and Owen 1980; NIST/SEMATECH e-Handbook, section 7.2.6.3, gives the formula).
    monkeypatch.setattr(intervals, "TAILS", (0.05, 0.95))
    monkeypatch.setattr(intervals, "NORMAL_QUANTILE_975", stats.norm.ppf(0.95))
    values = np.arange(10.0)
    _, upper = intervals.of_limits(values)
    assert (upper.high - values.mean()) / values.std(ddof=1) == pytest.approx(2.911, abs=5e-4)


def test_the_limits_are_symmetric_and_inside_their_intervals(rng):
    values = rng.normal(5, 2, 18)
    lower, upper = intervals.of_limits(values)
    mean, sd = values.mean(), values.std(ddof=1)
    assert (mean - lower.high, mean - lower.low) == pytest.approx(
        (upper.low - mean, upper[1] - mean)
    )
    assert lower.low < mean - 1.96 * sd < lower.high < upper.low < mean + 1.96 * sd < upper.high
    assert upper.high - (mean + 1.96 * sd) > (mean + 1.96 * sd) - upper.low  # skewed outwards


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0]])
def test_limits_without_spread_have_no_interval(values):
    assert np.isnan(intervals.of_limits(np.array(values))).all()


@pytest.mark.parametrize("n", [2, 3, 100, 1000])
def test_limits_of_few_and_of_many_subjects_have_an_interval(n, rng):
    lower, upper = intervals.of_limits(rng.normal(size=n))
    assert np.isfinite([*lower, *upper]).all()


def test_the_slope_and_its_interval_are_those_of_least_squares():
    x, y = pairs(1)
    slope, interval = intervals.of_slope(x - y, (x + y) / 2)
    fit = sm.OLS(x - y, sm.add_constant((x + y) / 2)).fit()
    assert slope == pytest.approx(fit.params[1])
    assert interval == pytest.approx(tuple(fit.conf_int()[1]))


def test_a_slope_needs_spread_and_its_interval_three_subjects():
    for means in ([], [1.0], [3.0, 3.0, 3.0]):
        slope, interval = intervals.of_slope(np.arange(len(means)), np.array(means))
        assert np.isnan(slope) and np.isnan(interval).all()
    slope, interval = intervals.of_slope(np.array([1.0, 3.0]), np.array([0.0, 4.0]))
    assert slope == 0.5 and np.isnan(interval).all()


@pytest.mark.parametrize("seed", range(30))
def test_the_ratio_of_sds_excludes_one_where_pitmans_test_is_significant(seed):
    x, y = pairs(seed)
    ratio, interval = intervals.of_sd_ratio(x, y)
    p = stats.pearsonr(x + y, x - y).pvalue
    assert ratio == pytest.approx(x.std() / y.std())
    assert (interval.low <= 1 <= interval.high) == (p > 0.05)


@pytest.mark.parametrize("seed", range(5))
def test_the_bounds_of_the_ratio_are_where_pitmans_test_is_just_significant(seed):
    x, y = pairs(seed, n=7)
    for bound in intervals.of_sd_ratio(x, y)[1]:
        assert stats.pearsonr(x + bound * y, x - bound * y).pvalue == pytest.approx(0.05)


def test_the_pairs_include_significant_and_nonsignificant_ones():
    contains = [low <= 1 <= high for low, high in (_ratio_interval(seed) for seed in range(30))]
    assert 5 < sum(contains) < 25


def test_a_ratio_needs_spread_and_its_interval_three_subjects():
    assert np.isnan(intervals.of_sd_ratio([1.0, 2.0], [1.0, 1.0])[0])
    assert np.isnan(intervals.of_sd_ratio([1.0], [1.0])[0])
    for x, y, expected in (
        ([1.0, 3.0], [0.0, 1.0], 2),
        ([5.0, 5.0, 5.0], [1.0, 2.0, 4.0], 0),
    ):
        ratio, interval = intervals.of_sd_ratio(x, y)
        assert ratio == pytest.approx(expected) and np.isnan(interval).all()


def _ratio_interval(seed):
    return intervals.of_sd_ratio(*pairs(seed))[1]
