"""Ranges of a scan's values that its few brightest and darkest voxels do not decide."""

import numpy as np

N_SAMPLED = 1_000_000  # voxels from which quantiles are computed
OUTLYING_SHARE = 1e-3  # of the voxels at each end
# ASSUME anatomy stays within this many ranges above the robust range, and one below it.
N_RANGES_ABOVE = 2
# ASSUME lowest over highest percentile of a scan to whose values a constant was added. Air has
# 0.01 in scans of one coil and up to 0.1 in sums of squares over many coils.
LEAST_CONSTANT = 0.05
# ASSUME 1st over 10th percentile: 0.95 to 0.98 in such a scan, 0.3 in noise, 0.04 to 0.25 in nine
# real heads in air, 0.6 in bare brains.
UNIFORM_RATIO = 0.8
ZEROED_SHARE = 0.3  # ASSUME more zeros than this are no rim around a turned or smaller scan
LARGEST_TIME_S = {"T1": 20.0, "T2": 10.0}  # well above those of water at 37 °C (4.4 and 2.2 s)


def sample(values):
    """Evenly spaced voxels of an array, at most about one million, shape (voxel,)."""
    flat = np.ravel(values)
    return flat[:: max(1, flat.size // N_SAMPLED)]


def robust_range(values):
    """Lowest and highest value without the share `OUTLYING_SHARE` of the voxels at each end."""
    low, high = np.quantile(sample(values), (OUTLYING_SHARE, 1 - OUTLYING_SHARE))
    return float(low), float(high)


def bounded(values):
    """Values clipped far outside their robust range, so that a few voxels stretch no histogram.

    Args:
        values: Scan, any shape.

    Returns:
        The same array if no value is so far outside, as in an intact scan; otherwise a copy.
    """
    low, high = robust_range(values)
    lowest, highest = low - (high - low), high + N_RANGES_ABOVE * (high - low)
    if low == high or (values.min() >= lowest and values.max() <= highest):
        return values
    return np.clip(values, lowest, highest)


def without_misfits(times_s, quantity):
    """A T1 or T2 map with 0, which means no fit, where no relaxation time is so long."""
    return np.where(times_s > LARGEST_TIME_S[quantity], np.float32(0), times_s)


def added_constant(values):
    """A constant that was added to all voxels but a rim of zeros or below, and bright voxels.

    Args:
        values: Scan, any shape, not constant.

    Returns:
        The constant, 0 if none was added; and the 99th percentile of the voxels above 0.
    """
    sampled = sample(values)
    if np.mean(sampled <= 0) > ZEROED_SHARE:
        return 0.0, 0.0  # the background was set to 0, as around a bare brain
    dark, above, bright = (float(each) for each in np.percentile(sampled[sampled > 0], (1, 10, 99)))
    is_added = dark > LEAST_CONSTANT * bright and dark > UNIFORM_RATIO * above
    return (dark if is_added else 0.0), bright


def without_constant(values):
    """Values without `added_constant`, at least 0; the same array if none was added."""
    constant, _ = added_constant(values)
    return np.maximum(values - np.float32(constant), 0) if constant else values
