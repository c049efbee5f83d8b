"""Agreement statistics and tests with known values."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from contrast2map.statistics.agreement import (
    dice,
    equivalence_p_value,
    hit_rate,
    holm,
    limits_of_agreement,
    paired_t_test,
    percentage_differences,
)
from contrast2map.statistics.intervals import paired_difference


def test_a_constant_offset_is_pure_bias():
    limits = limits_of_agreement(np.full(8, 2.5))
    assert limits == (2.5, 2.5, 2.5)


def test_limits_are_1_96_standard_deviations_from_the_bias():
    values = np.random.default_rng(1).normal(3, 2, 5000)
    lower, bias, upper = limits_of_agreement(values)
    assert bias == pytest.approx(3, abs=0.1)
    assert upper - bias == pytest.approx(1.96 * 2, rel=0.05)
    assert bias - lower == pytest.approx(upper - bias)


def test_missing_differences_are_excluded():
    assert limits_of_agreement([1.0, np.nan, 3.0]).bias == 2


@pytest.mark.parametrize("values", [[], [np.nan], [1.0]])
def test_too_few_differences_have_no_limits(values):
    assert np.isnan(limits_of_agreement(values).upper)


def test_percentages_refer_to_the_mean_of_both():
    assert percentage_differences([110.0], [90.0])[0] == pytest.approx(20)


def test_paired_t_test_is_scipys():
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 12))
    assert paired_t_test(first, second) == pytest.approx(stats.ttest_rel(first, second).pvalue)


def test_a_paired_t_test_excludes_incomplete_pairs():
    first, second = np.array([1.0, 2.0, 4.0, np.nan]), np.array([0.5, 2.5, 3.0, 1.0])
    expected = stats.ttest_rel(first[:3], second[:3]).pvalue
    assert paired_t_test(first, second) == pytest.approx(expected)


@pytest.mark.parametrize("second", [[1.0, 2.0, 3.0], [0.0, 1.0, 2.0]])
def test_equal_differences_allow_no_t_test(second):
    assert np.isnan(paired_t_test([1.0, 2.0, 3.0], second))


def test_one_subject_allows_no_t_test():
    assert np.isnan(paired_t_test([1.0], [2.0]))


def test_a_paired_difference_is_the_t_test_with_its_interval(rng):
    first, second = rng.normal([[1.0], [0.0]], size=(2, 9))
    found = paired_difference(first, second)
    expected = stats.ttest_rel(first, second)
    interval = expected.confidence_interval(0.95)
    assert (found.n, found.mean) == (9, pytest.approx((first - second).mean()))
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high))
    assert found.p_value == pytest.approx(expected.pvalue)


def test_a_paired_difference_excludes_incomplete_pairs():
    first, second = [1.0, 2.0, 4.0, np.nan], [0.5, 2.5, 3.0, 1.0]
    assert paired_difference(first, second) == paired_difference(first[:3], second[:3])


@pytest.mark.parametrize(
    ("first", "n", "mean"), [([], 0, np.nan), ([3.0], 1, 3.0), ([3.0, 3.0], 2, 3.0)]
)
def test_a_difference_without_spread_has_a_mean_and_no_interval(first, n, mean):
    found = paired_difference(first, np.zeros(n))
    assert found.n == n
    np.testing.assert_equal(found[1:], (mean, np.nan, np.nan, np.nan))


def test_holm_multiplies_by_the_number_of_tests_left():
    # 4 x 0.01; 3 x 0.02; 2 x 0.03 is as large as the one before; 1 x 0.04 may not fall below.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


def test_holm_counts_the_tests_that_were_possible_and_stops_at_one():
    np.testing.assert_allclose(holm([0.01, np.nan, 0.8, 0.7]), [0.03, np.nan, 1, 1])
    assert np.isnan(holm([np.nan, np.nan])).all()
    assert holm([]).size == 0


def test_equivalence_is_the_tost_of_statsmodels(rng):
    first, second = rng.normal([[0.3], [0.0]], size=(2, 15))
    expected = ttost_paired(first, second, -0.5, 0.5)[0]
    assert equivalence_p_value(first, second, 0.5) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(20))
def test_equivalence_holds_if_the_90_percent_interval_is_within_the_margin(seed):
    first, second = np.random.default_rng(seed).normal([[0.3], [0.0]], [[0.8], [0.4]], (2, 15))
    interval = stats.ttest_rel(first, second).confidence_interval(0.90)
    reach = max(-interval.low, interval.high)
    assert equivalence_p_value(first, second, reach) == pytest.approx(0.05)
    assert equivalence_p_value(first, second, 1.01 * reach) < 0.05
    assert equivalence_p_value(first, second, 0.99 * reach) > 0.05


@pytest.mark.parametrize(("offset", "p"), [(0.0, 0), (1.9, 0), (-1.9, 0), (2.0, 1), (-3.0, 1)])
def test_a_constant_difference_is_equivalent_only_within_the_margin(offset, p):
    assert equivalence_p_value(np.full(5, 10 + offset), np.full(5, 10.0), 2.0) == p


def test_equivalence_excludes_incomplete_pairs_and_needs_two(rng):
    first, second = rng.normal(size=(2, 6))
    expected = equivalence_p_value(first[:5], second[:5], 1.0)
    second[5] = np.nan
    assert equivalence_p_value(first, second, 1.0) == expected
    assert np.isnan(equivalence_p_value([1.0], [1.0], 1.0))


def test_dice_of_known_masks():
    first = np.array([1, 1, 0, 0], bool)
    assert dice(first, first) == 1
    assert dice(first, ~first) == 0
    assert dice(first, [0, 1, 1, 0]) == 0.5
    assert np.isnan(dice(np.zeros(4), np.zeros(4)))


def test_hit_rate_is_the_share_of_the_region_in_the_target():
    assert hit_rate([1, 1, 1, 1, 0], [1, 1, 1, 0, 1]) == 0.75
    assert np.isnan(hit_rate([0, 0], [1, 1]))
