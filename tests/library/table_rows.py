"""Slice errors and region means of any predictors, with known values, for tests of tables."""

from itertools import product

import numpy as np
import pandas as pd

from contrast2map.evaluation.ablation import compare_inputs
from contrast2map.study.predictors import network
from contrast2map.tables.errors import errors_by_subject

ALL = ["mprage+gre+flair", "mprage+gre", "mprage+flair", "gre+flair", "mprage", "gre", "flair"]
SUBJECTS = [f"{number:02d}" for number in range(1, 7)]
FOLDS = {subject: f"fold_{index % 3}" for index, subject in enumerate(SUBJECTS)}


def slice_errors(mae_ms, predictors, folds, n_slices=2, against=("reference", "truth")):
    """Slice errors of every predictor, subject and region.

    Args:
        mae_ms: Function of predictor, subject, quantity and against; the mean over the slices of
            a subject, excluding CSF, in convention "paper".
        predictors: Names; "reference" is compared with the truth only.
        folds: Fold of each subject.
        n_slices: Number of slices of every subject, or a dict with that of each.
    """
    n_slices_of = n_slices if isinstance(n_slices, dict) else dict.fromkeys(folds, n_slices)
    rows = []
    for predictor, subject, each, quantity, region, convention in product(
        predictors,
        folds,
        against,
        ("T1", "T2"),
        ("full_brain", "excluding_csf"),
        ("paper", "brain"),
    ):
        if predictor == each:
            continue
        wrong = 1000.0 * (region == "full_brain") + 500.0 * (convention == "brain")
        n = n_slices_of[subject]
        rows += [
            {
                "subject": subject,
                "group": "MS",
                "fold": folds[subject],
                "predictor": predictor,
                "slice": index,
                "against": each,
                "quantity": quantity,
                "region": region,
                "convention": convention,
                "n_voxels": 100,
                "mae_ms": mae_ms(predictor, subject, quantity, each) + wrong + index - (n - 1) / 2,
                "mpe_percent": 5.0,
                "psnr_db": 30.0,
                "ssim": 0.9,
            }
            for index in range(n)
        ]
    return pd.DataFrame(rows)


def roi_means(predicted_ms, predictors, subjects, truth_ms=1000.0):
    """Region means with a reference of 1000 ms plus ten times the subject's number.

    Args:
        predicted_ms: Function of predictor, subject, quantity and region.
    """
    return pd.DataFrame(
        [
            {
                "subject": subject,
                "group": "MS",
                "fold": "fold_0",
                "predictor": predictor,
                "region": region,
                "quantity": quantity,
                "n_voxels": 10,
                "predicted_ms": predicted_ms(predictor, subject, quantity, region),
                "reference_ms": 1000.0 + 10 * int(subject),
                "truth_ms": truth_ms,
            }
            for predictor, subject, region, quantity in product(
                predictors, subjects, ("gm", "wm", "putamen", "thalamus"), ("T1", "T2")
            )
        ]
    )


def compare(input_sets, mae_ms, subjects=SUBJECTS):
    """Tests between networks of some inputs, whose errors a function gives."""
    names = [network(inputs, 1) for inputs in input_sets]

    def of_predictor(predictor, subject, quantity, against):
        return mae_ms(input_sets[names.index(predictor)], subject, quantity, against)

    errors = slice_errors(of_predictor, names, {subject: FOLDS[subject] for subject in subjects})
    return compare_inputs(errors_by_subject(errors), names)


def noisy(inputs, subject, quantity, against):
    """An error that falls by 10 ms a contrast, with noise of its own for each subject and set."""
    key = [ALL.index(inputs), int(subject), quantity == "T1", against == "truth"]
    return 100 - 10 * (inputs.count("+") + 1) + np.random.default_rng(key).normal(0, 2)
