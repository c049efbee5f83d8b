"""Variation of an error across seeds, folds and subjects."""

from typing import NamedTuple

import numpy as np


class Components(NamedTuple):
    """Variances of a two-way random model, in the squared unit of the measurements."""

    subject: float
    seed: float
    residual: float


class Spread(NamedTuple):
    """Standard deviations of a mean error, in its unit; NaN if not estimable.

    Attributes:
        over_seeds: SD across seeds of the mean over all subjects. All seeds have the same subjects,
            so only training varies.
        over_runs: SD across seeds of the mean over one fold's subjects, pooled over folds: the
            variation from training one network.
        over_folds: SD across folds of the mean over subjects and seeds. Folds differ in their
            subjects and share most training subjects, so this is not a standard error (Bengio and
            Grandvalet, JMLR 2004;5:1089).
        over_subjects: SD across subjects of the mean over seeds.
    """

    over_seeds: float
    over_runs: float
    over_folds: float
    over_subjects: float


def spread(errors, folds):
    """Spread of a mean error across seeds, folds and subjects.

    Args:
        errors: Error of each subject and seed, shape (subject, seed).
        folds: Fold that holds out each subject, shape (subject,).
    """
    errors, folds = _complete(errors), np.asarray(folds)
    by_fold = np.array([errors[folds == fold].mean(axis=0) for fold in np.unique(folds)])
    over_runs = np.nan
    if errors.shape[1] > 1:
        over_runs = float(np.sqrt(by_fold.var(axis=1, ddof=1).mean()))
    return Spread(
        over_seeds=_sd(errors.mean(axis=0)),
        over_runs=over_runs,
        over_folds=_sd(by_fold.mean(axis=1)),
        over_subjects=_sd(errors.mean(axis=1)),
    )


def two_way_components(errors):
    """Variance components of subject, seed and residual by the ANOVA method.

    Two-way random model, error = mean + subject + seed + residual, with one error per cell (Searle,
    Casella and McCulloch, Variance Components, 1992, chapter 4):
    residual = MS_residual; subject = (MS_subject - MS_residual) / n_seeds;
    seed = (MS_seed - MS_residual) / n_subjects. Negative estimates are set to zero.

    ASSUME independent residuals. Subjects of a fold share the network of each seed, so a seed's
    effect in one fold alone is part of the residual; `Spread.over_runs` includes it.

    Args:
        errors: Error of each subject and seed, shape (subject, seed).

    Returns:
        The variances; NaN for fewer than two subjects or two seeds.
    """
    errors = _complete(errors)
    n_subjects, n_seeds = errors.shape
    if n_subjects < 2 or n_seeds < 2:
        return Components(np.nan, np.nan, np.nan)
    mean = errors.mean()
    of_subject = errors.mean(axis=1, keepdims=True) - mean
    of_seed = errors.mean(axis=0, keepdims=True) - mean
    rest = errors - mean - of_subject - of_seed
    ms_subject = n_seeds * (of_subject**2).sum() / (n_subjects - 1)
    ms_seed = n_subjects * (of_seed**2).sum() / (n_seeds - 1)
    ms_rest = (rest**2).sum() / ((n_subjects - 1) * (n_seeds - 1))
    return Components(
        subject=float(max(ms_subject - ms_rest, 0) / n_seeds),
        seed=float(max(ms_seed - ms_rest, 0) / n_subjects),
        residual=float(ms_rest),
    )


def _sd(values):
    return float(np.std(values, ddof=1)) if len(values) > 1 else np.nan


def _complete(errors):
    errors = np.asarray(errors, float)
    if not np.isfinite(errors).all():
        raise ValueError("each subject needs an error for each seed; at least one is missing")
    return errors
