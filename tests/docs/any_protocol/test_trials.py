"""Trials of a network on simulated visits: what is told, judged and summarised."""

import numpy as np
import pytest

from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from pages.any_protocol import summary, trials

TR, TE = (list(PROTOCOL_FIELDS).index(name) for name in ("TR_s", "TE_s"))


def drawn(heads, sequences, **changes):
    condition = trials.Condition(trials.slots_of(("mprage", "flair")), **changes)
    return trials.batches(condition, heads, sequences, seed=3, n_visits=trials.BATCH)[0]


def test_a_visit_has_the_papers_scans_and_is_told_its_protocol(heads, sequences):
    batch = drawn(heads, sequences)
    here = np.isin(SLOTS, ["mprage", "flair"])
    assert (batch.present == here).all() and not batch.common_scale.any()
    assert batch.protocol[:, SLOTS.index("mprage"), TR] == pytest.approx(1.9)
    # The nominal TE of the paper's FLAIR is not the contrast-equivalent one.
    assert np.isnan(batch.protocol[:, SLOTS.index("flair"), TE]).all()


def test_a_wrong_protocol_changes_what_is_told_and_not_the_scans(heads, sequences):
    right, wrong = drawn(heads, sequences), drawn(heads, sequences, told=1.3)
    np.testing.assert_array_equal(right.images, wrong.images)
    ratio = wrong.protocol[:, SLOTS.index("mprage"), TR] / 1.9
    assert ratio == pytest.approx(np.full(trials.BATCH, 1.3))


def test_persons_of_a_cohort_differ_less_than_wide_ones(heads, sequences):
    spreads = []
    for lifelike in (True, False):
        batch = drawn(heads, sequences, lifelike=lifelike)
        records = trials.judge(batch, {"T1": batch.T1_s, "T2": batch.T2_s})
        means = [
            each["true_ms"]
            for each in records
            if each["quantity"] == "T1" and each["region"] == "wm"
        ]
        spreads.append(np.std(means) / np.mean(means))
    assert spreads[0] < spreads[1]


def test_perfect_maps_have_no_error_and_biased_ones_their_bias(heads, sequences):
    batch = drawn(heads, sequences)
    half_widths = {name: np.full(batch.mask.shape, 0.05) for name in ("T1", "T2")}
    biased = {"T1": 1.1 * batch.T1_s, "T2": batch.T2_s}
    records = trials.judge(batch, biased, half_widths)
    T1, T2 = (summary.of_parenchyma(records, name) for name in ("T1", "T2"))
    assert (T1["mpe"], T1["bias"], T1["covered"]) == ("10.0", "+10.0", "0")
    assert (T2["mpe"], T2["bias"], T2["covered"]) == ("0.0", "+0.0", "100")
    region = summary.of_region(records, "T1", "wm")
    assert region["r"] == "1.00" and region["slope"] == "1.10"
