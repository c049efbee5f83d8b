"""The audit: arithmetic with rounded numbers, and facts about the published tables."""

import numpy as np
import pytest
from scipy import stats

from contrast2map.audit import implied, ranges
from contrast2map.audit.implications import (
    audit_errors,
    audit_tests,
    detectable_effect,
    pooled_limits_percent,
)
from contrast2map.audit.layouts import layout_errors, layout_limits, layout_tests, to_page
from contrast2map.audit.ranges import Range, exact, rounded
from contrast2map.audit.sentences import (
    findings,
    mean_differences,
    network_limits,
    null_limits,
    resolution,
    spread,
)
from contrast2map.study.published import N_SUBJECTS, read_published
from project import ROOT

PATH = ROOT / "config" / "published_tables.csv"
LINES = PATH.read_text().splitlines()
# Means, SDs and P of a made-up region, as printed: P feasible, at its edge, and out of reach.
MADE_UP = [
    ("50.0", "4.0", "51.0", "5.0", "0.35"),
    ("83.8", "1.0", "84.7", "3.9", "0.51"),
    ("823.5", "20.8", "823.3", "30.0", "0.32"),
    ("7.0", "2", "9", "1.2", "0.0005"),
    ("10.2", "1.1", "10.2", "1.1", "0.93"),
]


def rounded_row(texts):
    return {name: rounded(text) for name, text in zip(implied.COLUMNS, texts, strict=True)}


def spoilt(**changes):
    """Lines of the published tables with other T1 values of the white matter."""
    header = LINES[0].split(",")
    lines = []
    for line in LINES:
        cells = dict(zip(header, line.split(","), strict=True))
        if (cells["table"], cells["quantity"], cells["region"]) == ("2", "T1", "wm"):
            cells |= changes
        lines.append(",".join(cells.values()))
    return lines


@pytest.fixture(scope="module")
def texts():
    return implied.read_texts(LINES)


@pytest.fixture(scope="module")
def tests(texts):
    return audit_tests(texts, N_SUBJECTS).set_index(["quantity", "region"])


@pytest.fixture(scope="module")
def errors(texts):
    return audit_errors(texts).set_index(["quantity", "region"])


@pytest.fixture(scope="module")
def words(tests, errors):
    """Sentences of the findings."""
    return findings(tests.reset_index(), errors.reset_index(), N_SUBJECTS)


def paired(rng, first, second, correlation, n_subjects):
    """Two samples of exactly these (mean, SD) and this correlation."""
    noise = rng.standard_normal((n_subjects, 2))
    noise -= noise.mean(axis=0)
    basis, _ = np.linalg.qr(noise)
    basis *= np.sqrt(n_subjects - 1)
    mixed = correlation * basis[:, 0] + np.sqrt(1 - correlation**2) * basis[:, 1]
    return first[0] + first[1] * basis[:, 0], second[0] + second[1] * mixed


@pytest.mark.parametrize(
    "text, lowest, highest",
    [("20.8", 20.75, 20.85), ("0.027", 0.0265, 0.0275), ("30.0", 29.95, 30.05), ("7", 6.5, 7.5)],
)
def test_a_printed_number_stands_for_all_values_that_round_to_it(text, lowest, highest):
    assert rounded(text) == pytest.approx((lowest, highest), abs=1e-12)


def test_trailing_zeros_are_kept(texts):
    assert texts[2, "roi_mean", "T1", "wm"]["reference_sd"] == "30.0"
    assert texts[2, "roi_mean", "T2", "gm"]["dl_sd"] == "1.0"


def test_both_readers_find_the_same_numbers(texts):
    published = read_published(LINES)
    assert list(texts) == list(published)
    for key, row in texts.items():
        for name in implied.COLUMNS:
            assert (float(row[name]) if name in row else None) == getattr(published[key], name)


def test_ranges_are_divided_from_end_to_end():
    assert ranges.quotient(Range(1, 2), Range(4, 8)) == (0.125, 0.5)
    assert ranges.quotient(Range(0, 2), Range(0, 8)) == (0, np.inf)
    assert ranges.size(Range(-3, 1)) == (0, 3)
    assert ranges.size(Range(-3, -1)) == (1, 3)
    assert ranges.intersect(Range(0, 1), Range(2, 3)) is None


@pytest.mark.parametrize("printed", MADE_UP)
def test_p_of_data_with_the_printed_moments_fills_the_computed_range(printed):
    values = rounded_row(printed)
    difference = ranges.difference(values["dl_mean"], values["reference_mean"])
    sd = implied.sd_of_differences(values["dl_sd"], values["reference_sd"])
    possible = implied.paired_p(difference, sd, N_SUBJECTS)
    rng, found = np.random.default_rng(5), []
    for _ in range(1500):
        # Ends of the ranges as often as their inside: there lie the extremes.
        share = np.clip(rng.uniform(-0.5, 1.5, 5), 0, 1)
        means = [
            low + each * (high - low)
            for each, (low, high) in zip(share, list(values.values())[:4], strict=False)
        ]
        first, second = paired(rng, means[:2], means[2:], 2 * share[4] - 1, N_SUBJECTS)
        if np.ptp(first - second) > 1e-9:
            found.append(stats.ttest_rel(first, second).pvalue)
    assert min(found) >= possible.lowest - 1e-9
    assert max(found) <= possible.highest + 1e-9
    assert min(found) == pytest.approx(possible.lowest, abs=0.03)
    assert max(found) == pytest.approx(possible.highest, abs=0.03)


@pytest.mark.parametrize("printed", MADE_UP)
def test_data_with_the_printed_p_have_the_implied_correlation_and_sd(printed):
    values = rounded_row(printed)
    difference = ranges.difference(values["dl_mean"], values["reference_mean"])
    implied_sd = implied.implied_sd(difference, values["p_value"], N_SUBJECTS)
    correlation = implied.implied_correlation(values["dl_sd"], values["reference_sd"], implied_sd)
    sd = implied.sd_of_differences(values["dl_sd"], values["reference_sd"])
    possible = implied.paired_p(difference, sd, N_SUBJECTS)
    rng, found = np.random.default_rng(6), []
    for _ in range(4000):
        share = np.clip(rng.uniform(-0.5, 1.5, 4), 0, 1)
        mean_1, sd_1, mean_2, sd_2 = (
            low + each * (high - low)
            for each, (low, high) in zip(share, list(values.values())[:4], strict=False)
        )
        r = rng.uniform(-1, 1)
        spread = np.sqrt(sd_1**2 + sd_2**2 - 2 * r * sd_1 * sd_2)
        t = abs(mean_1 - mean_2) / (spread / np.sqrt(N_SUBJECTS))
        p = 2 * stats.t.sf(t, N_SUBJECTS - 1)
        if values["p_value"].lowest <= p <= values["p_value"].highest:
            found.append((r, spread))
    word = implied.verdict(values["p_value"], possible, correlation)
    assert word == "borderline" or bool(found) == (word == "feasible")
    for r, spread in found:
        assert correlation.lowest - 1e-9 <= r <= correlation.highest + 1e-9
        assert implied_sd.lowest - 1e-9 <= spread <= implied_sd.highest + 1e-9


def test_exact_digits_imply_the_correlation_of_the_data(rng):
    first, second = paired(rng, (50, 4), (51.5, 5), 0.6, N_SUBJECTS)
    p = stats.ttest_rel(first, second).pvalue
    difference = ranges.difference(exact("50"), exact("51.5"))
    spread = implied.implied_sd(difference, Range(p, p), N_SUBJECTS)
    assert spread == pytest.approx([np.std(first - second, ddof=1)] * 2)
    assert implied.implied_correlation(exact("4"), exact("5"), spread) == pytest.approx([0.6, 0.6])


def test_the_smallest_correlation_may_be_inside_the_ranges():
    sds, spread = (Range(1.0, 4.0), Range(5.0, 5.0)), Range(4.0, 4.0)
    correlation = implied.implied_correlation(*sds, spread)
    grid = np.linspace(1, 4, 3001)
    on_grid = (grid**2 + 25 - 16) / (10 * grid)
    assert correlation == pytest.approx((on_grid.min(), on_grid.max()))
    assert on_grid.min() < min(on_grid[0], on_grid[-1])


def test_unpaired_p_equals_that_of_scipy(rng):
    first, second = paired(rng, (50, 4), (51.5, 5), 0.6, N_SUBJECTS)
    difference = ranges.difference(exact("50"), exact("51.5"))
    p = implied.unpaired_p(difference, exact("4"), exact("5"), N_SUBJECTS)
    assert p == pytest.approx([stats.ttest_ind(first, second).pvalue] * 2)


def test_equal_sds_are_tested_as_the_correlation_of_sum_and_difference(rng):
    highest = implied.highest_p_of_equal_sds(exact("4"), exact("6.5"), N_SUBJECTS)
    for correlation in (-0.9, -0.3, 0, 0.5, 0.95):
        first, second = paired(rng, (50, 4), (50, 6.5), correlation, N_SUBJECTS)
        p = stats.pearsonr(first + second, first - second).pvalue
        assert p <= highest + 1e-12
        if correlation == 0:
            assert p == pytest.approx(highest)
    swapped = implied.highest_p_of_equal_sds(exact("6.5"), exact("4"), N_SUBJECTS)
    assert swapped == pytest.approx(highest)
    assert implied.highest_p_of_equal_sds(rounded("4.0"), rounded("4.0"), N_SUBJECTS) == 1


def test_pooled_limits_equal_those_of_the_data(rng):
    differences = [
        bias + sd * paired(rng, (0, 1), (0, 1), 0, N_SUBJECTS)[0]
        for bias, sd in ((-1.0, 3.0), (0.5, 4.0), (0.0, 2.0))
    ]
    pooled = pooled_limits_percent([3.0, 4.0, 2.0], [-1.0, 0.5, 0.0], N_SUBJECTS)
    assert pooled == pytest.approx(1.96 * np.std(np.concatenate(differences), ddof=1))


def test_the_detectable_effect_is_found_with_its_power(rng):
    samples = rng.normal(detectable_effect(N_SUBJECTS), 1, (20000, N_SUBJECTS))
    found = stats.ttest_1samp(samples, 0, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(0.8, abs=0.01)


def test_the_interval_of_the_mean_equals_that_of_the_data(rng):
    first, second = paired(rng, (50, 4), (51.5, 5), 0.6, N_SUBJECTS)
    sd = np.std(first - second, ddof=1)
    ours = implied.interval_of_mean(Range(-1.5, -1.5), Range(sd, sd), N_SUBJECTS)
    theirs = stats.ttest_rel(first, second).confidence_interval(0.95)
    assert ours == pytest.approx((theirs.low, theirs.high))


def test_the_error_weighted_mean_and_the_least_range_hold_for_data(rng):
    reference = rng.uniform(700, 1300, (30, 500))
    errors = np.abs(rng.normal(0, 50, reference.shape)) * rng.lognormal(0, 0.2, (30, 1))
    mae, mpe = errors.mean(), 100 * (errors / reference).mean()
    mean = implied.error_weighted_mean(Range(mae, mae), Range(mpe, mpe))
    assert mean.lowest == pytest.approx(np.sum(errors) / np.sum(errors / reference))
    true_range = 2000
    psnr = (20 * np.log10(true_range / np.sqrt((errors**2).mean(axis=1)))).mean()
    sd = errors.mean(axis=1).std(ddof=1)
    least = implied.least_data_range(Range(mae, mae), Range(sd, sd), Range(psnr, psnr))
    assert 0.75 * true_range < least.lowest == least.highest < true_range


def test_for_log_normal_slices_the_smallest_range_is_the_true_range():
    quantiles = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    mae = 50 * np.exp(0.5 * quantiles)  # of slices in which all errors are alike: RMSE = MAE
    psnr = (20 * np.log10(2000 / mae)).mean()
    least = implied.least_data_range(*(Range(each, each) for each in (mae.mean(), mae.std(), psnr)))
    assert least.lowest == pytest.approx(2000, rel=0.005)


# The facts of the audit, from the file alone.


def test_p_of_T1_in_white_matter_is_infeasible(tests):
    row = tests.loc["T1", "wm"]
    assert row["verdict"] == "infeasible"
    assert row["sd_of_differences_lowest_ms"] == pytest.approx(9.1)
    assert row["p_lowest"] == pytest.approx(0.89, abs=0.005)
    assert np.isnan(row["implied_sd_lowest_ms"]) and np.isnan(row["detectable_highest_percent"])


def test_p_of_T2_in_grey_matter_is_borderline(tests):
    row = tests.loc["T2", "gm"]
    assert row["verdict"] == "borderline"
    assert row["implied_correlation_lowest"] == -1
    assert row["implied_correlation_highest"] < -0.95
    assert row["p_value_lowest"] <= row["p_highest"] < row["p_value"]


def test_all_other_p_values_are_feasible(tests):
    assert tests["verdict"].value_counts().to_dict() == {
        "feasible": 6,
        "infeasible": 1,
        "borderline": 1,
    }


def test_holm_turns_the_one_significant_p_into_0_216(tests):
    assert tests.loc[("T1", "putamen"), "p_holm"] == pytest.approx(0.216)
    assert (tests["p_holm"] > 0.05).all()
    p = sorted(tests["p_value"])
    by_hand = np.minimum(np.maximum.accumulate([(8 - i) * each for i, each in enumerate(p)]), 1)
    assert sorted(tests["p_holm"]) == pytest.approx(by_hand.tolist())


def test_limits_of_the_null_predictor(tests):
    limits = tests["null_limit_percent"].groupby("quantity").agg(["min", "max"]).round(1)
    assert limits.loc["T2"].tolist() == [8.7, 11.8]
    assert limits.loc["T1"].tolist() == [5.3, 8.4]
    assert tests["claimed_limit_percent"].groupby("quantity").first().tolist() == [5, 10]


def test_the_between_subject_sd_of_the_network_is_smaller(tests):
    ratios = tests.loc["T2", "sd_ratio_percent"].round()
    assert (ratios.min(), ratios.max()) == (26, 69)


def test_implications_of_p_are_limited_to_what_the_sds_allow(tests):
    assert tests.loc[("T2", "gm"), "implied_sd_highest_ms"] == pytest.approx(1.05 + 3.95)
    assert tests.loc[("T2", "wm"), "implied_sd_lowest_ms"] == pytest.approx(4.15 - 1.55)
    assert (tests["implied_correlation_lowest"].dropna() >= -1).all()
    assert (tests["implied_correlation_highest"].dropna() <= 1).all()
    missing = tests.filter(regex="^(implied|network_limit|interval|detectable)_.*est").isna()
    assert (missing.all(axis=1) == (tests["verdict"] == "infeasible")).all()
    assert (missing.any(axis=1) == missing.all(axis=1)).all()


def test_differences_are_in_percent_of_the_reference(tests):
    percent = tests.loc[("T1", "putamen"), "difference_percent"]
    assert percent == pytest.approx(-100 * 11.6 / 976.0)


def test_errors_excluding_csf_belong_to_brain_tissue(errors):
    row = errors.loc["T1", "excluding_csf"]
    assert row["implied_mean_ms"] == pytest.approx(1033, abs=0.5)
    assert row["implied_mean_lowest_ms"] == pytest.approx(52.65 / 0.0515)
    assert row["implied_mean_highest_ms"] == pytest.approx(52.75 / 0.0505)


def test_every_range_contains_the_value_of_the_printed_digits(tests, errors):
    for table, names in (
        (tests, ["difference_{}_ms", "sd_ratio_{}_percent", "null_limit_{}_percent", "p_value{}"]),
        (errors, ["implied_mean_{}_ms"]),
    ):
        for name in names:
            point = table[name.replace("_{}", "").replace("{}", "")]
            ends = [table[name.replace("e{}", "e_{}").format(e)] for e in ("lowest", "highest")]
            assert (ends[0] <= point).all() and (point <= ends[1]).all(), name


# Sentences follow the numbers.


def finding(words, word, *parts):
    """The one finding of this word whose sentence holds all parts."""
    (found,) = [
        each.sentence
        for each in words
        if each.word == word and all(part in each.sentence for part in parts)
    ]
    return found


@pytest.fixture(scope="module")
def rows_of(tests):
    rows = tests.reset_index()
    return {quantity: rows[rows["quantity"] == quantity] for quantity in ("T1", "T2")}


def test_each_p_value_is_judged_with_its_numbers(words):
    infeasible = finding(words, "infeasible", "T1 of WM", "P = 0.32", "at least 0.89")
    assert "18 subjects" in infeasible and infeasible.endswith("neither.")
    finding(words, "borderline", "T2 of cortical GM", "P = 0.51", "0.505 to 0.515")
    feasible = finding(words, "feasible", "6 of 8")
    assert "T1 of WM" not in feasible and "T2 of cortical GM" not in feasible
    finding(
        words,
        "corrected",
        "1 of 8 P values",
        "T1 of the putamen: 0.027",
        "0.216",
        "none remains below 0.05",
    )


def test_the_bias_is_judged_over_all_tissues_and_listed_by_tissue(words, rows_of):
    bias = mean_differences(rows_of)
    assert bias in words and bias.word == "supported"
    assert (
        "4 values reach or exceed" in bias.sentence and "T1 of the putamen −1.2 %" in bias.sentence
    )
    assert "WM" not in bias.sentence


def test_the_resolution_is_that_of_the_possible_rows(tests, rows_of):
    found = resolution(tests.reset_index(), rows_of, N_SUBJECTS)
    assert found.word == "unresolved"
    assert "all 7 rows" in found.sentence and "power of 80 %" in found.sentence


def test_claimed_limits_are_compared_with_those_of_the_cohort_mean(rows_of):
    found = {name: null_limits(name, rows, N_SUBJECTS) for name, rows in rows_of.items()}
    assert "±8.7 to 11.8 %" in found["T2"].sentence and "±10 %" in found["T2"].sentence
    assert {name: each.word for name, each in found.items()} == {
        "T1": "separates",
        "T2": "barely separates",
    }


def test_implied_limits_are_compared_tissue_by_tissue(rows_of):
    found = {name: network_limits(name, rows, N_SUBJECTS) for name, rows in rows_of.items()}
    assert {name: each.word for name, each in found.items()} == {"T1": "narrower", "T2": "mixed"}
    assert (
        "cortical GM ±11.5 to 11.6 % (wider); WM ±7.3 to 9.5 % (narrower)" in found["T2"].sentence
    )
    # Of T1, the infeasible row of WM has no limits, so nothing is pooled.
    assert "WM" not in found["T1"].sentence and "All tissues" not in found["T1"].sentence


def test_a_narrower_spread_is_named_with_its_tests(rows_of):
    found = {name: spread(name, rows) for name, rows in rows_of.items()}
    assert {name: each.word for name, each in found.items()} == {
        "T1": "inconclusive",
        "T2": "narrowed",
    }
    assert "26 to 69 %" in found["T2"].sentence and "3 of 4 tissues" in found["T2"].sentence


def test_the_errors_are_of_tissue_and_the_data_range_is_open(words):
    finding(words, "consistent", "MAE", "MPE", "T1 of 1022 to 1045 ms")
    finding(words, "open", "PSNR", "at least 4.25 s for T1")


def test_the_findings_change_with_the_numbers():
    texts = implied.read_texts(spoilt(dl_mean="813.5", p_value="0.0050"))
    tests = audit_tests(texts, N_SUBJECTS)
    words = findings(tests, audit_errors(texts), N_SUBJECTS)
    assert not any(each.word == "infeasible" for each in words)
    finding(words, "corrected", "2 of 8 P values are", "1 remains")


def test_one_error_that_does_not_fit_is_inconsistent():
    lines = [line.replace("T1,excluding_csf,52.7,", "T1,excluding_csf,22.7,") for line in LINES]
    texts = implied.read_texts(lines)
    words = findings(audit_tests(texts, N_SUBJECTS), audit_errors(texts), N_SUBJECTS)
    finding(words, "inconsistent", "MAE", "MPE")


def test_a_bias_beyond_the_claim_is_not_supported():
    texts = implied.read_texts(spoilt(dl_mean="793.5"))
    words = findings(audit_tests(texts, N_SUBJECTS), audit_errors(texts), N_SUBJECTS)
    finding(words, "not supported", "5 values reach or exceed", "T1 of WM −3.6 %")


def test_too_large_a_p_is_infeasible():
    texts = implied.read_texts(spoilt(dl_mean="713.5", p_value="0.90"))
    tests = audit_tests(texts, N_SUBJECTS)
    finding(
        findings(tests, audit_errors(texts), N_SUBJECTS),
        *("infeasible", "T1 of WM"),
        *("at least 109.7 ms", "at most 50.9 ms", "P is at most 0.00"),
    )


def test_another_reading_that_reproduces_the_printed_p_is_named():
    texts = implied.read_texts(spoilt(p_value="0.98"))
    tests = audit_tests(texts, N_SUBJECTS)
    assert tests["verdict"].tolist().count("infeasible") == 0
    texts = implied.read_texts(spoilt(p_value="0.996"))
    words = findings(audit_tests(texts, N_SUBJECTS), audit_errors(texts), N_SUBJECTS)
    assert finding(words, "infeasible", "T1 of WM").endswith("by reading ± as the standard error.")


def test_the_page_holds_findings_and_tables(texts, tests, errors, words):
    tests, errors = tests.reset_index(), errors.reset_index()
    layouts = [
        layout_tests(tests, texts, N_SUBJECTS),
        layout_limits(tests, N_SUBJECTS),
        layout_errors(errors, N_SUBJECTS),
    ]
    for layout in layouts:
        assert all(len(row) == len(layout.columns) for row in layout.rows), layout.title
    page = to_page(layouts, words, "body {}")
    assert page.count("<table") == 3 and page.count("<li>") == len(words)
    assert "OCR" in layouts[0].caption and "misprint" in layouts[0].caption
    cells = next(row for row in layouts[0].rows if row[:2] == ["T1 (ms)", "WM"])
    assert cells[2:5] == ["823.5 ± 20.8", "823.3 ± 30.0", "0.32"]
    assert cells[7:] == ["0.89 to 0.99", "infeasible", "–"]
