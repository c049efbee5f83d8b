"""The table of convergence: its numbers, outcomes and sentences."""

import numpy as np
import pandas as pd
import pytest

from contrast2map.study.records import where
from contrast2map.tables.convergence import layout_convergence, summarise_convergence
from contrast2map.tables.layout import NOTHING

NETWORK = "network_mprage_seed-1"


def log_of(gain_of_T1, gain_of_T2=0.0, n_epochs=8):
    """A log whose validation error falls by a given share between the halves."""
    half = n_epochs // 2
    return pd.DataFrame(
        {"n_steps": 10 * np.arange(1, n_epochs + 1)}
        | {
            f"validation_{quantity}_error": [0.1] * half + [0.1 * (1 - gain)] * (n_epochs - half)
            for quantity, gain in (("T1", gain_of_T1), ("T2", gain_of_T2))
        }
    )


def table_of(*logs, subjects=("04",)):
    keys = [(NETWORK, f"fold_{number}") for number in range(len(logs))]
    return summarise_convergence(
        dict(zip(keys, logs, strict=True)), dict.fromkeys(keys, list(subjects)), limit_percent=5.0
    )


def test_a_row_has_the_errors_in_percent_and_the_outcome():
    row = table_of(log_of(0.2)).to_dict("records")[0]
    assert row == {
        "predictor": NETWORK,
        "fold": "fold_0",
        "quantity": "T1",
        "validation_subjects": "04",
        "n_epochs": 8,
        "n_steps": 80,
        "first_half_percent": pytest.approx(10),
        "second_half_percent": pytest.approx(8),
        "gain_percent": pytest.approx(20),
        "limit_percent": 5.0,
        "mean_gain_percent": pytest.approx(20),
        "outcome": "undertrained",
    }


@pytest.mark.parametrize(
    ("gains", "expected"),
    [([0.2, 0.1], "undertrained"), ([0.08, 0.0], "converged"), ([-0.3, 0.0], "converged")],
)
def test_the_mean_gain_of_the_folds_decides(gains, expected):
    table = table_of(*map(log_of, gains))
    assert outcomes(table) == {"T1": {expected}, "T2": {"converged"}}
    of_T1 = where(table, quantity="T1")["mean_gain_percent"]
    assert of_T1.tolist() == pytest.approx([100 * np.mean(gains)] * len(gains))


def outcomes(table):
    return {name: set(ours["outcome"]) for name, ours in table.groupby("quantity")}


@pytest.mark.parametrize(
    "table",
    [
        table_of(pd.DataFrame({"n_steps": [9, 18]}), subjects=()),
        table_of(log_of(0.2, n_epochs=4)),
    ],
)
def test_a_training_without_evidence_is_not_assessed(table):
    assert set(table["outcome"]) == {"not assessed"} and table["gain_percent"].isna().all()
    (row, _) = layout_convergence(table, "4 subjects").rows
    assert row[4:] == [NOTHING] * 4 + ["not assessed"]


def test_one_fold_without_evidence_makes_the_network_not_assessed():
    table = table_of(log_of(0.0), log_of(0.0, n_epochs=4))
    assert outcomes(table) == {"T1": {"not assessed"}, "T2": {"not assessed"}}


def test_the_layout_has_one_row_per_network_and_quantity():
    layout = layout_convergence(table_of(log_of(0.2), log_of(0.1)), "4 simulated subjects")
    first, second = layout.rows
    assert first == (
        ["Network (mprage), seed 1", "T1", "8", "80", "10.00", "8.00 to 9.00", "+15.0"]
        + ["10.0 to 20.0", "undertrained"]
    )
    assert second[-1] == "converged"
    assert "5 % or more" in layout.caption
