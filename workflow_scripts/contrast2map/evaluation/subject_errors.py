"""Errors and region means of one subject's predicted maps."""

import numpy as np

from contrast2map.evaluation.metrics import slice_errors
from contrast2map.imaging.masks import ROI_LABELS
from contrast2map.study.terms import MS_PER_S

SLICE_COLUMNS = (
    "subject group fold predictor slice against quantity region convention n_voxels mae_ms "
    "mpe_percent psnr_db ssim"
).split()
ROI_COLUMNS = (
    "subject group fold predictor region quantity n_voxels predicted_ms reference_ms truth_ms"
).split()


def errors_by_slice(predicted_s, reference_s, region, slices):
    """Errors of each selected slice within a region.

    Voxels without a reference value (zero outside its slab or after a failed fit) are excluded.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (x, y, slice).
        reference_s: Reference relaxation times in seconds, same shape.
        region: True where the maps are compared, same shape.
        slices: Indices of the selected slices.

    Returns:
        Records of `metrics.slice_errors`, with the slice added to each; slices without a voxel to
        compare have no record.
    """
    compared = np.asarray(region, bool) & (np.asarray(reference_s) > 0)
    return [
        {"slice": int(index)} | record
        for index in slices
        for record in slice_errors(
            predicted_s[..., index], reference_s[..., index], compared[..., index]
        )
    ]


def errors_against(predicted_s, maps_s, regions, measured, slices):
    """Errors of each selected slice against several maps within several regions.

    Voxels without a reference value are excluded from all comparisons. Voxels in which another map
    has no value are excluded from the comparison with that map.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (x, y, slice).
        maps_s: Dict mapping "reference" and "truth" to a map in seconds, same shape.
        regions: Dict mapping region to mask, True where the maps are compared, same shape.
        measured: True where the reference has a value, same shape.
        slices: Indices of the selected slices.

    Returns:
        Records of `errors_by_slice`, with `against` and `region` added to each.
    """
    return [
        {"against": against, "region": region} | record
        for against, map_s in maps_s.items()
        for region, mask in regions.items()
        for record in errors_by_slice(predicted_s, map_s, mask & measured, slices)
    ]


def roi_means(predicted_s, reference_s, truth_s, roi_labels, slices):
    """Mean relaxation time of each region of interest within the selected slices.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (x, y, slice).
        reference_s: Reference relaxation times in seconds, same shape; voxels with zero have no
            value and are excluded from all means.
        truth_s: True relaxation times in seconds, same shape, or None.
        roi_labels: Labels of `masks.ROI_LABELS`, same shape.
        slices: Indices of the selected slices.

    Returns:
        One record per region: region, n_voxels, predicted_ms, reference_ms, truth_ms (None without
        truth or without a voxel).
    """
    in_slices = np.zeros(roi_labels.shape[2], bool)
    in_slices[list(slices)] = True
    records = []
    for region, label in ROI_LABELS.items():
        mask = (roi_labels == label) & in_slices & (reference_s > 0)
        means = {
            f"{name}_ms": float(map_s[mask].mean() * MS_PER_S)
            if map_s is not None and mask.any()
            else None
            for name, map_s in (
                ("predicted", predicted_s),
                ("reference", reference_s),
                ("truth", truth_s),
            )
        }
        records.append({"region": region, "n_voxels": int(mask.sum())} | means)
    return records
