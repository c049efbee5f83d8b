"""Table of convergence: what the second half of each training gained for validation subjects."""

import numpy as np
import pandas as pd

from contrast2map.statistics.convergence import MINIMUM_EPOCHS, of_halves
from contrast2map.study.predictors import seed_of, words
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import NOTHING, Layout, number, sentence_case

NETWORK = ["predictor", "quantity"]


def summarise_convergence(logs, validation_subjects, limit_percent):
    """Gain of the second half of each training.

    Args:
        logs: Dict mapping (predictor, fold) to the training's log, a DataFrame with one row per
            epoch.
        validation_subjects: Dict mapping the same keys to lists of labels; empty without.
        limit_percent: Gain from which a training counts as undertrained.

    Returns:
        Table with one row per training and quantity: predictor, fold, quantity,
        validation_subjects, n_epochs, n_steps, first_half_percent and second_half_percent (median
        relative error of the last third of each half), gain_percent, limit_percent, and of all
        folds of the network together: mean_gain_percent and outcome ("converged", "undertrained" or
        "not assessed").
    """
    records = []
    for (predictor, fold), log in logs.items():
        subjects = validation_subjects[predictor, fold]
        for quantity in QUANTITIES:
            errors = log[f"validation_{quantity}_error"] if subjects else []
            halves = of_halves(errors)
            records.append(
                {
                    "predictor": predictor,
                    "fold": fold,
                    "quantity": quantity,
                    "validation_subjects": " ".join(subjects),
                    "n_epochs": len(log),
                    "n_steps": int(log["n_steps"].iloc[-1]),
                    "first_half_percent": 100 * halves.first,
                    "second_half_percent": 100 * halves.second,
                    "gain_percent": 100 * halves.gain,
                    "limit_percent": limit_percent,
                }
            )
    table = pd.DataFrame(records)
    mean_percent = table.groupby(NETWORK)["gain_percent"].transform(_mean)
    return table.assign(
        mean_gain_percent=mean_percent,
        outcome=[_outcome(each, limit_percent) for each in mean_percent],
    )


def layout_convergence(table, population):
    """Layout of the table, one row per network and quantity.

    Args:
        table: Table of `summarise_convergence`.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    rows = []
    for (predictor, quantity), ours in table.groupby(NETWORK, sort=False):
        rows.append(
            [
                f"{words(predictor)}, seed {seed_of(predictor)}",
                quantity,
                _range(ours["n_epochs"], 0),
                _range(ours["n_steps"], 0),
                _range(ours["first_half_percent"], 2),
                _range(ours["second_half_percent"], 2),
                number(ours["mean_gain_percent"].iloc[0], signed=True),
                _range(ours["gain_percent"], 1),
                ours["outcome"].iloc[0],
            ]
        )
    error = "Relative error (%) at the end of the"
    return Layout(
        title="Convergence of the trainings",
        caption=(
            f"{sentence_case(population)}. In each fold, validation subjects were held "
            "back from the training subjects; no network adapted to them, and no result includes "
            "them except as subjects that another fold holds out. Error: mean over voxels of the "
            "absolute difference from the reference divided by the reference, whole brain, after "
            "each epoch; median of the last third of each half of the training, range over folds. "
            f"Gain: what the second half improved, in percent. Undertrained: a mean gain of "
            f"{table['limit_percent'].iloc[0]:g} % or more over the folds. Not assessed: no "
            f"validation subject, or fewer than {MINIMUM_EPOCHS} epochs."
        ),
        columns=[
            ("", "Network"),
            ("", ""),
            ("Training", "Epochs"),
            ("Training", "Steps"),
            (error, "first half"),
            (error, "second half"),
            ("Gain (%)", "mean"),
            ("Gain (%)", "range"),
            ("", "Outcome"),
        ],
        rows=rows,
        n_headings=2,
        strong=frozenset({6, 8}),
    )


def _mean(gains_percent):
    """Mean over the folds; NaN if that of a fold is unknown."""
    return gains_percent.mean(skipna=False)


def _outcome(gain_percent, limit_percent):
    if np.isnan(gain_percent):
        return "not assessed"
    return "undertrained" if gain_percent >= limit_percent else "converged"


def _range(values, n_decimals):
    """Lowest and highest value over the folds; a dash if one is missing."""
    if values.isna().any():
        return NOTHING
    ends = dict.fromkeys(number(value, n_decimals) for value in (values.min(), values.max()))
    return " to ".join(ends)
