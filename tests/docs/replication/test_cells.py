"""In each cell, verdict and sentence agree with the numbers."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from contrast2map.study.terms import QUANTITIES, REGIONS
from pages import rendering
from pages.replication.cells import VERDICTS, format_cells, judge_cells

NETWORK, NULL = "network_x_seed-1", "cohort_mean"
N_SUBJECTS = 8
NULL_MS = np.array([21, 19, 20, 22, 20, 18, 21, 23.0])
SPREAD_MS = np.array([0.3, -0.2, 0.1, 0.4, -0.3, 0.2, -0.1, 0.0])
CELLS = list(itertools.product(QUANTITIES, REGIONS))


def region_means(network_ms, missing=()):
    """Region means, off from 1000 ms by the network's errors by cell, with signs that alternate.

    Args:
        network_ms: Dict of (quantity, region) to an error a subject.
        missing: Triples of subject, quantity and region without voxels.
    """
    return pd.DataFrame(
        {
            "subject": f"{subject:02d}",
            "predictor": predictor,
            "quantity": quantity,
            "region": region,
            "predicted_ms": np.nan
            if (subject, quantity, region) in missing
            else 1000 + (-1) ** subject * errors_ms[subject],
            "reference_ms": 1000.0,
            "truth_ms": 1000.0,
        }
        for quantity, region in CELLS
        for predictor, errors_ms in [(NETWORK, network_ms[quantity, region]), (NULL, NULL_MS)]
        for subject in range(N_SUBJECTS)
    )


def judged(offsets_ms, **others):
    """Cells of a network whose errors are the null's plus an offset by cell and some spread."""
    network_ms = {
        cell: NULL_MS + offset + SPREAD_MS for cell, offset in zip(CELLS, offsets_ms, strict=True)
    }
    return judge_cells(region_means(network_ms, **others), NETWORK, NULL, "truth")


def test_each_cell_is_better_equal_or_worse_as_its_numbers_say():
    cells = judged([-5, 5, 0, -5, 5, 0, -5, 0])
    assert cells["verdict"].tolist() == "better worse equal better worse equal better equal".split()
    assert cells["network_error_ms"].iloc[0] == pytest.approx((NULL_MS - 5 + SPREAD_MS).mean())
    assert cells["difference_ms"].iloc[0] == pytest.approx(-5 + SPREAD_MS.mean())
    assert (cells["low_ms"] <= cells["difference_ms"]).all()
    assert (cells["cohort_mean_error_ms"] == NULL_MS.mean()).all()


def test_a_difference_must_be_significant_after_holm_s_correction():
    alone = judged([-0.3, *[0] * 7])
    row = alone.iloc[0]
    assert row["p_value"] < 0.05 <= row["p_holm"] and row["verdict"] == "equal"
    together = judged([-0.3] * 8)
    assert (together["p_holm"] >= together["p_value"]).all()


def test_errors_are_compared_without_their_sign():
    # Errors alternate in sign: their mean is near zero, their absolute mean is not.
    assert judged([5] * 8)["verdict"].tolist() == ["worse"] * 8


def test_a_subject_without_voxels_of_a_region_is_excluded_only_there():
    cells = judged([-5] * 8, missing=[(3, "T1", "putamen")])
    assert cells["n_subjects"].tolist() == [8, 8, 7, 8, 8, 8, 8, 8]


def test_a_cell_without_two_subjects_is_called_untested():
    missing = [(subject, "T2", "wm") for subject in range(N_SUBJECTS)]
    cells = judged([-5] * 8, missing=missing)
    assert cells["verdict"].tolist() == [*["better"] * 5, "untested", "better", "better"]
    assert cells_named(standing(cells))["untested"] == ["T2 of WM"]


def standing(cells):
    """The page's sentences on a table of cells."""
    macros = rendering.environment().get_template("replication_macros.md.j2").module
    return macros.standing(format_cells(cells))


def cells_named(sentences):
    """Cells by verdict, as the sentences name them; checks their number."""
    words = {"better": "more accurate than", "worse": "less accurate in", "equal": "No difference"}
    words |= {"untested": "Too few subjects"}
    found = dict.fromkeys(VERDICTS, [])
    for verdict, start in words.items():
        match = re.search(rf"{start}[^0-9]*(\d+)(?: \((.*?)\))?", sentences)
        if match:
            found[verdict] = match[2].split(", ") if match[2] else []
            assert int(match[1]) == len(found[verdict])
    return found


@pytest.mark.slow
def test_the_sentences_name_each_cell_once_by_its_verdict(rng):
    for _ in range(50):
        words = rng.choice(VERDICTS, size=len(CELLS))
        cells = judged([0] * len(CELLS)).assign(verdict=words)
        sentences = standing(cells)
        named = cells_named(sentences)
        for word in VERDICTS:
            assert len(named[word]) == (words == word).sum(), sentences
        assert len(set(itertools.chain(*named.values()))) == len(CELLS), sentences
        assert "in 0 of 8 cells" in sentences or "better" in words


def test_the_rows_are_the_cells_as_text():
    cells = judged([-5, 5, 0, -5, 5, 0, -5, 0])
    found = format_cells(cells)
    assert [row[2] for row in found["rows"]] == cells["verdict"].tolist()
    assert found["rows"][0][:6] == ["T1", "Cortical GM", "better", "8", "15.5", "20.5"]
    assert (found["against"], found["n_cells"]) == ("truth", len(CELLS))
    assert found["named"]["worse"] == ["T1 of WM", "T2 of cortical GM"]
