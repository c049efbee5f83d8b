"""Paired tests between input sets agree with textbook values."""

import numpy as np
import pytest
from scipy import stats

from contrast2map.statistics.agreement import holm
from contrast2map.statistics.intervals import paired_difference
from table_rows import ALL, compare, noisy


def test_a_paired_difference_agrees_with_the_textbook(rng):
    first, second = rng.normal(50, 5, 12), rng.normal(52, 5, 12)
    ours, theirs = paired_difference(first, second), stats.ttest_rel(first, second)
    interval = theirs.confidence_interval(0.95)
    assert ours.n == 12
    assert ours.mean == pytest.approx((first - second).mean())
    assert (ours.lower, ours.upper) == pytest.approx((interval.low, interval.high))
    assert ours.p_value == pytest.approx(theirs.pvalue)


def test_a_paired_difference_agrees_with_pingouin(rng):
    pingouin = pytest.importorskip("pingouin")
    first, second = rng.normal(50, 5, 8), rng.normal(52, 5, 8)
    theirs = pingouin.ttest(first, second, paired=True).iloc[0]
    ours = paired_difference(first, second)
    assert ours.p_value == pytest.approx(theirs.filter(regex="^p.val").iloc[0], rel=1e-6)
    interval = theirs.filter(regex="^CI").iloc[0]
    assert np.round([ours.lower, ours.upper], 2) == pytest.approx(np.asarray(interval), abs=0.011)


def test_the_interval_covers_the_true_difference_95_times_in_100(rng):
    draws = rng.normal(1.0, 3.0, (4000, 6))
    intervals = [paired_difference(draw, np.zeros(6)) for draw in draws]
    covered = np.mean([each.lower <= 1.0 <= each.upper for each in intervals])
    assert covered == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("first, mean", [([], np.nan), ([3.0], 3), ([2.0, 2, 2], 2)])
def test_equal_differences_have_a_mean_but_no_test(first, mean):
    difference = paired_difference(first, np.zeros(len(first)))
    assert difference.mean == pytest.approx(mean, nan_ok=True)
    assert np.isnan([difference.lower, difference.upper, difference.p_value]).all()


def test_a_missing_subject_is_excluded_from_a_pair():
    assert paired_difference([1.0, 2, np.nan, 5], [0.0, 0, 0, np.nan]).n == 2


def test_holm_multiplies_and_keeps_the_order_of_p_values():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == pytest.approx([1, 1])


def test_a_test_that_was_not_possible_is_not_counted_by_holm():
    assert holm([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert np.isnan(holm([np.nan])).all()


def test_all_pairs_of_seven_sets_are_tested_in_each_family():
    tests = compare(ALL, noisy)
    assert (tests.groupby(["against", "quantity"]).size() == 21).all()
    assert (tests["n_tests"] == 42).all()
    steps = tests[tests["adds_one"] & (tests["against"] == "truth") & (tests["quantity"] == "T2")]
    assert set(zip(steps["added"], steps["other_inputs"], strict=True)) == {
        *[("flair", base) for base in ("mprage+gre", "mprage", "gre")],
        *[("gre", base) for base in ("mprage+flair", "mprage", "flair")],
        *[("mprage", base) for base in ("gre+flair", "gre", "flair")],
    }


def test_each_family_is_corrected_separately():
    tests = compare(ALL[:4], noisy)
    for _, family in tests.groupby("against"):
        assert family["p_holm"].to_numpy() == pytest.approx(holm(family["p_value"]))
        assert family["p_holm"].min() == pytest.approx(12 * family["p_value"].min())


@pytest.mark.parametrize("order", [ALL[:2], ALL[1::-1]])
def test_the_set_with_more_inputs_comes_first_in_either_order(order):
    tests = compare(order, noisy)
    assert set(tests["inputs"]) == {ALL[0]}
    assert set(tests["added"]) == {"flair"}
    assert (tests["difference_ms"] < 0).all()


def test_only_the_error_excluding_csf_of_the_paper_is_compared():
    tests = compare(ALL[:2], lambda inputs, subject, *_: int(subject) + 2 * inputs.count("+"))
    assert tests["mean_mae_ms"].to_numpy() == pytest.approx([3.5 + 4] * 4)
    assert tests["difference_ms"].to_numpy() == pytest.approx([2.0] * 4)
    assert tests["p_value"].isna().all()


def test_subjects_are_paired_with_themselves():
    def mae_ms(inputs, subject, *_):
        return 10.0 ** int(subject) + (inputs == ALL[0]) * int(subject)

    tests = compare(ALL[:2], mae_ms)
    expected = stats.ttest_1samp(np.arange(1, 7), 0).pvalue
    assert tests["p_value"].to_numpy() == pytest.approx([expected] * 4)


def test_sets_that_exchange_a_contrast_add_and_remove_one():
    row = compare(["mprage+gre", "mprage+flair"], noisy).iloc[0]
    assert (row["added"], row["removed"], row["adds_one"]) == ("gre", "flair", False)


def test_one_subject_allows_no_test():
    tests = compare(ALL[:2], noisy, subjects=["01"])
    assert tests["p_holm"].isna().all() and (tests["n_tests"] == 0).all()
