"""Parametric bootstrap of subjects, which keeps the measurements of a subject together.

A studentised bootstrap that resamples the subjects themselves gave intervals that were too short:
with 18 subjects their coverage was 0.92 to 0.94 (1000 simulated data sets). Subjects are therefore
drawn from a multivariate normal distribution fitted to all measurements of a subject, including the
correlations between tissues and methods. Each draw is studentised by its own jackknife standard
error across subjects (bootstrap-t: Efron B, Tibshirani RJ. An Introduction to the Bootstrap.
Chapman & Hall 1993, chapters 6 and 12).
"""

import numpy as np

from contrast2map.statistics import moments
from contrast2map.statistics.intervals import NONE, TAILS, Interval

# Scales on which the distribution is assumed to have a constant shape: transform and its inverse.
SCALES = {
    "identity": (np.asarray, np.asarray),
    "fisher_z": (np.arctanh, np.tanh),
    "log": (np.log, np.exp),
}
# Maximum number of values of the jackknife's sums in memory at once.
CHUNK = 4_000_000


def studentised_interval(statistic, predicted, reference, n_draws, generator, scale="identity"):
    """95 % confidence interval of a statistic of paired measurements.

    Args:
        statistic: Function of `moments` that takes sums of shape (..., region, 6).
        predicted: Measurements, shape (subject, region). Subjects with a NaN are excluded.
        reference: Measurements of the same subjects and regions, same shape.
        n_draws: Number of bootstrap draws.
        generator: NumPy random generator.
        scale: Name of the scale in `SCALES` on which the interval is computed.

    Returns:
        Interval; NaN for fewer than three subjects or if the statistic does not vary.
    """
    forth, back = SCALES[scale]

    def scaled(sums):
        with np.errstate(invalid="ignore", divide="ignore"):
            return forth(statistic(sums))

    measured = np.stack([predicted, reference], axis=1).astype(float)  # (subject, 2, region)
    measured = measured[np.isfinite(measured).all(axis=(1, 2))]
    n_subjects = len(measured)
    if n_subjects < 3:
        return NONE
    measured = measured - np.median(measured)  # for accurate squares; changes no statistic
    sums = moments.sums_by_subject(measured[:, 0], measured[:, 1])
    estimate, error = scaled(sums.sum(axis=0)), jackknife_error(scaled, sums)
    fitted = scaled(_sums_of_fitted(measured))
    n_at_once = max(1, CHUNK // sums.size)
    t = np.concatenate(
        [
            _studentised(scaled, measured, fitted, min(n_at_once, n_draws - start), generator)
            for start in range(0, n_draws, n_at_once)
        ]
    )
    t = t[np.isfinite(t)]
    if not (t.size and np.isfinite(estimate) and error > 0):
        return NONE
    lowest, highest = np.quantile(t, TAILS, method="weibull")
    with np.errstate(over="ignore"):  # the bound of a ratio may be infinite for three subjects
        bounds = back(estimate - highest * error), back(estimate - lowest * error)
    return Interval(*map(float, bounds))


def jackknife_error(statistic, sums):
    """Jackknife standard error of a statistic, leaving out one subject at a time.

    Args:
        statistic: Function of sums of shape (..., region, 6) that returns an array of shape (...).
        sums: Sums of each subject, shape (..., subject, region, 6).

    Returns:
        Standard error, shape (...).
    """
    n = sums.shape[-3]
    left = statistic(sums.sum(axis=-3, keepdims=True) - sums)
    with np.errstate(invalid="ignore"):
        return np.sqrt((n - 1) / n * ((left - left.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1))


def _studentised(scaled, measured, fitted, n_draws, generator):
    """Deviation of each draw's statistic from the fitted value, in standard errors of the draw."""
    n_subjects, _, n_regions = measured.shape
    flat = measured.reshape(n_subjects, -1)
    mean = flat.mean(axis=0)
    _, spreads, directions = np.linalg.svd(flat - mean, full_matrices=False)
    factor = spreads[:, None] * directions / np.sqrt(n_subjects - 1)
    drawn = mean + generator.standard_normal((n_draws, n_subjects, len(factor))) @ factor
    drawn = drawn.reshape(n_draws, n_subjects, 2, n_regions)
    sums = moments.sums_by_subject(drawn[:, :, 0], drawn[:, :, 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return (scaled(sums.sum(axis=-3)) - fitted) / jackknife_error(scaled, sums)


def _sums_of_fitted(measured):
    """Sums of a practically infinite sample from the fitted distribution."""
    n = len(measured)
    x, y = measured.mean(axis=0)
    (dx, dy) = np.moveaxis(measured - measured.mean(axis=0), 1, 0)
    variances = [
        (one * other).sum(axis=0) / (n - 1) for one, other in ((dx, dx), (dy, dy), (dx, dy))
    ]
    each = [np.ones_like(x), x, y, variances[0] + x * x, variances[1] + y * y, variances[2] + x * y]
    return 1e9 * np.stack(each, axis=-1)
