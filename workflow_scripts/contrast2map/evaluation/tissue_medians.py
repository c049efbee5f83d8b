"""Median of each tissue in network inputs and in maps."""

import numpy as np

from contrast2map.imaging.masks import TISSUE_LABELS
from contrast2map.study.terms import TISSUE_NAMES

RATIOS = {"gm/wm": ("gm", "wm"), "csf/wm": ("csf", "wm")}


def of_image(values, tissue, counted):
    """Median of each tissue.

    Args:
        values: Any array.
        tissue: Labels of `masks` (1 CSF, 2 GM, 3 WM), same shape.
        counted: True in voxels to be used, same shape.

    Returns:
        Dict mapping "wm", "gm", "csf" to median; None for a tissue without a voxel to be used.
    """
    voxels = {name: values[(tissue == TISSUE_LABELS[name]) & counted] for name in TISSUE_NAMES}
    return {name: float(np.median(found)) if len(found) else None for name, found in voxels.items()}


def with_ratios(medians):
    """Add the ratios "gm/wm" and "csf/wm" to medians of `of_image`; None if one is missing or 0."""
    ratios = {
        name: medians[above] / medians[below] if medians[below] and medians[above] else None
        for name, (above, below) in RATIOS.items()
    }
    return medians | ratios


def whole_slices(brain, pixel_area_mm2, minimum_brain_area_mm2):
    """Select the brain voxels of slices with a minimum brain area.

    Args:
        brain: Boolean, shape (slice, height, width).
        pixel_area_mm2: Area of a pixel in mm2.
        minimum_brain_area_mm2: Minimum brain area of a slice.

    Returns:
        Boolean array, same shape.
    """
    areas_mm2 = brain.sum(axis=(1, 2)) * pixel_area_mm2
    return brain & (areas_mm2 >= minimum_brain_area_mm2)[:, None, None]


def summarise(values):
    """Mean, SD and extremes across subjects; missing values are excluded.

    Args:
        values: List of numbers and None.

    Returns:
        Dict of mean, sd (0 for one subject), low, high and n; None if all are missing.
    """
    found = [value for value in values if value is not None]
    if not found:
        return None
    return {
        "mean": float(np.mean(found)),
        "sd": float(np.std(found, ddof=1)) if len(found) > 1 else 0.0,
        "low": float(min(found)),
        "high": float(max(found)),
        "n": len(found),
    }
