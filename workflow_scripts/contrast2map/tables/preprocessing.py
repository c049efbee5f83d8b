"""Accuracy of the preprocessing against the truth of a simulated cohort."""

import numpy as np

from contrast2map.imaging.masks import ROI_LABELS, TISSUE_LABELS
from contrast2map.statistics.agreement import dice, hit_rate
from contrast2map.study.terms import REGION_NAMES
from contrast2map.tables.layout import Layout, number, sentence_case

# Labels of the true segmentation.
TRUE_LABELS = {"csf": 1, "gm": 2, "wm": 3, "putamen": 4, "thalamus": 5, "lesion": 6}
# Deep grey nuclei and lesions are excluded: the three tissue classes have no label for them.
AMBIGUOUS_LABELS = [TRUE_LABELS[name] for name in ("putamen", "thalamus", "lesion")]


def segmentation_accuracy(brain, true_brain, tissue_labels, roi_labels, true_labels):
    """Overlap between one subject's masks and the truth.

    Args:
        brain: True inside the brain mask, shape (x, y, slice).
        true_brain: True inside the true brain, same shape.
        tissue_labels: Tissue segmentation (`masks.TISSUE_LABELS`), same shape.
        roi_labels: Regions of interest (`masks.ROI_LABELS`), same shape.
        true_labels: True segmentation (`TRUE_LABELS`), same shape.

    Returns:
        brain_dice, gm_dice, wm_dice (excluding voxels whose true label is a deep nucleus or lesion)
        and, for each region of interest, the fraction of its voxels in the correct tissue.
    """
    clear = ~np.isin(true_labels, AMBIGUOUS_LABELS)
    accuracy = {"brain_dice": dice(brain, true_brain)}
    for tissue in ("gm", "wm"):
        accuracy[f"{tissue}_dice"] = dice(
            (tissue_labels == TISSUE_LABELS[tissue]) & clear, true_labels == TRUE_LABELS[tissue]
        )
    for region, label in ROI_LABELS.items():
        accuracy[f"{region}_hit_rate"] = hit_rate(
            roi_labels == label, true_labels == TRUE_LABELS[region]
        )
    return accuracy


def layout_preprocessing(table, population):
    """Layout of the accuracy of preprocessing: one row per subject, then the mean.

    Args:
        table: One row per subject: subject, group, `error_mm_<scan>`, `movement_mm_<scan>` and the
            columns of `segmentation_accuracy`.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    scans = [
        name.removeprefix("error_mm_") for name in table.columns if name.startswith("error_mm_")
    ]
    shown = {f"error_mm_{scan}": ("Registration error (mm)", scan, 2) for scan in scans}
    shown |= {f"{name.lower()}_dice": ("Dice", name, 3) for name in ("Brain", "GM", "WM")}
    shown |= {
        f"{region}_hit_rate": ("Region voxels in correct tissue", REGION_NAMES[region], 3)
        for region in ROI_LABELS
    }
    rows = [
        [f"sub-{row['subject']}", str(row["group"]).replace("_", " ")]
        + [number(row[name], n_decimals) for name, (_, _, n_decimals) in shown.items()]
        for _, row in table.iterrows()
    ]
    rows.append(
        ["Mean", "all"]
        + [number(table[name].mean(), n_decimals) for name, (_, _, n_decimals) in shown.items()]
    )
    movements = table[[f"movement_mm_{scan}" for scan in scans]]
    moved = f" Simulated movement before registration: {number(movements.to_numpy().mean(), 2)} mm."
    return Layout(
        title="Accuracy of preprocessing against the truth",
        caption=(
            f"{sentence_case(population)}. Registration error: root mean square "
            "displacement over a sphere of 50 mm radius."
            f"{moved if scans else ''} "
            "Dice of GM and WM excludes true voxels of putamen, thalamus and lesions. Region "
            "voxels: fraction of a region's voxels that are truly in its tissue."
        ),
        columns=[("", "Subject"), ("", "Group")]
        + [(group, label) for group, label, _ in shown.values()],
        rows=rows,
        n_headings=2,
    )
