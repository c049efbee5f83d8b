"""Isolated voxels far brighter than all around them, which must not decide a range or a mean.

They come from damaged detectors, from reconstruction, and from files changed on their way.
"""

import numpy as np
from scipy import ndimage

N_CANDIDATES = 500  # the brightest voxels; more are no single voxels
STRONG_QUANTILE = 0.99
# ASSUME a voxel above this many times its brightest neighbour is no anatomy: at 1 mm, vessels and
# fat are wider than a voxel and partial volume surrounds them.
LEAST_RATIO = 3.0
LARGEST_CLUSTER = 4  # voxels that touch each other, above all around them by that ratio
# ASSUME nothing in a head is this many times brighter than all but its brightest hundredth, so that
# a larger cluster is none either.
IMPOSSIBLE_RATIO = 50.0
REACH = 10  # voxels around a candidate in which its cluster is sought
TOUCHING = np.ones((3, 3, 3), bool)


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
        place = np.array(np.unravel_index(place, values.shape))
        if cleaned[tuple(place)] != values[tuple(place)]:
            continue  # replaced with a brighter voxel that it touches
        start = np.maximum(place - REACH, 0)
        box = cleaned[tuple(slice(i, j) for i, j in zip(start, place + REACH + 1, strict=True))]
        cluster = _cluster(np.abs(box), tuple(place - start))
        n_voxels = np.count_nonzero(cluster)
        is_impossible = abs(cleaned[tuple(place)]) > IMPOSSIBLE_RATIO * strong > 0
        if n_voxels <= (N_CANDIDATES if is_impossible else LARGEST_CLUSTER):
            around = ndimage.binary_dilation(cluster, TOUCHING) & ~cluster
            box[cluster] = np.median(box[around])
            n_spikes += n_voxels
    return (cleaned, n_spikes) if n_spikes else (values, 0)


def _cluster(box, place):
    """Voxels that touch the one at `place` and reach its brightness over `LEAST_RATIO`."""
    parts, _ = ndimage.label(box * LEAST_RATIO >= box[place], TOUCHING)
    return parts == parts[place]
