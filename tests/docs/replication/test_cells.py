"""Cell by cell, no word and no sentence contradicts the numbers."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from contrast2map.study.terms import QUANTITIES, REGIONS
from pages.replication import cells as cell_verdicts
from pages.replication.cells import STANDINGS

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
    return cell_verdicts.judge_cells(region_means(network_ms, **others), NETWORK, NULL, "truth")


def test_each_cell_is_better_equal_or_worse_as_its_numbers_say():
    cells = judged([-5, 5, 0, -5, 5, 0, -5, 0])
    assert cells["verdict"].tolist() == "better worse equal better worse equal better equal".split()
    assert cells["network_error_ms"].iloc[0] == pytest.approx((NULL_MS - 5 + SPREAD_MS).mean())
    assert cells["difference_ms"].iloc[0] == pytest.approx(-5 + SPREAD_MS.mean())
    assert (cells["low_ms"] <= cells["difference_ms"]).all()
    assert (cells["cohort_mean_error_ms"] == NULL_MS.mean()).all()


def test_a_difference_that_holm_s_correction_takes_back_is_no_verdict():
    alone = judged([-0.3, *[0] * 7])
    row = alone.iloc[0]
    assert row["p_value"] < 0.05 <= row["p_holm"] and row["verdict"] == "equal"
    together = judged([-0.3] * 8)
    assert (together["p_holm"] >= together["p_value"]).all()


def test_the_sign_of_a_bias_is_no_error():
    # Errors alternate in sign: their mean is near zero, their size is not.
    assert judged([5] * 8)["verdict"].tolist() == ["worse"] * 8


def test_a_subject_without_voxels_of_a_region_is_left_out_there_only():
    cells = judged([-5] * 8, missing=[(3, "T1", "putamen")])
    assert cells["n_subjects"].tolist() == [8, 8, 7, 8, 8, 8, 8, 8]


def test_a_cell_without_two_subjects_is_untested_and_said_to_be():
    missing = [(subject, "T2", "wm") for subject in range(N_SUBJECTS)]
    cells = judged([-5] * 8, missing=missing)
    assert cells["verdict"].tolist() == [*["better"] * 5, "untested", "better", "better"]
    assert cells_named(cell_verdicts.sentence(cells))["untested"] == ["T2 of WM"]


def cells_named(sentence):
    """Cells by word, as a sentence names them; their number is checked."""
    found = {}
    for word, standing in STANDINGS.items():
        match = re.search(rf"{standing} (\d+) \((.*?)\)", sentence)
        found[word] = match[2].split(", ") if match else []
        assert not match or int(match[1]) == len(found[word])
    return found


def test_the_sentence_names_each_cell_once_by_its_word(rng):
    for _ in range(50):
        words = rng.choice(list(STANDINGS), size=len(CELLS))
        cells = pd.DataFrame(CELLS, columns=["quantity", "region"])
        cells = cells.assign(against="truth", verdict=words)
        sentence = cell_verdicts.sentence(cells)
        named = cells_named(sentence)
        for word in STANDINGS:
            assert len(named[word]) == (words == word).sum(), sentence
        assert len(set(itertools.chain(*named.values()))) == len(CELLS), sentence
        assert ("beats the cohort mean in none" in sentence) == ("better" not in words)


def test_the_table_shows_the_words_of_the_cells():
    cells = judged([-5, 5, 0, -5, 5, 0, -5, 0])
    layout = cell_verdicts.layout_cells(cells, "8 simulated subjects")
    assert [row[2] for row in layout.rows] == cells["verdict"].tolist()
    assert "8 simulated subjects" in layout.caption and "for 8 tests" in layout.caption
    assert all(len(row) == len(layout.columns) for row in layout.rows)
