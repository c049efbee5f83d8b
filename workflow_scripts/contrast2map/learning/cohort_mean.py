"""Baseline: the training-set mean of each tissue, regardless of the subject's intensities.

It uses the segmentation only; a network that captures individual differences must be more accurate.
To make the baseline strong wherever maps are evaluated, tissue next to CSF (partial volume) and the
eroded regions of Table 2 have separate means. The means are computed in the slices that are
evaluated.
"""

import numpy as np

from contrast2map.imaging.masks import ROI_LABELS, STRUCTURE_LABELS

WHOLE = {"csf": 1, "gm": 2, "wm": 3, "putamen": 4, "thalamus": 5}
IN_REGIONS = {f"{name}_region": 5 + number for name, number in ROI_LABELS.items()}
BESIDE_CSF = {f"{name}_beside_csf": 8 + number for name, number in WHOLE.items() if name != "csf"}
NUMBERS = WHOLE | IN_REGIONS | BESIDE_CSF
# Arguments of `label_tissues`, in order.
LABELS = ("tissue", "structures", "roi", "excluding_csf")


def label_tissues(tissue, structures, roi, excluding_csf):
    """Label CSF, GM and WM, then on top of them putamen and thalamus, then the regions of interest.

    Args:
        tissue: Tissue labels (0 none, 1 CSF, 2 GM, 3 WM), shape (x, y, z).
        structures: Labels of `masks.STRUCTURE_LABELS`, same shape.
        roi: Labels of `masks.ROI_LABELS`, same shape.
        excluding_csf: Nonzero in the brain outside the dilated CSF, same shape.

    Returns:
        uint8 array with the labels `NUMBERS`, 0 outside the brain.
    """
    labels = tissue.astype(np.uint8)
    for name, number in STRUCTURE_LABELS.items():
        # CSF of the segmentation stays CSF: the template may extend into a ventricle.
        labels[(structures == number) & (tissue > 1)] = NUMBERS[name]
    beside_csf = (labels > WHOLE["csf"]) & (excluding_csf == 0)
    labels[beside_csf] += BESIDE_CSF["gm_beside_csf"] - WHOLE["gm"]
    labels[roi > 0] = roi[roi > 0] + len(WHOLE)
    return labels


def tissue_means(labels, measured_s):
    """Compute the mean relaxation time of each tissue of one subject.

    Args:
        labels: Labels `NUMBERS`, 0 where maps are not evaluated, shape (x, y, z).
        measured_s: Relaxation times in seconds, 0 where none was measured, same shape.

    Returns:
        Dict mapping tissue to mean in seconds; NaN for a tissue without a voxel.
    """
    means = {}
    for name, number in NUMBERS.items():
        values = measured_s[(labels == number) & (measured_s > 0)]
        means[name] = float(values.mean()) if values.size else float("nan")
    return means


def average_subjects(means_of_subjects):
    """Average the tissue means over subjects with equal weights.

    Args:
        means_of_subjects: Dicts returned by `tissue_means`.

    Returns:
        Dict mapping tissue to mean in seconds. A tissue that occurs only next to CSF, or only
        elsewhere, has the same mean in both places.

    Raises:
        ValueError: A tissue occurs in no subject.
    """
    averages = {}
    for name in NUMBERS:
        values = np.array([means[name] for means in means_of_subjects])
        averages[name] = float("nan") if np.isnan(values).all() else float(np.nanmean(values))
    for beside in BESIDE_CSF:
        name = beside.removesuffix("_beside_csf")
        both = averages[name], averages[beside]
        averages[name], averages[beside] = (
            other if np.isnan(own) else own for own, other in (both, both[::-1])
        )
    for name, average in averages.items():
        if np.isnan(average):
            raise ValueError(f"no training subject has a voxel of {name} with a reference value")
    return averages


def paint(labels, means_s):
    """Make a map with the mean of each voxel's tissue in seconds, float32, 0 outside the brain."""
    painted = np.zeros(labels.shape, np.float32)
    for name, number in NUMBERS.items():
        painted[labels == number] = means_s[name]
    return painted
