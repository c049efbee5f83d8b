"""Summaries of lesions with known errors and contrasts are correct."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from contrast2map.evaluation.lesion_summary import SIZES, by_map, correlation, summarise_lesions
from contrast2map.evaluation.lesions import COLUMNS
from lesion_rows import NETWORK, lesion


def cell(rows, measure, predictor=NETWORK, size="any", quantity="T1"):
    table = summarise_lesions(pd.DataFrame(rows))
    chosen = table.set_index(["predictor", "quantity", "size", "measure"])
    return chosen.loc[predictor, quantity, size, measure]


def test_subjects_have_equal_weights_however_many_lesions_they_have():
    rows = [lesion("01", n, 1000 + error) for n, error in enumerate((10, 20, 30))]
    rows += [lesion("02", 1, 1060.0)]
    row = cell(rows, "error_vs_reference")
    assert row["mean"] == pytest.approx(40)
    assert row["sd_over_subjects"] == pytest.approx(np.std([20, 60], ddof=1))
    assert row["sd_over_lesions"] == pytest.approx(np.std([10, 20, 30, 60], ddof=1))
    assert (row["n_lesions"], row["n_subjects"]) == (4, 2)


def test_the_interval_is_that_of_a_t_test_over_subjects():
    errors_ms = [5.0, -12.0, 31.0, 8.0]
    rows = [lesion(f"{n:02d}", 1, 1000 + error) for n, error in enumerate(errors_ms)]
    row = cell(rows, "error_vs_reference")
    expected = stats.ttest_1samp(errors_ms, 0).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected))


def test_one_subject_has_no_interval():
    row = cell([lesion("01", 1, 1010.0)], "error_vs_reference")
    assert row["mean"] == 10
    assert row[["sd_over_subjects", "low", "high"]].isna().all()


def test_errors_cancel_and_absolute_errors_do_not():
    rows = [lesion("01", 1, 1050.0), lesion("01", 2, 950.0)]
    assert cell(rows, "error_vs_reference")["mean"] == 0
    assert cell(rows, "absolute_error_vs_reference")["mean"] == 50


def test_the_reference_is_compared_with_the_truth_and_counts_once():
    rows = [lesion("01", 1, 1000.0, 950.0, 1100.0), lesion("02", 1, 1000.0, 990.0, 1100.0)]
    rows += [row | {"predictor": "cohort_mean", "predicted_mean_ms": 5.0} for row in rows]
    row = cell(rows, "error_vs_truth", "reference")
    assert (row["mean"], row["n_lesions"]) == (-130, 2)
    table = summarise_lesions(pd.DataFrame(rows)).set_index(["predictor", "measure"])
    assert ("reference", "error_vs_reference") not in table.index
    assert ("truth", "error_vs_truth") not in table.index
    assert ("truth", "error_vs_reference") not in table.index


def test_a_share_is_a_ratio_of_means_not_a_mean_of_ratios():
    rows = [lesion("01", 1, 900.0, 801.0, 1000.0), lesion("02", 1, 900.0, 999.0, 1000.0)]
    assert cell(rows, "share_of_reference_contrast")["mean"] == pytest.approx(100)
    assert cell(rows, "share_of_truth_contrast")["mean"] == pytest.approx(50)
    assert cell(rows, "share_of_truth_contrast", "truth")["mean"] == pytest.approx(100)


@pytest.mark.filterwarnings("error")
def test_a_predictor_with_the_same_contrast_in_all_lesions_does_not_correlate():
    rows = [lesion("01", n, 1000.0, 1000.0 + 10 * n) for n in range(5)]
    assert np.isnan(cell(rows, "correlation_with_reference_contrast")["mean"])
    rows = [lesion("01", n, 1000.0 + 2 * n, 1000.0 + 10 * n) for n in range(5)]
    assert cell(rows, "correlation_with_reference_contrast")["mean"] == pytest.approx(1)
    assert np.isnan(correlation([1, 2], [1, 2]))


def test_the_detected_share_counts_lesions():
    rows = [lesion("01", n, mean_ms) for n, mean_ms in enumerate((1000.0, 1000.0, 850.0))]
    rows += [lesion("02", 1, 850.0)]
    assert cell(rows, "detected")["mean"] == 50


@pytest.mark.parametrize(
    "diameter_mm, size",
    [(4.99, "below 5 mm"), (5.0, "5 to 10 mm"), (9.99, "5 to 10 mm"), (10.0, "10 mm and more")],
)
def test_a_lesion_belongs_to_one_size_class_and_to_any(diameter_mm, size):
    table = summarise_lesions(pd.DataFrame([lesion("01", 1, 1000.0, diameter_mm=diameter_mm)]))
    assert set(table["size"]) == {size, "any"} <= set(SIZES)


def test_a_lesion_without_white_matter_has_an_error_and_no_contrast():
    bare = lesion("01", 1, 1010.0)
    bare |= {name: np.nan for name in bare if name.startswith("predicted_") and "mean" not in name}
    rows = [bare, lesion("01", 2, 1020.0)]
    assert cell(rows, "error_vs_reference")["n_lesions"] == 2
    assert cell(rows, "contrast")["n_lesions"] == 1
    assert cell(rows, "detected")["mean"] == 100


def test_without_truth_the_summary_has_no_truth():
    table = summarise_lesions(pd.DataFrame([lesion("01", 1, 1010.0)]))
    assert "truth" not in set(table["predictor"])
    assert not table["measure"].str.contains("truth").any()
    assert len(by_map(pd.DataFrame([lesion("01", 1, 1010.0)]))) == 2


def test_no_lesion_makes_an_empty_summary():
    table = summarise_lesions(pd.DataFrame(columns=COLUMNS))
    assert table.empty and "mean" in table
