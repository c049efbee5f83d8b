"""Summary of lesions by size: errors, contrast and detectability in each map."""

import math

import numpy as np
import pandas as pd

from contrast2map.statistics.intervals import of_mean
from contrast2map.study.predictors import REFERENCE

TRUTH = "truth"
AGAINST = (REFERENCE, TRUTH)
# Bounds of the diameter in mm, including the lower bound.
SIZES = {
    "below 5 mm": (0, 5),
    "5 to 10 mm": (5, 10),
    "10 mm and more": (10, math.inf),
    "any": (0, math.inf),
}
# Measures in the order of the table, with their units.
UNITS = {
    "error_vs_reference": "ms",
    "absolute_error_vs_reference": "ms",
    "error_vs_truth": "ms",
    "absolute_error_vs_truth": "ms",
    "contrast": "ms",
    "share_of_reference_contrast": "%",
    "share_of_truth_contrast": "%",
    "correlation_with_reference_contrast": "1",
    "correlation_with_truth_contrast": "1",
    "contrast_to_noise_ratio": "1",
    "auc": "1",
    "detected": "%",
}
COLUMNS = (
    "predictor quantity size measure unit n_lesions n_subjects mean sd_over_subjects low high "
    "sd_over_lesions"
).split()
# Each measure of a pair of maps, with the column that the contrast is compared with.
SHARES = {f"share_of_{name}_contrast": f"{name}_contrast" for name in AGAINST}
CORRELATIONS = {f"correlation_with_{name}_contrast": f"{name}_contrast" for name in AGAINST}
MINIMUM_CORRELATED = 3  # lesions; two lesions always correlate perfectly


def by_map(lesions):
    """Rearrange the lesions to one row per lesion, quantity and map.

    Args:
        lesions: Table of lesions (`evaluate_lesions`), all predictors and folds.

    Returns:
        Table with subject, lesion, quantity, diameter_mm, predictor (including `reference` and, if
        known, `truth`), the measures that are defined for a single lesion, and reference_contrast
        and truth_contrast of the same lesion in ms.
    """
    once = lesions.drop_duplicates(["subject", "lesion", "quantity"])
    sources = {"predicted": lesions} | {name: once.assign(predictor=name) for name in AGAINST}
    tables = []
    for name, rows in sources.items():
        table = rows[["subject", "lesion", "quantity", "diameter_mm", "predictor"]].copy()
        for other in AGAINST:
            judged = name not in (other, TRUTH)
            error_ms = rows[f"{name}_mean_ms"] - rows[f"{other}_mean_ms"]
            table[f"error_vs_{other}"] = error_ms if judged else math.nan
            table[f"absolute_error_vs_{other}"] = table[f"error_vs_{other}"].abs()
            table[f"{other}_contrast"] = rows[f"{other}_contrast_ms"]
        table["contrast"] = rows[f"{name}_contrast_ms"]
        table["contrast_to_noise_ratio"] = rows[f"{name}_cnr"]
        table["auc"] = rows[f"{name}_auc"]
        table["detected"] = 100 * rows[f"{name}_detected"]
        tables.append(table[rows[f"{name}_mean_ms"].notna()])
    return pd.concat(tables, ignore_index=True)


def summarise_lesions(lesions):
    """Average the lesions of each size, first within subjects and then across subjects.

    Args:
        lesions: Table of lesions (`evaluate_lesions`), all predictors and folds.

    Returns:
        Table with `COLUMNS`, one row per predictor (including `reference` and `truth`), quantity,
        size with lesions and measure. A share is the ratio of two mean contrasts, so lesions with
        little contrast have no larger weight. Correlations (Pearson) and `detected`, a percentage,
        are computed from all lesions, not averaged by subject.
    """
    records = []
    for (predictor, quantity), ours in by_map(lesions).groupby(["predictor", "quantity"]):
        for size, (smallest_mm, largest_mm) in SIZES.items():
            chosen = ours[ours["diameter_mm"].between(smallest_mm, largest_mm, inclusive="left")]
            named = {"predictor": predictor, "quantity": quantity, "size": size}
            for measure, unit in UNITS.items():
                if (found := _summarise(chosen, measure))["n_lesions"]:
                    records.append(named | {"measure": measure, "unit": unit} | found)
    return pd.DataFrame(records, columns=COLUMNS)


def mean_over_subjects(values, subjects):
    """Mean of the subjects' means with SD and 95 % confidence interval.

    Lesions of one subject share network, scan and tissue, so the subject is the unit. (With few
    subjects, an interval from lesions with a cluster-robust variance is too narrow.)

    Args:
        values: Value of each lesion, shape (lesion,).
        subjects: Subject of each lesion, same shape.

    Returns:
        Mean, SD across subjects, and lower and upper bound of the interval (Student's t); the last
        three are NaN for a single subject.
    """
    means = values.groupby(subjects).mean()
    return means.mean(), means.std(), *of_mean(means.to_numpy())


def _summarise(lesions, measure):
    other = (SHARES | CORRELATIONS).get(measure)
    values = lesions.dropna(subset=["contrast", other] if other else [measure])
    found = {"n_lesions": len(values), "n_subjects": values["subject"].nunique()}
    if measure in SHARES:
        means = values.groupby("subject")[["contrast", other]].mean().mean()
        return found | {"mean": 100 * means["contrast"] / means[other]}
    if measure in CORRELATIONS:
        return found | {"mean": correlation(values["contrast"], values[other])}
    if measure == "detected":
        return found | {"mean": values[measure].mean()}
    names = ("mean", "sd_over_subjects", "low", "high")
    statistics = mean_over_subjects(values[measure], values["subject"])
    found |= dict(zip(names, statistics, strict=True))
    return found | {"sd_over_lesions": values[measure].std()}


def correlation(values, others):
    """Pearson's correlation; NaN for fewer than three pairs or if either variable is constant."""
    values, others = np.asarray(values, float), np.asarray(others, float)
    if len(values) < MINIMUM_CORRELATED or not (np.ptp(values) and np.ptp(others)):
        return math.nan
    return float(np.corrcoef(values, others)[0, 1])
