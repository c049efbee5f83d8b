"""Spread of predicted maps across networks and flips of the images."""

import numpy as np

from contrast2map.preprocessing.normalisation import restore_maps

# Enough for a median; all slices of a large cohort would take hours without a GPU.
N_SLICES = 8  # per subject
N_AT_ONCE = 8  # slices predicted at once by all predictors, because of memory
# Flipped axes of (slice, height, width, channel), as in the training's patches.
FLIPS = ((), (1,), (2,), (1, 2))


def of_subject(inputs, slice_indices, brain, quantities, map_scale_s, predictors):
    """SD across networks of the maps of evenly spaced slices.

    Args:
        inputs: Normalised images of the selected slices, (slice, height, width, contrast).
        slice_indices: Index of each selected slice in the volume.
        brain: Brain mask of all slices, shape (slice, height, width).
        quantities: Names of the quantities, in the order of the networks' channels.
        map_scale_s: Relaxation time in seconds for a scaled value of 1.
        predictors: Functions of images that return scaled maps, one per network.

    Returns:
        Dict mapping quantity to SD in seconds, NaN where unknown, same shape as `brain`.
    """
    chosen = np.unique(np.linspace(0, len(inputs) - 1, N_SLICES).round().astype(int))
    numbers = np.asarray(slice_indices)[chosen]
    spread_s = {name: np.full(brain.shape, np.nan, np.float32) for name in quantities}
    if len(predictors) > 1:
        inside = brain[numbers]
        sd_s = of_slices(inputs[chosen], inside, map_scale_s, predictors)
        for channel, name in enumerate(quantities):
            spread_s[name][numbers] = np.where(inside, sd_s[..., channel], np.nan)
    return spread_s


def of_slices(inputs, brain, map_scale_s, predictors):
    """Sample SD (n - 1) across predictors of the maps of slices.

    Args:
        inputs: Normalised images, shape (slice, height, width, contrast).
        brain: Brain mask, shape (slice, height, width).
        map_scale_s: Relaxation time in seconds for a scaled value of 1.
        predictors: Functions of images that return scaled maps, two or more.

    Returns:
        SD in seconds, float32, 0 outside the brain, shape (slice, height, width, quantity).
    """
    parts = []
    for start in range(0, len(inputs), N_AT_ONCE):
        images = inputs[start : start + N_AT_ONCE]
        inside = brain[start : start + N_AT_ONCE, ..., None]
        maps_s = [restore_maps(each(images), inside, map_scale_s) for each in predictors]
        parts.append(np.std(maps_s, axis=0, ddof=1))
    return np.concatenate(parts)


def over_flips(predict):
    """Make predictors that flip the images, predict, and flip the maps back.

    Args:
        predict: Function of images that returns scaled maps of the same height and width.

    Returns:
        List of functions like `predict`, one for each of `FLIPS`.
    """

    def flipped(axes):
        return lambda images: np.flip(predict(np.flip(images, axes)), axes)

    return [flipped(axes) for axes in FLIPS]
