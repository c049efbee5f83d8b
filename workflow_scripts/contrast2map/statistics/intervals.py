"""95 % confidence intervals for one pair of measurements per subject, exact under normality."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from contrast2map.statistics.agreement import CONFIDENCE, NORMAL_QUANTILE_975, paired_t_test

TAILS = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)


class Interval(NamedTuple):
    """Bounds of a 95 % confidence interval, in the unit of the estimate."""

    low: float
    high: float


class PairedDifference(NamedTuple):
    """Mean of paired differences with its confidence interval, in the unit of the measurements."""

    n: int
    mean: float
    lower: float
    upper: float
    p_value: float


NONE = Interval(np.nan, np.nan)


def of_mean(values):
    """Confidence interval of a mean by Student's t.

    Args:
        values: One value per subject, shape (subject,), finite.

    Returns:
        Interval; NaN for fewer than two values.
    """
    n = len(values)
    if n < 2:
        return NONE
    half_width = stats.t.ppf(TAILS[1], n - 1) * np.std(values, ddof=1) / np.sqrt(n)
    return Interval(float(np.mean(values) - half_width), float(np.mean(values) + half_width))


def paired_difference(first, second):
    """Mean difference (first minus second) with its 95 % confidence interval.

    mean -+ t(0.975, n - 1) * SD / sqrt(n) (Altman, Practical Statistics for Medical Research, 1991,
    section 9.4). The interval excludes zero if the two-sided P value of the paired t-test is below
    0.05.

    Args:
        first: Measurements, shape (subject,).
        second: Measurements of the same subjects, shape (subject,). NaN marks a missing value.

    Returns:
        PairedDifference. Interval and P value are NaN if `agreement.paired_t_test` returns NaN:
        fewer than two complete pairs, or all differences equal.
    """
    differences = np.asarray(first, float) - np.asarray(second, float)
    differences = differences[np.isfinite(differences)]
    n = differences.size
    mean = float(differences.mean()) if n else np.nan
    p = paired_t_test(first, second)
    if np.isnan(p):
        return PairedDifference(n, mean, np.nan, np.nan, np.nan)
    return PairedDifference(n, mean, *of_mean(differences), p)


def of_limits(differences):
    """Confidence intervals of both limits of agreement by the noncentral t distribution.

    Each limit is a quantile of a normal distribution, and the bounds of its interval are tolerance
    limits (Carkeet A. Optom Vis Sci 2015;92:e71).

    Args:
        differences: One difference per subject, shape (subject,), finite.

    Returns:
        Interval of the lower and of the upper limit; NaN for fewer than two differences or if all
        differences are equal.
    """
    n = len(differences)
    sd = np.std(differences, ddof=1) if n > 1 else 0.0
    if n < 2 or sd == 0:
        return NONE, NONE
    factors = stats.nct.ppf(TAILS, n - 1, NORMAL_QUANTILE_975 * np.sqrt(n)) / np.sqrt(n)
    bias = np.mean(differences)
    inner, outer = (float(factor * sd) for factor in factors)
    return Interval(bias - outer, bias - inner), Interval(bias + inner, bias + outer)


def of_slope(differences, means):
    """Least-squares slope of differences on means, and its interval by Student's t.

    A negative slope indicates regression toward the mean: high values are underestimated and low
    values overestimated (Bland JM, Altman DG. Stat Methods Med Res 1999;8:135, section 3.2).

    Args:
        differences: Predicted minus reference of each subject, shape (subject,), finite.
        means: Mean of predicted and reference, same shape.

    Returns:
        Slope and Interval; both are NaN if all means are equal, and the interval is NaN for fewer
        than three subjects.
    """
    if len(means) < 2 or np.ptp(means) == 0:
        return np.nan, NONE
    fit = stats.linregress(means, differences)
    if len(means) < 3:
        return float(fit.slope), NONE
    half_width = stats.t.ppf(TAILS[1], len(means) - 2) * fit.stderr
    return float(fit.slope), Interval(float(fit.slope - half_width), float(fit.slope + half_width))


def of_sd_ratio(predicted, reference):
    """Ratio of the SDs of paired measurements, and its confidence interval.

    The interval inverts the Pitman-Morgan test (Biometrika 1939;31:9 and 31:13), in which sum and
    difference of two measurements with equal variance are uncorrelated.

    Args:
        predicted: Measurements, shape (subject,), finite.
        reference: Measurements of the same subjects, same shape.

    Returns:
        SD of predicted / SD of reference, and Interval; the interval is NaN for fewer than three
        subjects or if either variable is constant.
    """
    n = len(reference)
    if n < 2 or np.ptp(reference) == 0:
        return np.nan, NONE
    ratio = float(np.std(predicted, ddof=1) / np.std(reference, ddof=1))
    if n < 3 or np.ptp(predicted) == 0:
        return ratio, NONE
    r = np.corrcoef(predicted, reference)[0, 1]
    k = 1 + 2 * max(1 - r**2, 0) * stats.t.ppf(TAILS[1], n - 2) ** 2 / (n - 2)
    width = np.sqrt(k + np.sqrt(k**2 - 1))
    return ratio, Interval(float(ratio / width), float(ratio * width))
