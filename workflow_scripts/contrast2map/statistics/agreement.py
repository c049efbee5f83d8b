"""Agreement of paired measurements and of segmentations; hypothesis tests for paired data."""

from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_paired

NORMAL_QUANTILE_975 = 1.96
CONFIDENCE = 0.95


class Limits(NamedTuple):
    """Bland-Altman bias and 95 % limits of agreement, in the unit of the differences."""

    lower: float
    bias: float
    upper: float


def paired_t_test(first, second):
    """Two-sided P value of a paired t-test.

    Args:
        first: Measurements, shape (subject,).
        second: Measurements of the same subjects, shape (subject,). NaN marks a missing value.

    Returns:
        P value; NaN for fewer than two complete pairs or if all differences are equal.
    """
    differences = np.asarray(first, float) - np.asarray(second, float)
    differences = differences[np.isfinite(differences)]
    if differences.size < 2 or np.isclose(np.ptp(differences), 0, atol=1e-12):
        return np.nan
    return float(stats.ttest_1samp(differences, 0).pvalue)


def holm(p_values):
    """Adjust P values for multiple testing by Holm's step-down method (Scand J Stat 1979;6:65).

    Args:
        p_values: P values of one family of tests, shape (test,). NaN marks a test that could not be
            done; it is not counted and stays NaN.

    Returns:
        Adjusted P values, shape (test,).
    """
    p_values = np.asarray(p_values, float)
    corrected = np.full(p_values.shape, np.nan)
    possible = np.isfinite(p_values)
    if possible.any():
        corrected[possible] = multipletests(p_values[possible], method="holm")[1]
    return corrected


def equivalence_p_value(first, second, margin):
    """P value of two one-sided paired t-tests (TOST) for equivalence.

    Schuirmann DJ. J Pharmacokinet Biopharm 1987;15:657. Below 0.05, equivalence is demonstrated:
    the 90 % confidence interval of the mean difference is within the margin.

    Args:
        first: Measurements, shape (subject,).
        second: Measurements of the same subjects, same shape. NaN marks a missing value.
        margin: Largest mean difference regarded as equivalent, in the unit of the measurements.

    Returns:
        The larger of the two P values; NaN for fewer than two complete pairs; 0 or 1 if all
        differences are equal.
    """
    measured = differences(first, second)
    measured = measured[np.isfinite(measured)]
    if measured.size < 2:
        return np.nan
    if np.isclose(np.ptp(measured), 0, atol=1e-12):
        return float(abs(measured.mean()) >= margin)
    return float(ttost_paired(measured, np.zeros_like(measured), -margin, margin)[0])


def differences(predicted, reference):
    """Predicted minus reference, in the unit of both.

    Args:
        predicted: Measurements, any shape.
        reference: Measurements, same shape.
    """
    return np.asarray(predicted, float) - np.asarray(reference, float)


def percentage_differences(predicted, reference):
    """Predicted minus reference, in percent of the mean of the two.

    Args:
        predicted: Measurements, any shape.
        reference: Measurements, same shape.
    """
    predicted, reference = np.asarray(predicted, float), np.asarray(reference, float)
    return 100 * (predicted - reference) / ((predicted + reference) / 2)


def limits_of_agreement(measured_differences):
    """Bland-Altman bias and limits of agreement: mean -+ 1.96 standard deviations.

    Args:
        measured_differences: Differences of paired measurements, any shape. NaN is excluded.

    Returns:
        Lower limit, bias and upper limit. The limits are NaN for fewer than two differences.
    """
    finite = np.asarray(measured_differences, float)
    finite = finite[np.isfinite(finite)]
    if finite.size == 0:
        return Limits(np.nan, np.nan, np.nan)
    bias = float(finite.mean())
    if finite.size < 2:
        return Limits(np.nan, bias, np.nan)
    half_width = NORMAL_QUANTILE_975 * float(finite.std(ddof=1))
    return Limits(bias - half_width, bias, bias + half_width)


def dice(first, second):
    """Dice overlap of two masks.

    Args:
        first: True inside the first mask, any shape.
        second: True inside the second mask, same shape.

    Returns:
        Twice the intersection divided by the sum of sizes; NaN if both masks are empty.
    """
    first, second = np.asarray(first, bool), np.asarray(second, bool)
    size = int(first.sum()) + int(second.sum())
    if size == 0:
        return np.nan
    return 2 * int((first & second).sum()) / size


def hit_rate(region, target):
    """Fraction of a region's voxels that are in a target.

    Args:
        region: True inside the region, any shape.
        target: True inside the target, same shape.

    Returns:
        Fraction between 0 and 1; NaN if the region is empty.
    """
    region, target = np.asarray(region, bool), np.asarray(target, bool)
    if not region.any():
        return np.nan
    return float(target[region].mean())
