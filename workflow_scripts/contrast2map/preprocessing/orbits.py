"""Orbits that a brain mask has taken in, found by the bright fat between the brain and the eyes.

The roof of an orbit is thin, so a growing surface leaks through it, and an average template does
not tell where the frontal lobe of a person ends. Fat does: it is brighter than white matter in
T1-weighted and FLAIR images.
"""

import numpy as np
from scipy import ndimage

from contrast2map.imaging import grids, masks

# Part of the template's brain in which orbits can be: share of its length from behind, of its
# height from below. It holds the base of the frontal lobes and the poles of the temporal lobes.
FROM_SHARE, TO_SHARE = 0.6, 0.45
# ASSUME from two real heads, whose intensities were also multiplied by up to 2 towards the front:
FAT = 1.25  # least ratio of fat to white matter
GREY_TO_WHITE = 0.85  # of the medians of the whole part and of white matter
MAX_BRIGHT = 0.05  # share of the brain as bright as fat, above which fluid is bright (T2-weighted)
SMOOTHING_MM, AROUND_FAT_MM, BRIDGE_MM = 1.0, 2.0, 4.0
MARGIN_MM = 12.0


def part(brain):
    """The part of a template's grid in which a mask can have taken in orbits.

    Args:
        brain: Share of each voxel inside the template's brain, shape (x, y, z), RAS.

    Returns:
        float32, 1 in that part, same shape.
    """
    low, high = grids.extent(brain > 0.5)
    y, z = ((np.arange(brain.shape[n]) - low[n]) / (high[n] - low[n]) for n in (1, 2))
    inside = (y[:, None] > FROM_SHARE) & (z < TO_SHARE)
    return np.broadcast_to(inside, brain.shape).astype(np.float32)


def without_orbits(brain, head, affine, inside):
    """Remove fat, what is within `AROUND_FAT_MM` of it, and what hangs on the brain by it only.

    Args:
        brain: Mask of the brain, bool (x, y, z).
        head: Intensities of the head, same shape, RAS.
        affine: Its voxel-to-world matrix in mm.
        inside: True in the part of the head in which orbits can be (see `part`).

    Returns:
        Mask of the same shape; the same mask if fluid is bright, as fat does not stand out then.
    """
    voxel_mm, searched = grids.voxel_size_mm(affine), brain & inside
    if not searched.any():
        return brain
    white = np.quantile(head[brain], 0.75)
    # The front is brighter where a coil's sensitivity was not corrected.
    fat = FAT * max(white, np.median(head[searched]) / GREY_TO_WHITE)
    if np.mean(head[brain & ~inside] > FAT * white) > MAX_BRIGHT:
        return brain
    box, _ = grids.bounding_box(searched, affine, np.ceil(MARGIN_MM / voxel_mm).astype(int))
    mask, searched = brain[box], searched[box]
    filled = np.where(mask, head[box], white).astype(np.float32)
    bright = searched & (ndimage.gaussian_filter(filled, SMOOTHING_MM / voxel_mm) > fat)
    if not bright.any():
        return brain
    cut = mask & (masks.distance_mm(bright, voxel_mm) > AROUND_FAT_MM)
    parts, _ = ndimage.label(masks.opened(cut, BRIDGE_MM, voxel_mm) & cut)
    kept = np.isin(parts, np.setdiff1d(parts[~searched], 0))
    near = masks.distance_mm(kept, voxel_mm) <= BRIDGE_MM
    result = brain.copy()
    result[box] = np.where(searched, cut & near, mask)
    return result
