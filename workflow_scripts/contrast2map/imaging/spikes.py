"""Isolated voxels far brighter than all around them, which must not decide a range or a mean.

They come from damaged detectors, from reconstruction, and from files changed on their way.
"""

import numpy as np

N_CANDIDATES = 500  # the brightest voxels; more are no single voxels
STRONG_QUANTILE = 0.99
# ASSUME a voxel above this many times its brightest neighbour is no anatomy: at 1 mm, vessels and
# fat are wider than a voxel and partial volume surrounds them.
LEAST_RATIO = 3.0


def without_spikes(values):
    """Replace spikes by the median of their neighbours.

    Args:
        values: Finite values of a scan, shape (x, y, z).

    Returns:
        The values, float32, a copy only if there are spikes; and the number of spikes.
    """
    values = np.asarray(values, np.float32)
    n = min(N_CANDIDATES, values.size)
    flat = np.abs(values).ravel()
    candidates = np.argpartition(flat, flat.size - n)[-n:]
    strong = float(np.quantile(flat[:: max(1, flat.size // 1_000_000)], STRONG_QUANTILE))
    candidates = candidates[flat[candidates] > max(LEAST_RATIO * strong, 0)]
    if not candidates.size:
        return values, 0
    cleaned, n_spikes = values.copy(), 0
    for place in candidates[np.argsort(-flat[candidates])]:
        x, y, z = np.unravel_index(place, values.shape)
        around = cleaned[tuple(slice(max(i - 1, 0), i + 2) for i in (x, y, z))]
        second = np.partition(np.abs(around).ravel(), -2)[-2]
        if flat[place] > LEAST_RATIO * second:
            cleaned[x, y, z] = np.median(around)
            n_spikes += 1
    return (cleaned, n_spikes) if n_spikes else (values, 0)
