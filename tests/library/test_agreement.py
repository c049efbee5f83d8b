"""Agreement with known answers."""

import numpy as np
import pytest
from scipy import stats

from contrast2map.agreement import (
    dice,
    hit_rate,
    limits_of_agreement,
    paired_t_test,
    percentage_differences,
)


def test_a_constant_offset_is_pure_bias():
    limits = limits_of_agreement(np.full(8, 2.5))
    assert limits == (2.5, 2.5, 2.5)


def test_limits_are_1_96_standard_deviations_from_the_bias():
    values = np.random.default_rng(1).normal(3, 2, 5000)
    lower, bias, upper = limits_of_agreement(values)
    assert bias == pytest.approx(3, abs=0.1)
    assert upper - bias == pytest.approx(1.96 * 2, rel=0.05)
    assert bias - lower == pytest.approx(upper - bias)


def test_missing_differences_are_left_out():
    assert limits_of_agreement([1.0, np.nan, 3.0]).bias == 2


@pytest.mark.parametrize("values", [[], [np.nan], [1.0]])
def test_too_few_differences_have_no_limits(values):
    assert np.isnan(limits_of_agreement(values).upper)


def test_percentages_are_of_the_mean_of_both():
    assert percentage_differences([110.0], [90.0])[0] == pytest.approx(20)


def test_paired_t_test_is_scipys():
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 12))
    assert paired_t_test(first, second) == pytest.approx(stats.ttest_rel(first, second).pvalue)


def test_a_paired_t_test_leaves_incomplete_pairs_out():
    first, second = np.array([1.0, 2.0, 4.0, np.nan]), np.array([0.5, 2.5, 3.0, 1.0])
    expected = stats.ttest_rel(first[:3], second[:3]).pvalue
    assert paired_t_test(first, second) == pytest.approx(expected)


@pytest.mark.parametrize("second", [[1.0, 2.0, 3.0], [0.0, 1.0, 2.0]])
def test_equal_differences_allow_no_t_test(second):
    assert np.isnan(paired_t_test([1.0, 2.0, 3.0], second))


def test_one_subject_allows_no_t_test():
    assert np.isnan(paired_t_test([1.0], [2.0]))


def test_dice_of_known_masks():
    first = np.array([1, 1, 0, 0], bool)
    assert dice(first, first) == 1
    assert dice(first, ~first) == 0
    assert dice(first, [0, 1, 1, 0]) == 0.5
    assert np.isnan(dice(np.zeros(4), np.zeros(4)))


def test_hit_rate_is_the_share_of_the_region_in_the_target():
    assert hit_rate([1, 1, 1, 1, 0], [1, 1, 1, 0, 1]) == 0.75
    assert np.isnan(hit_rate([0, 0], [1, 1]))
