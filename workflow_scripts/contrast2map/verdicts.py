"""Short answers, chosen by rule from numbers."""

from typing import NamedTuple

import numpy as np

from contrast2map import predictors as names
from contrast2map.agreement import limits_of_agreement, paired_t_test, percentage_differences
from contrast2map.published import LARGEST_BIAS_PERCENT, LARGEST_LIMIT_PERCENT
from contrast2map.tables import number, p_value, population

SIGNIFICANCE = 0.05
PHRASES = {
    "better": "the network is better",
    "equal": "not told apart from the network",
    "worse": "the network is worse",
    "untested": "not tested, too few subjects",
}


class Verdict(NamedTuple):
    """An answer in a word, and the sentence with the numbers that it rests on."""

    word: str
    sentence: str


def compare_errors(network_ms, baseline_ms):
    """Whether a network's error is below a baseline's: better, equal, worse or untested.

    Better and worse take a paired t-test below 0.05 over subjects; anything else is equal, that is,
    not told apart by this many subjects. A single subject, or differences without any spread, allow
    no test.

    Args:
        network_ms: Mean absolute error of each subject in ms, shape (subject,).
        baseline_ms: The baseline's, of the same subjects, same shape.

    Returns:
        The word and the P value (NaN if no test is possible).
    """
    network_ms, baseline_ms = np.asarray(network_ms, float), np.asarray(baseline_ms, float)
    p = paired_t_test(network_ms, baseline_ms)
    if np.isnan(p):
        return ("equal" if np.array_equal(network_ms, baseline_ms) else "untested"), p
    if p >= SIGNIFICANCE:
        return "equal", p
    return ("better" if network_ms.mean() < baseline_ms.mean() else "worse"), p


def error_verdicts(errors_by_subject, predictors, simulated):
    """Network against the baselines and its teacher: MAE excluding CSF of each quantity.

    Args:
        errors_by_subject: Table of `tables_errors.errors_by_subject`.
        predictors: Names of the predictors: the network, then the baselines, the one that gives
            the verdict its word first.
        simulated: Whether the subjects are simulated.

    Returns:
        List of `Verdict`, those against the truth first; there the reference map, from which the
        network learned, is one of those that it is compared with.
    """
    network, *baselines = predictors
    compared = errors_by_subject[
        (errors_by_subject["region"] == "excluding_csf")
        & (errors_by_subject["convention"] == "paper")
    ]
    errors_ms = compared.pivot(
        index=["against", "quantity", "subject"], columns="predictor", values="mae_ms"
    )
    verdicts = []
    for against in ("truth", "reference"):
        if against not in errors_ms.index.get_level_values("against"):
            continue
        others = [*baselines, names.REFERENCE] if against == "truth" else baselines
        for quantity in ("T1", "T2"):
            ours_ms = errors_ms.loc[against, quantity].dropna(subset=[network, baselines[0]])
            word, _ = compare_errors(ours_ms[network], ours_ms[baselines[0]])
            parts = [_compared(ours_ms, network, other) for other in others]
            verdicts.append(
                Verdict(
                    word,
                    f"{quantity} against the {against}: mean absolute error excluding CSF, mean "
                    f"over {population(len(ours_ms), simulated)}: network "
                    f"{number(ours_ms[network].mean())} ms; {'; '.join(parts)}.",
                )
            )
    return verdicts


def _compared(errors_ms, network, other):
    """Another predictor's error, and how the network stands to it."""
    complete = errors_ms.dropna(subset=[network, other])
    word, p = compare_errors(complete[network], complete[other])
    name = "the reference map itself" if other == names.REFERENCE else names.words(other).lower()
    test = "" if np.isnan(p) else f", P = {p_value(p)}".rstrip("*").replace("= <", "< ")
    return f"{name} {number(complete[other].mean())} ms ({PHRASES[word]}{test})"


def agreement_verdict(predicted_ms, reference_ms, quantity):
    """Whether the Bland-Altman limits of region means lie within the published bounds.

    Args:
        predicted_ms: Region means of predicted maps in ms, shape (measurement,).
        reference_ms: Region means of reference maps in ms, same shape.
        quantity: T1 or T2.
    """
    limits = limits_of_agreement(percentage_differences(predicted_ms, reference_ms))
    bias_bound, limit_bound = LARGEST_BIAS_PERCENT[quantity], LARGEST_LIMIT_PERCENT[quantity]
    if not np.isfinite(limits).all():
        return Verdict("unknown", f"{quantity} of regions: too few region means for limits.")
    within = (
        abs(limits.bias) <= bias_bound
        and -limits.lower <= limit_bound
        and limits.upper <= limit_bound
    )
    word = "within" if within else "outside"
    return Verdict(
        word,
        f"{quantity} of four tissues, network minus reference: bias "
        f"{number(limits.bias, 2, signed=True)} %, 95 % limits of agreement "
        f"{number(limits.lower, signed=True)} to {number(limits.upper, signed=True)} %: {word} the "
        f"published bounds (bias within ±{bias_bound:g} %, limits within ±{limit_bound:g} %).",
    )
