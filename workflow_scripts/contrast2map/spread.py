"""How far the networks of the folds disagree on subjects that the study knows."""

import numpy as np

from contrast2map.normalisation import restore_maps

# Enough of a subject for a median; all slices of a large cohort would take hours without a GPU.
N_SLICES = 8


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
        inside = brain[numbers][..., None]
        maps_s = [restore_maps(each(inputs[chosen]), inside, map_scale_s) for each in predictors]
        sd_s = np.std(maps_s, axis=0, ddof=1)
        for channel, name in enumerate(quantities):
            spread_s[name][numbers] = np.where(inside[..., 0], sd_s[..., channel], np.nan)
    return spread_s
