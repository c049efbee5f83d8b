"""Normalisation of images and scaling of maps for the network, and the inverse of the latter.

The divisor determines what information reaches the network: a subject's T1 and T2 change both the
level and the contrast of an image, and the division removes the level (see docs/normalisation.md).
"""

import numpy as np

from contrast2map.study.contrast_names import usual_name

PERCENTILE = 95
METHODS = {
    "slice_p95": f"each image by the {PERCENTILE}th percentile of each slice",
    "volume_p95": f"each image by the {PERCENTILE}th percentile of its whole brain",
    "session": f"all images by the {PERCENTILE}th percentile of the brain in the {{target}}",
    "reference_tissue": "each image by its median in eroded white matter",
}


def describe(method, target):
    """Describe the division of a method in words that follow "divided"."""
    return METHODS[method].format(target=usual_name(target))


def normalise(volumes, brain, method, target, white_matter=None):
    """Divide images by their level and set the background to 0.

    `slice_p95` is the method of Qiu et al. 2022, section 2.2. `session` preserves the ratios of a
    visit's images, which are meaningful if the scanner scaled them alike.

    Args:
        volumes: Dict mapping contrast to weighted image, shape (slice, height, width).
        brain: Brain mask, same shape.
        method: One of `METHODS`.
        target: Contrast in `volumes` whose level is used for all images by `session`.
        white_matter: Boolean mask, same shape, for `reference_tissue` (`masks.inner_white_matter`).

    Returns:
        Dict mapping contrast to float32 image, same shape. Slices without brain or signal become 0.
    """
    inside = brain > 0
    level_of = {name: target if method == "session" else name for name in volumes}
    levels = {
        name: _levels(volumes[name], inside, method, white_matter)
        for name in set(level_of.values())
    }
    return {name: _divide(image, inside, levels[level_of[name]]) for name, image in volumes.items()}


def _levels(image, inside, method, white_matter):
    """Level of each slice, shape (slice,); 0 without brain."""
    if method == "slice_p95":
        return np.array([_percentile(*each) for each in zip(image, inside, strict=True)])
    if method == "reference_tissue":
        seen = image[white_matter & inside]
        level = np.median(seen) if seen.size else 0
    else:
        level = _percentile(image, inside)
    return np.full(len(image), level)


def _percentile(image, inside):
    return np.percentile(image[inside], PERCENTILE) if inside.any() else 0


def _divide(image, inside, levels):
    normalised = np.zeros(image.shape, np.float32)
    for index in np.flatnonzero(levels > 0):
        mask = inside[index]
        normalised[index][mask] = image[index][mask] / levels[index]
    return normalised


def scale_maps(maps_s, brain, map_scale_s):
    """Convert relaxation times to units of `map_scale_s`; 0 outside the brain.

    Args:
        maps_s: T1 or T2 in seconds, shape (...).
        brain: Brain mask, same shape.
        map_scale_s: Unit in seconds.

    Returns:
        float32 array, same shape.
    """
    return np.where(brain > 0, maps_s / map_scale_s, 0).astype(np.float32)


def restore_maps(scaled, brain, map_scale_s):
    """Convert the network's output to relaxation times in seconds; inverts `scale_maps`.

    The network's output is linear; negative values become 0 s.
    """
    return np.where(brain > 0, np.maximum(scaled, 0) * map_scale_s, 0).astype(np.float32)
