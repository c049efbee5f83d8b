"""The lesion tables and their figure, for any cohort."""

import pandas as pd
import pytest

from contrast2map.evaluation.lesion_summary import summarise_lesions
from contrast2map.evaluation.lesions import COLUMNS
from contrast2map.figures.lesions import lesion_figure
from contrast2map.tables import layout as tables
from contrast2map.tables.lesions import (
    NO_LESION,
    layout_contrasts,
    layout_errors,
    layout_lesions,
)
from lesion_rows import NETWORK, lesion

PREDICTORS = [NETWORK, "cohort_mean"]
LAYOUTS = (layout_errors, layout_contrasts)
ALL_LAYOUTS = (*LAYOUTS, layout_lesions)


def cohort(truth_ms=1100.0, n_subjects=3):
    rows = [
        lesion(f"{n:02d}", k, 1000.0 + 9 * n, 1000.0 + k, truth_ms, predictor=name, quantity=each)
        | {"diameter_mm": 3.0 + 4 * k}
        for n in range(n_subjects)
        for k in range(2)
        for name in PREDICTORS
        for each in ("T1", "T2")
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.mark.parametrize("layout_of", LAYOUTS)
@pytest.mark.parametrize("truth_ms, n_subjects", [(1100.0, 3), (None, 3), (1100.0, 1)])
def test_each_row_has_a_text_for_each_column(layout_of, truth_ms, n_subjects):
    table = summarise_lesions(cohort(truth_ms, n_subjects))
    layout = layout_of(table, PREDICTORS, "some subjects")
    assert all(len(row) == len(layout.columns) for row in layout.rows)
    assert all(cell for row in layout.rows for cell in row)
    words = "vs truth" if layout_of is layout_errors else "true contrast"
    assert any(words in row[3] for row in layout.rows) == (truth_ms is not None)
    assert (("For comparison", "Truth") in layout.columns) == (truth_ms is not None)
    assert {row[1] for row in layout.rows} == {"below 5 mm", "5 to 10 mm", "any"}


def test_a_row_counts_lesions_and_subjects_with_the_network_first():
    layout = layout_errors(summarise_lesions(cohort()), PREDICTORS, "some subjects")
    first = layout.rows[0]
    assert first[:4] == ["T1", "below 5 mm", "3 (3)", "Error vs reference (ms)"]
    assert first[4].startswith("+9.0 [")  # 0, 9 and 18 ms
    assert first[-2:] == [tables.NOTHING, tables.NOTHING]
    assert next(row for row in layout.rows if row[1] == "any")[2] == "6 (3)"
    assert layout.columns[4] == ("Predicted", "Network")


@pytest.mark.parametrize("truth_ms, word", [(1100.0, "truth"), (None, "reference")])
def test_all_lesions_together_have_one_row_per_measure(truth_ms, word):
    found = summarise_lesions(cohort(truth_ms))
    layout = layout_lesions(found, PREDICTORS, "some subjects")
    assert {row[0] for row in layout.rows} == {"T1", "T2"} and len(layout.rows) <= 12
    assert layout.rows[0][1] == f"Absolute error vs {word} (ms)"
    by_size = layout_errors(found, PREDICTORS, "some subjects")
    (same,) = (
        row for row in by_size.rows if [row[0], row[1], row[3]] == ["T1", "any", layout.rows[0][1]]
    )
    assert layout.rows[0][2:] == same[4:]
    assert layout.columns[2] == ("Predicted", "Network")


def test_the_caption_defines_the_white_matter_and_the_threshold():
    caption = layout_contrasts(summarise_lesions(cohort()), PREDICTORS, "some subjects").caption
    assert "3 to 15 mm from the lesion" in caption
    assert "fewer than 30 voxels" in caption and "above 2 SD" in caption
    assert "tissue mean" in caption


@pytest.mark.parametrize("layout_of", ALL_LAYOUTS)
def test_a_page_without_lesions_says_so(layout_of):
    layout = layout_of(summarise_lesions(pd.DataFrame(columns=COLUMNS)), PREDICTORS, "nobody")
    assert layout.rows == []
    assert layout.caption == NO_LESION
    assert NO_LESION in tables.to_page([layout], "", simulated=True)


@pytest.mark.parametrize("truth_ms, n_panels", [(1100.0, 6), (None, 4)])
def test_the_figure_compares_with_the_truth_if_known(truth_ms, n_panels):
    figure = lesion_figure(cohort(truth_ms).query("predictor == @NETWORK"))
    assert len(figure.axes) == n_panels
    assert all("(ms)" in axis.get_ylabel() for axis in figure.axes)
    assert figure.get_suptitle() == "6 lesions of 3 held-out subjects"


def test_a_figure_without_lesions_says_so():
    figure = lesion_figure(pd.DataFrame(columns=COLUMNS))
    assert [text.get_text() for text in figure.axes[0].texts] == [NO_LESION]
