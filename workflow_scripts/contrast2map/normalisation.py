"""From scanner units and seconds to what the network reads and writes, and back."""

import numpy as np


def normalise_slices(images, brain, percentile):
    """Divide each slice by a percentile of its brain voxels; background becomes 0.

    Qiu et al. 2022, section 2.2, with percentile 95.

    Args:
        images: Weighted image, shape (slice, height, width).
        brain: Brain mask, same shape.
        percentile: Percentile of the intensities inside the mask of that slice.

    Returns:
        float32 images, same shape. A slice without brain or without signal becomes 0.
    """
    normalised = np.zeros(images.shape, np.float32)
    for index, (image, mask) in enumerate(zip(images, brain > 0, strict=True)):
        if mask.any():
            scale = np.percentile(image[mask], percentile)
            if scale > 0:
                normalised[index][mask] = image[mask] / scale
    return normalised


def scale_maps(maps_s, brain, map_scale_s):
    """Relaxation times in units of `map_scale_s`; 0 outside the brain.

    Args:
        maps_s: T1 or T2 in seconds, shape (...).
        brain: Brain mask, same shape.
        map_scale_s: Seconds that become 1.

    Returns:
        float32 array, same shape.
    """
    return np.where(brain > 0, maps_s / map_scale_s, 0).astype(np.float32)


def restore_maps(scaled, brain, map_scale_s):
    """Relaxation times in seconds from the network's output; the inverse of `scale_maps`.

    The network is linear at its end: what it puts below zero is cut off at 0 s.
    """
    return np.where(brain > 0, np.maximum(scaled, 0) * map_scale_s, 0).astype(np.float32)
