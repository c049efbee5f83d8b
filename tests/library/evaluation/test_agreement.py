"""Agreement of region means: constructed data with known answers."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agreement_tables import MEANS_MS, NETWORK, pick, roi_means, summarise
from contrast2map.evaluation.agreement import (
    ALL,
    MINIMUM_SUBJECTS,
    agreement,
    pooled_limit_intervals,
)
from contrast2map.statistics import intervals, moments
from contrast2map.statistics.agreement import holm, limits_of_agreement
from contrast2map.study.terms import REGIONS

pytestmark = pytest.mark.filterwarnings("error")

ONE, FOUR = [0], [0, 1, 2, 3]
BY_REGIONS = pytest.mark.parametrize("chosen", [ONE, FOUR], ids=["one", "four"])


def reference_ms(chosen=FOUR, n_subjects=18, seed=1):
    """Region means of subjects, shape (subject, region)."""
    noise = np.random.default_rng(seed).normal(0, 40, (n_subjects, len(MEANS_MS)))
    return (MEANS_MS + noise)[:, chosen]


def compare(x, y, margin_percent=2.0, n_draws=100):
    return agreement(x, y, margin_percent, n_draws, np.random.default_rng(1))


def bounds(found, name):
    return found[f"{name}_low"], found[f"{name}_high"]


def lin(x, y):
    covariance = np.mean((x - x.mean()) * (y - y.mean()))
    return 2 * covariance / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)


@BY_REGIONS
def test_a_constant_offset_affects_only_the_bias(chosen):
    y = reference_ms(chosen)
    found = compare(y + 25, y)
    assert found["bias_ms"] == pytest.approx(25)
    assert bounds(found, "bias_ms") == pytest.approx((25, 25))
    assert found["sd_ms"] == pytest.approx(0, abs=1e-9)
    for limit in ("lower_limit_ms", "upper_limit_ms"):
        assert found[limit] == pytest.approx(25)
        ends = np.array(bounds(found, limit))
        assert (np.isnan(ends) | np.isclose(ends, 25)).all()  # undefined, or 25 within rounding
    assert np.isnan(found["p_value"])  # all differences are equal: Student's t is undefined
    assert found["ccc"] == pytest.approx(2 * y.var() / (2 * y.var() + 25**2))
    assert found["slope"] == pytest.approx(0, abs=1e-9)
    assert found["sd_ratio"] == pytest.approx(1)


@BY_REGIONS
@pytest.mark.parametrize(("offset_percent", "p"), [(1.9, 0), (-1.9, 0), (2.1, 1), (-2.1, 1)])
def test_a_constant_offset_within_the_margin_is_equivalent(chosen, offset_percent, p):
    y = reference_ms(chosen)
    found = compare(y + offset_percent / 100 * y.mean(), y, margin_percent=2.0)
    assert found["equivalence_margin_ms"] == pytest.approx(0.02 * y.mean())
    assert (found["p_equivalence"], found["is_equivalent"]) == (p, p == 0)


@BY_REGIONS
def test_a_proportional_error_shows_in_percent_ratio_and_slope(chosen):
    y = reference_ms(chosen)
    found = compare(1.1 * y, y)
    for name in ("bias_percent", "lower_limit_percent", "upper_limit_percent"):
        assert found[name] == pytest.approx(100 * 0.1 / 1.05)
    assert found["sd_percent"] == pytest.approx(0, abs=1e-9)
    assert found["bias_ms"] == pytest.approx(0.1 * y.mean())
    assert found["sd_ms"] == pytest.approx(0.1 * y.std(ddof=1))
    assert found["sd_ratio"] == pytest.approx(1.1)
    assert found["slope"] == pytest.approx(2 * 0.1 / 2.1)
    for name, value in (("sd_ratio", 1.1), ("slope", 2 * 0.1 / 2.1)):
        assert bounds(found, name) == pytest.approx((value, value), abs=1e-5)
    variance = y.var()
    expected = 2 * 1.1 * variance / ((1.1**2 + 1) * variance + (0.1 * y.mean()) ** 2)
    assert found["ccc"] == pytest.approx(expected)


def test_pure_noise_agrees_in_the_mean_but_not_per_subject():
    y = reference_ms(ONE, 4000)
    x = reference_ms(ONE, 4000, seed=2)
    found = compare(x, y, n_draws=3)
    assert found["ccc"] == pytest.approx(0, abs=0.05)
    assert found["icc"] == pytest.approx(0, abs=0.05)
    assert found["sd_ratio"] == pytest.approx(1, abs=0.05)
    assert found["slope"] == pytest.approx(0, abs=0.1)
    assert found["sd_ms"] == pytest.approx(40 * np.sqrt(2), rel=0.05)
    assert found["bias_ms"] == pytest.approx(0, abs=3)


def test_noise_between_subjects_still_distinguishes_tissues():
    found = compare(reference_ms(seed=2), reference_ms())
    assert found["ccc"] > 0.9
    assert found["sd_ratio_low"] < 1 < found["sd_ratio_high"]


@BY_REGIONS
def test_a_perfect_map_agrees_perfectly(chosen):
    y = reference_ms(chosen)
    found = compare(y.copy(), y)
    for unit in ("ms", "percent"):
        for name in ("bias", "lower_limit", "upper_limit", "sd"):
            assert found[f"{name}_{unit}"] == 0
    assert (found["ccc"], found["icc"], found["sd_ratio"], found["slope"]) == (1, 1, 1, 0)
    assert np.isnan(bounds(found, "ccc") + bounds(found, "icc")).all()
    assert np.isnan(found["p_value"]) and found["p_equivalence"] == 0 and found["is_equivalent"]


def test_the_same_value_for_all_subjects_is_complete_regression_to_the_mean():
    y = reference_ms(ONE)
    found = compare(np.full_like(y, y.mean()), y)
    assert found["bias_ms"] == pytest.approx(0, abs=1e-9)
    assert found["sd_ms"] == pytest.approx(y.std(ddof=1))
    assert found["ccc"] == pytest.approx(0, abs=1e-9)
    assert found["icc"] == pytest.approx(0, abs=0.05)
    assert found["sd_ratio"] == pytest.approx(0, abs=1e-12)
    assert np.isnan(bounds(found, "sd_ratio")).all()
    assert found["slope"] == pytest.approx(-2)


def test_tissue_means_for_all_subjects_have_no_spread_between_subjects():
    y = reference_ms()
    found = compare(np.tile(y.mean(axis=0), (len(y), 1)), y)
    assert found["sd_ratio"] == 0 and np.isnan(bounds(found, "sd_ratio")).all()
    assert found["ccc"] > 0.9  # tissues differ, individuals do not


def test_single_tissues_have_the_exact_intervals():
    y = reference_ms(ONE)
    x = 0.8 * y + 200 + reference_ms(ONE, seed=2) * 0.3
    found = compare(x, y)
    first, second, difference = x[:, 0], y[:, 0], (x - y)[:, 0]
    percent = 100 * difference / ((first + second) / 2)
    assert bounds(found, "bias_ms") == intervals.of_mean(difference)
    assert bounds(found, "lower_limit_ms") == intervals.of_limits(difference)[0]
    assert bounds(found, "upper_limit_percent") == intervals.of_limits(percent)[1]
    assert bounds(found, "slope") == intervals.of_slope(difference, (first + second) / 2)[1]
    assert bounds(found, "sd_ratio") == intervals.of_sd_ratio(first, second)[1]
    assert found["p_value"] == pytest.approx(stats.ttest_rel(first, second).pvalue)
    assert found["sd_percent"] == pytest.approx(percent.std(ddof=1))
    assert found["ccc"] == pytest.approx(lin(x, y))
    assert found["ccc_low"] < found["ccc"] < found["ccc_high"]


def test_four_tissues_of_a_subject_count_as_one_subject():
    y = reference_ms()
    x = 0.9 * y + 100 + np.random.default_rng(3).normal(0, 30, (18, 1))  # shared by the tissues
    found = compare(x, y)
    assert (found["n_subjects"], found["n_measurements"]) == (18, 72)
    assert found["bias_ms"] == pytest.approx((x - y).mean())
    assert bounds(found, "bias_ms") == pytest.approx(intervals.of_mean((x - y).mean(axis=1)))
    naive = intervals.of_mean((x - y).ravel())
    assert found["bias_ms_high"] - found["bias_ms_low"] > 1.5 * (naive.high - naive.low)
    assert found["p_value"] == stats.ttest_rel(x.mean(axis=1), y.mean(axis=1)).pvalue
    limits = limits_of_agreement(x - y)
    assert (found["lower_limit_ms"], found["upper_limit_ms"]) == (limits.lower, limits.upper)
    naive = intervals.of_limits((x - y).ravel())[1]
    assert found["upper_limit_ms_high"] - found["upper_limit_ms_low"] > 1.3 * (naive[1] - naive[0])


def test_the_intervals_of_pooled_limits_contain_them():
    y = reference_ms()
    measured = reference_ms(seed=2) - y
    limits = limits_of_agreement(measured)
    lower, upper = pooled_limit_intervals(measured, 200, np.random.default_rng(1))
    assert lower.low < limits.lower < lower.high < limits.bias < upper.low < limits.upper < upper[1]


def test_concordance_of_a_single_tissue_has_an_interval_only_with_enough_subjects():
    for n, has_interval in ((MINIMUM_SUBJECTS - 1, False), (MINIMUM_SUBJECTS, True)):
        found = compare(reference_ms(ONE, n, 2) + reference_ms(ONE, n), 2 * reference_ms(ONE, n))
        assert np.isfinite(bounds(found, "ccc") + bounds(found, "icc")).all() == has_interval
    pooled = compare(reference_ms(FOUR, 6, 2), reference_ms(FOUR, 6))
    assert np.isfinite(bounds(pooled, "ccc")).all()


@BY_REGIONS
@pytest.mark.parametrize("n_subjects", [0, 1, 2, 3])
def test_few_subjects_give_the_statistics_that_are_estimable(chosen, n_subjects):
    y = reference_ms(chosen, n_subjects)
    x = reference_ms(chosen, n_subjects, seed=2)
    found = compare(x, y)
    assert found["n_subjects"] == n_subjects
    assert np.isfinite(found["bias_ms"]) == (n_subjects > 0)
    assert np.isfinite(found["p_value"]) == (n_subjects > 1)
    assert np.isfinite(found["p_equivalence"]) == (n_subjects > 1)
    assert np.isfinite(bounds(found, "slope")).all() == (n_subjects > 2)
    assert np.isfinite(found["ccc"]) == (n_subjects * len(chosen) > 1)
    assert isinstance(found["is_equivalent"], bool)


def test_a_subject_without_a_region_counts_in_the_other_regions():
    y = reference_ms()
    y[0, 2] = np.nan
    x = reference_ms(seed=2)
    assert compare(x[:, [2]], y[:, [2]]) == pytest.approx(
        compare(x[1:, [2]], y[1:, [2]]), nan_ok=True
    )
    assert compare(x[:, [0]], y[:, [0]])["n_subjects"] == 18
    found = compare(x, y)
    assert (found["n_subjects"], found["n_measurements"]) == (17, 68)
    assert found == pytest.approx(compare(x[1:], y[1:]), nan_ok=True)


def test_the_table_has_a_row_for_each_comparison():
    table = summarise(roi_means())
    pairs = {(NETWORK, "reference"), ("cohort_mean", "reference")}
    pairs |= {(NETWORK, "truth"), ("cohort_mean", "truth"), ("reference", "truth")}
    assert set(zip(table["predictor"], table["against"], strict=True)) == pairs
    assert len(table) == len(pairs) * 2 * (len(REGIONS) + 1)
    assert not table.duplicated(["predictor", "against", "quantity", "region"]).any()


def test_each_row_compares_the_maps_that_it_names():
    rois = roi_means()
    table = summarise(rois)
    ours = rois[(rois["predictor"] == NETWORK) & (rois["quantity"] == "T2")]
    columns = {
        (NETWORK, "reference"): ("predicted_ms", "reference_ms"),
        (NETWORK, "truth"): ("predicted_ms", "truth_ms"),
        ("reference", "truth"): ("reference_ms", "truth_ms"),
    }
    for pair, (first, second) in columns.items():
        for region in REGIONS:
            part = ours[ours["region"] == region]
            row = pick(table, *pair, "T2", region)
            assert row["bias_ms"] == pytest.approx((part[first] - part[second]).mean())
            assert row["equivalence_margin_ms"] == pytest.approx(0.04 * part[second].mean())
            assert row["p_value"] == pytest.approx(
                stats.ttest_rel(*part[[first, second]].T.values)[1]
            )
        assert pick(table, *pair, "T2", ALL)["bias_ms"] == pytest.approx(
            (ours[first] - ours[second]).mean()
        )


def test_holm_counts_the_eight_tests_of_single_tissues():
    table = summarise(roi_means())
    assert table.loc[table["region"] == ALL, "p_holm"].isna().all()
    for _, family in table[table["region"] != ALL].groupby(["predictor", "against"]):
        assert len(family) == 8
        np.testing.assert_allclose(family["p_holm"], holm(family["p_value"]))
        assert family["p_holm"].min() == pytest.approx(min(1, 8 * family["p_value"].min()))


def test_without_truth_maps_are_compared_with_the_reference_only():
    assert set(summarise(roi_means(has_truth=False))["against"]) == {"reference"}


def test_the_table_is_reproducible_and_predictors_are_independent():
    rois = roi_means()
    table = summarise(rois)
    pd.testing.assert_frame_equal(table, summarise(rois.sample(frac=1, random_state=2)))
    alone = summarise(rois, [NETWORK])
    for against in ("reference", "truth"):
        pd.testing.assert_series_equal(
            pick(table, NETWORK, against, "T1", ALL).drop("skill"),
            pick(alone, NETWORK, against, "T1", ALL).drop("skill"),
        )
    assert alone["skill"].isna().all()  # nothing to compare with
    other = summarise(rois, seed=2)
    assert (other["ccc_low"].dropna() != table["ccc_low"].dropna()).any()


def test_skill_is_one_minus_the_error_relative_to_the_cohort_mean():
    rois = roi_means()
    ours = rois["predictor"] == NETWORK
    off_ms = np.where(rois["region"] == "wm", 3.0, 1.0)
    rois.loc[ours, "predicted_ms"] = rois.loc[ours, "reference_ms"] + off_ms[ours]
    null = rois["predictor"] == "cohort_mean"
    rois.loc[null, "predicted_ms"] = rois.loc[null, "reference_ms"] - 2.0
    table = summarise(rois)
    for region, skill in (("wm", 1 - 9 / 4), ("gm", 0.75), (ALL, 1 - 3 / 4)):
        assert pick(table, NETWORK, "reference", "T1", region)["skill"] == pytest.approx(skill)
    assert pick(table, "cohort_mean", "reference", "T2", "gm")["skill"] == pytest.approx(0)


def test_a_subject_without_a_region_is_excluded_from_its_row():
    rois = roi_means()
    lacking = (rois["subject"] == "02") & (rois["region"] == "putamen")
    rois.loc[lacking, ["predicted_ms", "reference_ms", "truth_ms"]] = np.nan
    table = summarise(rois)
    counts = table.groupby("region")["n_subjects"].unique()
    assert {region: list(n) for region, n in counts.items()} == {
        "gm": [4], "wm": [4], "putamen": [3], "thalamus": [4], ALL: [3]
    }  # fmt: skip


def test_the_sd_ratio_of_all_regions_is_that_of_their_pooled_moments():
    rois = roi_means()
    ours = rois[(rois["predictor"] == NETWORK) & (rois["quantity"] == "T1")]
    x, y = (
        ours.pivot(index="subject", columns="region", values=f"{name}_ms")
        for name in ("predicted", "reference")
    )
    expected = moments.sd_ratio(moments.sums_by_subject(x, y).sum(axis=0))
    found = pick(summarise(rois), NETWORK, "reference", "T1", ALL)["sd_ratio"]
    assert found == pytest.approx(expected)
