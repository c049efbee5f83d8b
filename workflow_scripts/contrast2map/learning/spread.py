"""How far networks, and a network on flipped scans, disagree on subjects that the study knows."""

import numpy as np

from contrast2map.preprocessing.normalisation import restore_maps

# Enough of a subject for a median; all slices of a large cohort would take hours without a GPU.
N_SLICES = 8
N_AT_ONCE = 8  # slices of all members in memory
# Axes of (slice, height, width, channel) that are turned round: those of the training's patches.
FLIPS = ((), (1,), (2,), (1, 2))


def of_subject(inputs, slice_indices, brain, quantities, map_scale_s, predictors):
    """SD over networks of the maps of some evenly spaced slices.

    Args:
        inputs: Normalised images of the selected slices, (slice, height, width, contrast).
        slice_indices: Number of each of them in the volume.
        brain: Brain mask of all slices, shape (slice, height, width).
        quantities: Names of the quantities, in the order of the networks' channels.
        map_scale_s: Seconds that a scaled map has at 1.
        predictors: Functions of images that give scaled maps, one a network.

    Returns:
        Dict of quantity to seconds, NaN where unknown, shape of `brain`.
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
    """Sample SD (n - 1) over predictors of the maps of slices.

    Args:
        inputs: Normalised images, shape (slice, height, width, contrast).
        brain: Brain mask, shape (slice, height, width).
        map_scale_s: Seconds that a scaled map has at 1.
        predictors: Functions of images that give scaled maps, two or more.

    Returns:
        Seconds, float32, 0 outside the brain, shape (slice, height, width, quantity).
    """
    parts = []
    for start in range(0, len(inputs), N_AT_ONCE):
        images = inputs[start : start + N_AT_ONCE]
        inside = brain[start : start + N_AT_ONCE, ..., None]
        maps_s = [restore_maps(each(images), inside, map_scale_s) for each in predictors]
        parts.append(np.std(maps_s, axis=0, ddof=1))
    return np.concatenate(parts)


def over_flips(predict):
    """A predictor and the same on flipped images, its maps flipped back.

    Args:
        predict: Function of images that gives scaled maps of the same height and width.

    Returns:
        List of functions like it, one for each of `FLIPS`.
    """

    def flipped(axes):
        return lambda images: np.flip(predict(np.flip(images, axes)), axes)

    return [flipped(axes) for axes in FLIPS]
