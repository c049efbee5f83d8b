"""Ranges of a scan's values that its few brightest and darkest voxels do not decide."""

import numpy as np

N_SAMPLED = 1_000_000  # voxels from which quantiles are computed
OUTLYING_SHARE = 1e-3  # of the voxels at each end
# ASSUME anatomy stays within this many ranges above the robust range, and one below it.
N_RANGES_ABOVE = 2


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
