"""Short answers, chosen by rule from numbers."""

from typing import NamedTuple

import numpy as np

from contrast2map.agreement import limits_of_agreement, paired_t_test, percentage_differences
from contrast2map.published import LARGEST_BIAS_PERCENT, LARGEST_LIMIT_PERCENT
from contrast2map.tables import number, p_value, population

SIGNIFICANCE = 0.05
PHRASES = {
    "better": "is better than the cohort mean",
    "equal": "cannot be told apart from the cohort mean",
    "worse": "is worse than the cohort mean",
    "untested": "is not tested against the cohort mean, there are too few subjects",
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


def baseline_verdicts(errors_by_subject, network, baseline, simulated):
    """Network against baseline: MAE excluding CSF, for each quantity, against all that is known.

    Args:
        errors_by_subject: Table of `tables_errors.errors_by_subject`.
        network: Name of the network among the predictors.
        baseline: Name of the baseline among the predictors.
        simulated: Whether the subjects are simulated.

    Returns:
        List of `Verdict`, those against the truth first.
    """
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
        for quantity in ("T1", "T2"):
            ours = errors_ms.loc[against, quantity].dropna(subset=[network, baseline])
            word, p = compare_errors(ours[network], ours[baseline])
            test = "no paired t-test" if np.isnan(p) else f"paired t-test P = {p_value(p)}"
            verdicts.append(
                Verdict(
                    word,
                    f"{quantity} against the {against}: the network {PHRASES[word]}. Mean absolute "
                    "error excluding CSF, mean over subjects: "
                    f"{number(ours[network].mean())} ms against "
                    f"{number(ours[baseline].mean())} ms; {population(len(ours), simulated)}, "
                    f"{test.rstrip('*').replace('= <', '< ')}.",
                )
            )
    return verdicts


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
