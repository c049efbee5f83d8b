"""Sums of each subject's paired measurements, and statistics computed from these sums.

A statistic of sums is computed for thousands of resamples of subjects at once: the sums of a
resample are the totals over its subjects. The tissues of a subject stay together, so four tissues
of one subject never count as four subjects.

All statistics take sums of shape (..., region, 6) and return an array of shape (...).
"""

import numpy as np

from contrast2map.statistics.agreement import NORMAL_QUANTILE_975

N, X, Y, XX, YY, XY = range(6)
# Sums of squares about the mean below this fraction of the sum of squares are rounding errors.
ROUNDING = 1e-13


def sums_by_subject(predicted, reference):
    """Sums over the measurements of a subject in a region: n, x, y, x^2, y^2, x y.

    Args:
        predicted: Measurements x, shape (..., subject, region). NaN marks a missing value.
        reference: Measurements y of the same subjects and regions, same shape.

    Returns:
        Sums, shape (..., subject, region, 6); zero if either measurement is missing.
    """
    x, y = np.asarray(predicted, float), np.asarray(reference, float)
    complete = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(complete, x, 0.0), np.where(complete, y, 0.0)
    return np.stack([complete.astype(float), x, y, x * x, y * y, x * y], axis=-1)


def central(sums):
    """Count, mean difference and centred sums of squares and products.

    Args:
        sums: Sums, shape (..., 6).

    Returns:
        n, mean of x - y, and sums of squares and products about the means, Sxx, Syy, Sxy, each of
        shape (...).
    """
    n = sums[..., N]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (
            n,
            (sums[..., X] - sums[..., Y]) / n,
            _squares_about_mean(sums[..., XX], sums[..., X], n),
            _squares_about_mean(sums[..., YY], sums[..., Y], n),
            sums[..., XY] - sums[..., X] * sums[..., Y] / n,
        )


def pooled(sums):
    """`central` of the measurements of all regions pooled."""
    return central(sums.sum(axis=-2))


def bias(sums):
    """Mean of the differences x - y over all measurements."""
    return pooled(sums)[1]


def sd_of_differences(sums):
    """Standard deviation of the differences x - y over all measurements."""
    n, _, s_xx, s_yy, s_xy = pooled(sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sqrt(np.maximum(s_xx + s_yy - 2 * s_xy, 0) / (n - 1))


def lower_limit(sums):
    """Lower 95 % limit of agreement: bias - 1.96 SD."""
    return bias(sums) - NORMAL_QUANTILE_975 * sd_of_differences(sums)


def upper_limit(sums):
    """Upper 95 % limit of agreement: bias + 1.96 SD."""
    return bias(sums) + NORMAL_QUANTILE_975 * sd_of_differences(sums)


def slope(sums):
    """Least-squares slope of the differences x - y on the means (x + y) / 2."""
    _, _, s_xx, s_yy, s_xy = pooled(sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 2 * (s_xx - s_yy) / (s_xx + s_yy + 2 * s_xy)


def sd_ratio(sums):
    """SD of x / SD of y between subjects, from pooled squares about each region's mean."""
    _, _, s_xx, s_yy, _ = central(sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sqrt(np.nansum(s_xx, axis=-1) / np.nansum(s_yy, axis=-1))


def concordance(sums):
    """Lin's concordance correlation coefficient, with moments divided by n as in the original.

    Lin LI. Biometrics 1989;45:255-268 (and the correction in Biometrics 2000;56:324-325). NaN for
    a single pair, for which the formula would give 0.
    """
    n, difference, s_xx, s_yy, s_xy = pooled(sums)
    n = np.where(n > 1, n, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 2 * s_xy / (s_xx + s_yy + n * difference**2)


def intraclass_correlation(sums):
    """ICC(A,1): two-way, absolute agreement, single measurement, two raters.

    McGraw KO, Wong SP. Psychological Methods 1996;1:30-46, Table 4. With two raters, the mean
    squares are functions of these moments.
    """
    n, difference, s_xx, s_yy, s_xy = pooled(sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        ms_rows = (s_xx + s_yy + 2 * s_xy) / (2 * (n - 1))
        ms_error = (s_xx + s_yy - 2 * s_xy) / (2 * (n - 1))
        ms_columns = n * difference**2 / 2
        return (ms_rows - ms_error) / (ms_rows + ms_error + 2 * (ms_columns - ms_error) / n)


def _squares_about_mean(squares, total, n):
    about_mean = squares - total**2 / n
    return np.where(about_mean <= ROUNDING * squares, 0.0, about_mean)
