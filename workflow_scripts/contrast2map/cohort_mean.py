"""The simplest predictor: each tissue's mean over other subjects, whatever the images say.

It reads the segmentation and no intensity; a network that measures a person must beat it. The
regions of Table 2 have means of their own: they are eroded, and a whole tissue's mean, partial
volume included, would be no fair guess for them.
"""

import numpy as np

from contrast2map.masks import ROI_LABELS, STRUCTURE_LABELS

WHOLE = {"csf": 1, "gm": 2, "wm": 3, "putamen": 4, "thalamus": 5}
REGIONS = {f"{name}_region": 5 + number for name, number in ROI_LABELS.items()}
TISSUES = WHOLE | REGIONS
LABELS = ("tissue", "structures", "rois")  # images that `label_tissues` takes, in its order


def label_tissues(tissue, structures, rois):
    """CSF, grey and white matter; over them putamen and thalamus; over these the regions.

    Args:
        tissue: Tissue labels (0 none, 1 CSF, 2 GM, 3 WM), shape (x, y, z).
        structures: Labels of `masks.STRUCTURE_LABELS`, same shape.
        rois: Labels of `masks.ROI_LABELS`, same shape.

    Returns:
        uint8 with the numbers of `TISSUES`, 0 outside the brain.
    """
    labels = tissue.astype(np.uint8)
    for name, number in STRUCTURE_LABELS.items():
        # What the segmentation calls CSF stays CSF: the template may reach into a ventricle.
        labels[(structures == number) & (tissue > 1)] = TISSUES[name]
    labels[rois > 0] = rois[rois > 0] + len(WHOLE)
    return labels


def tissue_means(labels, measured_s, covered):
    """Mean relaxation time of each tissue of one subject.

    Args:
        labels: Numbers of `TISSUES`, shape (x, y, z).
        measured_s: Relaxation times in seconds, same shape.
        covered: True where there is a measurement, same shape.

    Returns:
        Dict of tissue to mean in seconds; NaN where the subject shows no voxel of it.
    """
    means = {}
    for name, number in TISSUES.items():
        values = measured_s[(labels == number) & covered]
        means[name] = float(values.mean()) if values.size else float("nan")
    return means


def average_subjects(means_of_subjects):
    """Mean over subjects of their tissue means, each subject counting once.

    Args:
        means_of_subjects: List of dicts as `tissue_means` gives them.

    Returns:
        Dict of tissue to mean in seconds.

    Raises:
        ValueError: No subject shows a tissue.
    """
    averages = {}
    for name in TISSUES:
        values = np.array([means[name] for means in means_of_subjects])
        if np.isnan(values).all():
            raise ValueError(f"no training subject shows any {name} inside the reference maps")
        averages[name] = float(np.nanmean(values))
    return averages


def paint(labels, means_s):
    """A map in which each voxel has its tissue's mean; float32 seconds, 0 outside the brain."""
    painted = np.zeros(labels.shape, np.float32)
    for name, number in TISSUES.items():
        painted[labels == number] = means_s[name]
    return painted
