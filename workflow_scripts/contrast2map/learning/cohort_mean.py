"""The simplest predictor: each tissue's mean over other subjects, whatever the images say.

It reads the segmentation and no intensity; a network that measures a person must beat it. To be a
fair guess wherever it is judged, a tissue beside CSF, which holds partial volume, has a mean of its
own, and so has each region of Table 2, which is eroded. It is fitted to the slices that are judged.
"""

import numpy as np

from contrast2map.imaging.masks import ROI_LABELS, STRUCTURE_LABELS

WHOLE = {"csf": 1, "gm": 2, "wm": 3, "putamen": 4, "thalamus": 5}
IN_REGIONS = {f"{name}_region": 5 + number for name, number in ROI_LABELS.items()}
BESIDE_CSF = {f"{name}_beside_csf": 8 + number for name, number in WHOLE.items() if name != "csf"}
NUMBERS = WHOLE | IN_REGIONS | BESIDE_CSF
# Images that `label_tissues` takes, in its order.
LABELS = ("tissue", "structures", "roi", "excluding_csf")


def label_tissues(tissue, structures, roi, excluding_csf):
    """CSF, grey and white matter; over them putamen and thalamus; over these the regions.

    Args:
        tissue: Tissue labels (0 none, 1 CSF, 2 GM, 3 WM), shape (x, y, z).
        structures: Labels of `masks.STRUCTURE_LABELS`, same shape.
        roi: Labels of `masks.ROI_LABELS`, same shape.
        excluding_csf: Not 0 in the brain without the dilated CSF, same shape.

    Returns:
        uint8 with `NUMBERS`, 0 outside the brain.
    """
    labels = tissue.astype(np.uint8)
    for name, number in STRUCTURE_LABELS.items():
        # What the segmentation calls CSF stays CSF: the template may reach into a ventricle.
        labels[(structures == number) & (tissue > 1)] = NUMBERS[name]
    beside_csf = (labels > WHOLE["csf"]) & (excluding_csf == 0)
    labels[beside_csf] += BESIDE_CSF["gm_beside_csf"] - WHOLE["gm"]
    labels[roi > 0] = roi[roi > 0] + len(WHOLE)
    return labels


def tissue_means(labels, measured_s):
    """Mean relaxation time of each tissue of one subject.

    Args:
        labels: `NUMBERS`, 0 where nothing is judged, shape (x, y, z).
        measured_s: Relaxation times in seconds, 0 where there is no measurement, same shape.

    Returns:
        Dict of tissue to mean in seconds; NaN where the subject shows no voxel of it.
    """
    means = {}
    for name, number in NUMBERS.items():
        values = measured_s[(labels == number) & (measured_s > 0)]
        means[name] = float(values.mean()) if values.size else float("nan")
    return means


def average_subjects(means_of_subjects):
    """Mean over subjects of their tissue means, each subject counting once.

    Args:
        means_of_subjects: List of dicts as `tissue_means` gives them.

    Returns:
        Dict of tissue to mean in seconds. A tissue that is nowhere beside CSF, or nowhere else, has
        one mean for both places.

    Raises:
        ValueError: No subject shows a tissue.
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
            raise ValueError(f"no training subject shows any {name} inside the reference maps")
    return averages


def paint(labels, means_s):
    """A map in which each voxel has its tissue's mean; float32 seconds, 0 outside the brain."""
    painted = np.zeros(labels.shape, np.float32)
    for name, number in NUMBERS.items():
        painted[labels == number] = means_s[name]
    return painted
