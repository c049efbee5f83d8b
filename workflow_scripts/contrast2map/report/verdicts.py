"""Verdicts of one word and one sentence, chosen by rule from numbers."""

from typing import NamedTuple

import numpy as np

from contrast2map.evaluation.levels import REGIONS, errors_at, voxel_errors_ms
from contrast2map.evaluation.region_means import by_subject, known_map
from contrast2map.statistics.agreement import (
    limits_of_agreement,
    percentage_differences,
)
from contrast2map.statistics.comparison import compare_errors
from contrast2map.study import predictors as names
from contrast2map.study.published import LARGEST_BIAS_PERCENT, LARGEST_LIMIT_PERCENT
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number, p_value, population

PHRASES = {
    "better": "the network is more accurate",
    "equal": "no difference detected",
    "worse": "the network is less accurate",
    "untested": "not tested, too few subjects",
}


class Verdict(NamedTuple):
    """A verdict in one word, and a sentence with the numbers that support it."""

    word: str
    sentence: str


def error_verdicts(errors_by_subject, predictors, simulated):
    """Verdicts on the voxel-wise errors of network, baselines and training target, excluding CSF.

    Args:
        errors_by_subject: Table of `tables.errors.errors_by_subject`.
        predictors: Names of the predictors: the network, then the baselines. The first baseline
            decides the word of the verdict.
        simulated: Whether the subjects are simulated.

    Returns:
        List of `Verdict`. Those relative to the truth come first and include the reference map, on
        which the network was trained.
    """
    errors_ms = voxel_errors_ms(errors_by_subject)
    return [
        _verdict(
            errors_ms.loc[against, quantity],
            [*predictors, names.REFERENCE] if against == "truth" else predictors,
            f"Voxels, {quantity} vs {against}: mean absolute error excluding CSF",
            simulated,
        )
        for against in ("truth", "reference")
        if against in errors_ms.index.get_level_values("against")
        for quantity in QUANTITIES
    ]


def person_verdicts(roi_means, predictors, simulated):
    """Verdicts on the errors in region means of network, baselines and training target.

    Voxel-wise errors also reward partial volume and edges; region means are properties of a
    subject.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        predictors: As in `error_verdicts`.
        simulated: Whether the subjects are simulated.

    Returns:
        List of `Verdict`, those relative to the truth first.
    """
    return [
        _verdict(
            _person_errors_ms(roi_means, predictors[0], against, quantity),
            [*predictors, names.REFERENCE] if against == "truth" else predictors,
            f"Region means, {quantity} vs {against}: mean absolute error of a subject's four "
            "region means",
            simulated,
        )
        for against in ("truth", "reference")
        if against == "reference" or has_truth(roi_means)
        for quantity in QUANTITIES
    ]


def has_truth(roi_means):
    """Whether a table of ROI means has true values."""
    return known_map(roi_means) == "truth"


def _person_errors_ms(roi_means, network, against, quantity):
    """Errors at the level of regions; relative to the truth, those of the reference, too."""
    errors_ms = errors_at(REGIONS, {"roi_means": roi_means}, against, quantity)
    if against == "truth":
        reference = where(roi_means, predictor=network)
        reference = reference.assign(
            predictor=names.REFERENCE, predicted_ms=reference["reference_ms"]
        )
        errors_ms = errors_ms.join(errors_at(REGIONS, {"roi_means": reference}, against, quantity))
    return errors_ms


def _verdict(errors_ms, predictors, what, simulated):
    """Verdict from a table of errors, one row per subject and one column per predictor."""
    network, null, *_ = predictors
    errors_ms = errors_ms[list(predictors)].dropna()
    word, _ = compare_errors(errors_ms[network], errors_ms[null])
    parts = [_compared(errors_ms, network, other) for other in predictors[1:]]
    return Verdict(
        word,
        f"{what}, averaged over {population(len(errors_ms), simulated)}: network "
        f"{number(errors_ms[network].mean())} ms; {'; '.join(parts)}.",
    )


def _compared(errors_ms, network, other):
    """Error of another predictor and its comparison with the network, in words."""
    word, p = compare_errors(errors_ms[network], errors_ms[other])
    name = "the reference map itself" if other == names.REFERENCE else names.words(other).lower()
    return f"{name} {number(errors_ms[other].mean())} ms ({PHRASES[word]}{p_words(p)})"


def p_words(p):
    """A P value that continues a sentence, without an asterisk; empty if there was no test."""
    return "" if np.isnan(p) else f", P = {p_value(p)}".rstrip("*").replace("= <", "< ")


def agreement_verdict(roi_means, network, null, quantity):
    """Whether bias and limits of agreement of region means are within the published bounds.

    The paper gives its limits "after taking the mean differences into account": we take
    them as half-widths, 1.96 SD, as in the audit of the published tables.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        network: Name of the network.
        null: Name of the predictor that uses only the tissue: the tissue mean.
        quantity: T1 or T2.

    Returns:
        `Verdict`, from subjects with all regions.
    """
    limits, null_limits = (
        limits_of_agreement(_percentages(roi_means, name, quantity)) for name in (network, null)
    )
    if not (np.isfinite(limits).all() and np.isfinite(null_limits).all()):
        return Verdict("unknown", f"Limits of agreement, {quantity}: too few region means.")
    bias_bound, limit_bound = LARGEST_BIAS_PERCENT[quantity], LARGEST_LIMIT_PERCENT[quantity]
    word = "within" if _is_within(limits, quantity) else "outside"
    null_word = "within" if _is_within(null_limits, quantity) else "outside"
    return Verdict(
        word,
        f"Limits of agreement, {quantity} of four tissues, network minus reference: bias "
        f"{_bias(limits)} %, limits ±{_half_width(limits)} % around the bias. This is {word} the "
        f"published bounds (bias ±{bias_bound:g} %, limits ±{limit_bound:g} %). The tissue mean, "
        f"which uses the tissue only, is {null_word} them: bias {_bias(null_limits)} %, limits "
        f"±{_half_width(null_limits)} %.",
    )


def _percentages(roi_means, predictor, quantity):
    predicted_ms, reference_ms = by_subject(
        roi_means, predictor, quantity, "predicted_ms", "reference_ms"
    )
    differences = percentage_differences(predicted_ms, reference_ms)
    return differences[np.isfinite(differences).all(axis=1)]


def _is_within(limits, quantity):
    half_width = limits.upper - limits.bias
    return (
        abs(limits.bias) <= LARGEST_BIAS_PERCENT[quantity]
        and half_width <= LARGEST_LIMIT_PERCENT[quantity]
    )


def _bias(limits):
    return number(limits.bias, 1, signed=True)


def _half_width(limits):
    return number(limits.upper - limits.bias, 1)
