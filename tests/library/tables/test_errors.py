"""Table 1: means over slices and subjects, and differences from the published values."""

import numpy as np
import pytest

from contrast2map.study.records import where
from contrast2map.tables.errors import layout_errors, layout_true_errors, summarise_errors
from contrast2map.tables.layout import to_html
from html_checks import is_well_formed
from table_rows import slice_errors

NETWORK = "network_mprage+flair_seed-1"
SHIFTS_MS = {NETWORK: 0, "cohort_mean": 10, "reference": -10}
PREDICTORS = [NETWORK, "cohort_mean"]


def summarise(published, n_slices_of, against=("reference", "truth")):
    """Summary of errors in ms that are the subject's number, shifted by the predictor."""
    errors = slice_errors(
        lambda predictor, subject, *_: int(subject) + SHIFTS_MS[predictor],
        list(SHIFTS_MS),
        dict.fromkeys(n_slices_of, "fold_0"),
        n_slices_of,
        against,
    )
    return summarise_errors(errors, published)


def test_slices_and_subjects_are_weighted_equally_in_their_means(published):
    (row,) = where(
        summarise(published, {"10": 3, "20": 1}),
        metric="mae",
        predictor=NETWORK,
        against="reference",
        region="excluding_csf",
        quantity="T1",
        convention="paper",
    ).to_dict("records")
    assert (row["n_slices"], row["n_subjects"]) == (4, 2)
    assert row["mean_over_slices"] == 12.5
    assert row["sd_over_slices"] == pytest.approx(np.std([9, 10, 11, 20], ddof=1))
    assert row["mean_over_subjects"] == 15
    assert row["sd_over_subjects"] == pytest.approx(np.std([10, 20], ddof=1))
    assert row["difference"] == pytest.approx(12.5 - 52.7)


def test_only_equally_defined_errors_are_compared_with_the_published_values(published):
    table = summarise(published, {"10": 3, "20": 1})
    compared = table.dropna(subset=["difference"])
    assert set(compared["against"]) == {"reference"}
    similarity = compared[compared["metric"].isin(["psnr", "ssim"])]
    assert set(similarity["convention"]) == {"paper"}


@pytest.mark.parametrize("against", [("reference",), ("reference", "truth")])
def test_table_1_is_well_formed_with_and_without_truth(published, against):
    layout = layout_errors(summarise(published, {"10": 3}, against), PREDICTORS, "1 subject")
    assert is_well_formed(to_html(layout))
    assert len(layout.rows) == 2 * 2 * 4
    name = ["Excluding CSF", "T1 mean absolute error (ms)"]
    mae = next(row for row in layout.rows if row[:2] == name)
    assert mae[2:] == ["52.7 ± 11.5", "10.0 ± 1.0", "20.0 ± 1.0"]
    assert not any("brain" in cell for row in layout.rows for cell in row[1:])


def test_errors_against_the_truth_include_those_of_the_reference(published):
    table = summarise(published, {"10": 3, "20": 3})
    layout = layout_true_errors(table, PREDICTORS, "2 simulated subjects")
    assert [label for _, label in layout.columns[2:]] == [
        "Network",
        "Reference map (training target)",
        "Tissue mean",
    ]
    name = ["Excluding CSF", "T2 mean absolute error (ms)"]
    mae = next(row for row in layout.rows if row[:2] == name)
    assert [cell.split(" ")[0] for cell in mae[2:]] == ["15.0", "5.0", "25.0"]
    assert is_well_formed(to_html(layout))
