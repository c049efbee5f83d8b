"""The comparison with the baselines: signs, intervals, words and what the small regions decide."""

from itertools import product

import pandas as pd
import pytest

from contrast2map.study.records import where
from contrast2map.tables.comparisons import (
    layout_comparisons,
    layout_region_voxels,
    summarise_comparisons,
)

NETWORK, MEAN, TREES = "network_mprage+gre_seed-1", "cohort_mean", "gradient_boosting"
N_VOXELS = {"gm": 600, "wm": 300, "putamen": 60, "thalamus": 40}


def study(has_truth=True, n_subjects=5):
    """The network is better in the large regions, and much worse in the small ones."""
    rois = []
    for number, predictor, quantity, region in product(
        range(n_subjects), (NETWORK, MEAN, TREES), ("T1", "T2"), N_VOXELS
    ):
        is_small = region in ("putamen", "thalamus")
        error_ms = {NETWORK: 90.0 if is_small else 10.0, MEAN: 20.0, TREES: 30.0}[predictor]
        error_ms += number if predictor == NETWORK else 2 * number
        rois.append(
            {"subject": f"{number:02d}", "predictor": predictor, "quantity": quantity}
            | {"region": region, "n_voxels": N_VOXELS[region], "predicted_ms": 900 + error_ms}
            | {"reference_ms": 900.0, "truth_ms": 900.0 if has_truth else None}
        )
    voxels = [
        {"subject": f"{number:02d}", "predictor": predictor, "quantity": quantity}
        | {"against": against, "region": "excluding_csf", "convention": "paper"}
        | {"mae_ms": 50.0 + number * (predictor == MEAN)}
        for number, predictor, quantity, against in product(
            range(n_subjects), (NETWORK, MEAN, TREES), ("T1", "T2"), ("truth", "reference")
        )
    ]
    columns = "subject predictor quantity predicted_mean_ms reference_mean_ms truth_mean_ms"
    return {
        "roi_means": pd.DataFrame(rois),
        "errors_by_subject": pd.DataFrame(voxels),
        "lesions": pd.DataFrame(columns=columns.split()),
    }


def rows_of(table, **values):
    return where(table, **{"against": "truth", "quantity": "T1", "baseline": MEAN} | values)


def test_the_small_regions_decide_between_better_and_worse():
    table = summarise_comparisons(study(), [NETWORK, MEAN, TREES])
    words = rows_of(table).set_index("level")["word"].to_dict()
    assert words["regions"] == "worse" and words["large_regions"] == "better"
    assert "lesions" not in words


def test_a_row_has_both_errors_their_difference_and_its_interval():
    (row,) = rows_of(
        summarise_comparisons(study(), [NETWORK, MEAN, TREES]), level="large_regions"
    ).to_dict("records")
    # Errors of the network: 10 to 14, of the tissue mean: 20 to 28; differences: -10 to -14.
    assert row["n_subjects"] == 5
    assert (row["network_mae_ms"], row["baseline_mae_ms"]) == pytest.approx((12, 24))
    assert row["difference_ms"] == pytest.approx(-12)
    half_width = 2.776445 * 1.581139 / 5**0.5  # t(0.975, 4) * SD / sqrt(n)
    assert row["difference_low_ms"] == pytest.approx(-12 - half_width, rel=1e-5)
    assert row["difference_high_ms"] == pytest.approx(-12 + half_width, rel=1e-5)
    assert row["p_value"] < 0.001 and row["word"] == "better"


def test_every_baseline_is_compared_and_the_truth_only_if_it_is_known():
    table = summarise_comparisons(study(), [NETWORK, MEAN, TREES])
    assert set(table["baseline"]) == {MEAN, TREES} and set(table["against"]) == {
        "truth",
        "reference",
    }
    table = summarise_comparisons(study(has_truth=False), [NETWORK, MEAN, TREES])
    assert set(table["against"]) == {"reference"}


def test_one_subject_is_not_tested():
    table = summarise_comparisons(study(n_subjects=1), [NETWORK, MEAN])
    assert set(rows_of(table, level="regions")["word"]) == {"untested"}


def test_the_layout_names_levels_and_says_what_the_cohort_mean_knows():
    table = summarise_comparisons(study(), [NETWORK, MEAN, TREES])
    layout = layout_comparisons(table, NETWORK, "5 subjects")
    assert len(layout.rows) == 2 * 2 * 4
    row = next(row for row in layout.rows if row[1] == "Cortical GM and WM only")
    assert row[:5] == ["T1 against the truth", "Cortical GM and WM only", "5", "12.0", "24.0"]
    assert row[5].startswith("−12.0 [") and row[7] == "better"
    assert "labels that the network never sees" in layout.caption
    assert "Mean absolute error" in layout.caption


def test_regions_are_shown_with_voxels_and_weights():
    layout = layout_region_voxels(study()["roi_means"], "5 subjects")
    assert layout.rows[0] == ["Cortical GM", "600", "600 to 600", "60.0", "25.0"]
    assert [row[3] for row in layout.rows] == ["60.0", "30.0", "6.0", "4.0"]
