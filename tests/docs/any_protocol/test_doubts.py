"""Scans with right numbers are hardly doubted; a FLAIR with half its inversion time is."""

import numpy as np
import pytest

from pages.any_protocol import doubts, trials


@pytest.fixture(scope="module")
def judged(heads, sequences):
    def of(**changes):
        condition = trials.Condition(trials.slots_of(("mprage", "flair")), **changes)
        batch = trials.batches(condition, heads, sequences, seed=3, n_visits=trials.BATCH)[0]
        return doubts.judge(batch, {"T1": batch.T1_s, "T2": batch.T2_s})

    return {"right": of(), "wrong": of(told=0.5, wrong=("TI_s",))}


def test_wrong_inversion_times_are_doubted_and_right_ones_are_not(judged):
    # Few of these small heads have enough CSF away from its rim.
    assert doubts.shares(judged["right"])["flair"] == 0
    assert doubts.shares(judged["wrong"])["flair"] >= 25


def test_shares_are_of_the_scans_that_are_told_the_number(judged):
    # The nominal TE of the paper's FLAIR is not told.
    assert set(doubts.shares(judged["right"], "TE_s")) == {"mprage"}
    judged = [("mprage", {"TR_s"}, True), ("mprage", {"TI_s"}, False), ("flair", {"TI_s"}, False)]
    assert doubts.shares(judged) == {"mprage": 50.0, "flair": 0.0}
    assert doubts.shares(judged, "TR_s") == {"mprage": 100.0}


def test_labels_name_every_place_once():
    assert np.bincount(doubts.LABELS, minlength=4)[1:].tolist() == [2, 1, 1]
