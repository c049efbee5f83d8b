"""Tables of input sets and of seeds: summaries with known answers, layouts."""

import numpy as np
import pytest
from scipy import stats

from contrast2map.study.predictors import network
from contrast2map.tables.ablation import (
    PUBLISHED,
    layout_errors_by_inputs,
    layout_rois_by_inputs,
    summarise_errors_by_inputs,
    summarise_rois_by_inputs,
)
from contrast2map.tables.ablation_tests import layout_tests
from contrast2map.tables.errors import errors_by_subject
from contrast2map.tables.layout import to_html
from contrast2map.tables.seeds import NOT_ESTIMATED, layout_seeds, summarise_seeds
from html_checks import is_well_formed
from table_rows import ALL, FOLDS, SUBJECTS, compare, noisy, roi_means, slice_errors

PREDICTORS = [network(ALL[0], 1), network(ALL[1], 1), "cohort_mean"]


def by_rank(predictor, subject, *_):
    """Errors of which the second predictor has the smallest."""
    return {PREDICTORS[0]: 20.0, PREDICTORS[1]: 10.0, "cohort_mean": 30.0}[predictor] + int(subject)


def errors_table(against=("reference", "truth")):
    errors = slice_errors(by_rank, PREDICTORS, FOLDS, against=against)
    return summarise_errors_by_inputs(errors, errors_by_subject(errors))


def fits(layout):
    """Whether all cells are text and the HTML is well formed."""
    return is_well_formed(to_html(layout)) and all(
        isinstance(cell, str) for row in layout.rows for cell in row
    )


def test_means_are_over_slices_and_over_subjects():
    errors = slice_errors(by_rank, PREDICTORS, FOLDS)
    fewer = errors[(errors["subject"] != "06") | (errors["slice"] == 0)]
    cells = summarise_errors_by_inputs(fewer, errors_by_subject(fewer)).set_index(
        ["predictor", "against", "convention", "region", "quantity", "metric"]
    )
    row = cells.loc[PREDICTORS[0], "truth", "paper", "excluding_csf", "T2", "mae"]
    of_slices = [20 + subject + each for subject in range(1, 6) for each in (-0.5, 0.5)] + [25.5]
    of_subjects = [21, 22, 23, 24, 25, 25.5]
    assert (row["n_slices"], row["n_subjects"]) == (11, 6)
    assert row["mean_over_slices"] == pytest.approx(np.mean(of_slices))
    assert row["sd_over_slices"] == pytest.approx(np.std(of_slices, ddof=1))
    assert row["mean_over_subjects"] == pytest.approx(np.mean(of_subjects))
    assert row["sd_over_subjects"] == pytest.approx(np.std(of_subjects, ddof=1))


@pytest.mark.parametrize("against", [("reference",), ("reference", "truth")])
def test_table_s1_is_well_formed_with_and_without_truth(against):
    layout = layout_errors_by_inputs(errors_table(against), PREDICTORS, "6 subjects")
    assert fits(layout)
    assert len(layout.rows) == 2 * len(PREDICTORS)
    assert ("vs truth" in to_html(layout)) == ("truth" in against)
    assert PUBLISHED in layout.caption and "12 held-out slices of 6 subjects" in layout.caption


def test_table_s1_marks_the_smallest_error_and_ties():
    layout = layout_errors_by_inputs(errors_table(), PREDICTORS, "6 subjects")
    labels = [f"{group} {label}" for group, label in layout.columns]
    excluding_csf = [row for row in layout.rows if row[0] == "Excluding CSF"]
    mae = labels.index("Mean absolute error (ms) T1")
    assert [row[mae] for row in excluding_csf] == ["23.5 ± 1.9", "13.5 ± 1.9†", "33.5 ± 1.9"]
    psnr = labels.index("PSNR (dB) T2")
    assert all(row[psnr].endswith("†") for row in excluding_csf)


def test_the_best_psnr_is_the_largest():
    table = errors_table()
    of_first = (table["metric"] == "psnr") & (table["predictor"] == PREDICTORS[0])
    table.loc[of_first, "mean_over_slices"] = 31.0
    layout = layout_errors_by_inputs(table, PREDICTORS, "6 subjects")
    column = [label for group, label in layout.columns].index("T1", 6)
    assert layout.columns[column][0] == "PSNR (dB)"
    assert [row[column].endswith("†") for row in layout.rows[:3]] == [True, False, False]


def offset_ms(predictor, subject, quantity, region):
    """Reference plus 5 ms, times a noise that differs between subjects only for the network."""
    return 1005.0 + 10 * int(subject) + (predictor == PREDICTORS[0]) * (-1) ** int(subject)


def test_table_s2_gives_the_bias_against_the_reference_and_its_p():
    table = summarise_rois_by_inputs(roi_means(offset_ms, PREDICTORS, SUBJECTS))
    row = table.set_index(["predictor", "quantity", "region"]).loc[PREDICTORS[0], "T1", "gm"]
    assert row["bias_ms"] == pytest.approx(5)
    assert row["bias_against_truth_ms"] == pytest.approx(40)
    differences = 5 + np.array([-1.0, 1, -1, 1, -1, 1])
    assert row["p_value"] == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)
    assert row["p_holm"] == pytest.approx(8 * row["p_value"])
    assert row["ci_lower_ms"] < 5 < row["ci_upper_ms"]


@pytest.mark.parametrize("n_subjects, truth_ms", [(1, 1000.0), (6, np.nan)])
def test_table_s2_is_well_formed_for_any_cohort(n_subjects, truth_ms):
    means = roi_means(offset_ms, PREDICTORS, SUBJECTS[:n_subjects], truth_ms)
    means.loc[means["region"] == "putamen", ["predicted_ms", "reference_ms"]] = np.nan
    layout = layout_rois_by_inputs(summarise_rois_by_inputs(means), PREDICTORS, "some subjects")
    assert fits(layout)
    assert ("True map" in to_html(layout)) == np.isfinite(truth_ms)
    putamen = [group for group, _ in layout.columns].index("Putamen")
    assert layout.rows[1][putamen : putamen + 3] == ["–", "–", "–"]


def test_the_tests_show_each_step_of_one_contrast():
    layout = layout_tests(compare(ALL, noisy), "6 subjects", n_seeds=1)
    assert fits(layout)
    assert [row[:2] for row in layout.rows] == [
        ["flair", "mprage + gre"],
        ["flair", "mprage"],
        ["flair", "gre"],
        ["gre", "mprage + flair"],
        ["gre", "mprage"],
        ["gre", "flair"],
        ["mprage", "gre + flair"],
        ["mprage", "gre"],
        ["mprage", "flair"],
    ]
    assert "the CSV file has all pairs" in layout.caption


def test_where_no_pair_differs_in_one_contrast_all_pairs_are_shown():
    layout = layout_tests(compare(["mprage+gre+flair", "mprage", "gre"], noisy), "6 subjects", 2)
    assert fits(layout)
    assert [row[:3] for row in layout.rows] == [
        ["gre + flair", "mprage", "–"],
        ["mprage + flair", "gre", "–"],
        ["mprage", "–", "gre"],
    ]
    assert "in the CSV" not in layout.caption


def test_the_table_gives_the_corrected_p():
    tests = compare(ALL[:3], noisy).assign(p_value=0.01, p_holm=0.33)
    layout = layout_tests(tests, "6 subjects", 1)
    given = [index for index, (_, label) in enumerate(layout.columns) if label == "Holm P"]
    assert {row[index] for row in layout.rows for index in given} == {"0.33"}


def errors_of_seeds(seeds):
    """Seed number plus ten times the subject's number."""
    names = [network(inputs, seed) for inputs in ALL[:2] for seed in seeds]

    def mae_ms(predictor, subject, *_):
        return int(predictor[-1]) + 10.0 * int(subject)

    return errors_by_subject(slice_errors(mae_ms, names, FOLDS))


def test_variation_is_attributed_to_seeds_and_subjects():
    table = summarise_seeds(errors_of_seeds([1, 2, 3]))
    assert len(table) == 2 * 2 * 2
    for _, row in table.iterrows():
        assert (row["n_seeds"], row["n_folds"], row["n_subjects"]) == (3, 3, 6)
        assert row["mean_mae_ms"] == pytest.approx(37)
        assert [row[f"mae_ms_seed_{seed}"] for seed in (1, 2, 3)] == pytest.approx([36, 37, 38])
        assert row["sd_over_seeds_ms"] == pytest.approx(1)
        assert row["sd_over_folds_ms"] == pytest.approx(10)
        assert row["component_seed_sd_ms"] == pytest.approx(1)
        assert row["component_subject_sd_ms"] == pytest.approx(np.std(np.arange(1, 7), ddof=1) * 10)
        assert row["component_residual_sd_ms"] == pytest.approx(0, abs=1e-6)
    layout = layout_seeds(table, ALL[:2], "6 subjects")
    assert fits(layout)
    assert len(layout.rows) == 8 and "3 seeds" in layout.caption


def test_one_seed_gives_no_estimate_of_seed_effects():
    layout = layout_seeds(summarise_seeds(errors_of_seeds([1])), ALL[:2], "6 subjects")
    assert fits(layout)
    labels = [label for _, label in layout.columns]
    for row in layout.rows:
        assert row[labels.index("seeds")] == NOT_ESTIMATED
        assert row[labels.index("folds")] == "10.00"
        assert row[-3:] == ["–", "–", "–"]
    assert "1 seed per network" in layout.caption
