"""Lesions in quantitative maps: error, contrast to normal-appearing white matter, detectability."""

import numpy as np
from scipy import ndimage, stats

from contrast2map.imaging import masks
from contrast2map.study.terms import MS_PER_S

MAP_NAMES = ("predicted", "reference", "truth")
MEASURES = ("mean_ms nawm_ms contrast_ms contrast_percent noise_ms cnr auc detected").split()
COLUMNS = [
    *"subject group fold predictor lesion n_voxels volume_mm3 diameter_mm".split(),
    *"first_slice last_slice n_nawm_voxels nawm quantity".split(),
    *(f"{name}_{measure}" for name in MAP_NAMES for measure in MEASURES),
    *"error_vs_reference_ms error_vs_truth_ms".split(),
]
# White matter is altered up to the second voxel around a lesion, and in T1 even further (Vrenken et
# al., ISMRM 2006, abstract 2105): lesions are compared with white matter beyond this distance ...
GAP_MM = 3.0
# ... and within this one, so that slowly varying fields do not affect the contrast (ASSUME).
REACH_MM = 15.0
# ASSUME mean and SD need this many voxels; with fewer nearby, all white matter of the subject's
# evaluated slices is used.
MINIMUM_NAWM_VOXELS = 30
# Defined by this study. A precedent is JMRI 2013;38:1454: lesion voxels count as enhancing beyond 2
# SD of normal-appearing white matter. All maps use the SD of the reference map: with its own SD, a
# map without noise would detect lesions of any contrast.
DETECTION_SDS = 2.0


def label_lesions(mask, evaluated):
    """Number the lesions; voxels that share a face, an edge or a corner belong to one lesion.

    Args:
        mask: True inside lesions, shape (x, y, slice).
        evaluated: True where maps are compared, same shape. Lesions are cut off outside.

    Returns:
        Number of the lesion of each voxel (1, 2, ...; 0 none), same shape.
    """
    labels, _ = ndimage.label(np.asarray(mask, bool) & evaluated, np.ones((3, 3, 3)))
    return labels


def within_slices(brain, slices):
    """Brain mask in the selected slices only, shape (x, y, slice) as `brain`."""
    evaluated = np.zeros_like(brain)
    evaluated[..., slices] = brain[..., slices]
    return evaluated


def sphere_diameter_mm(volume_mm3):
    """Diameter in mm of the sphere with the given volume in mm3."""
    return float(np.cbrt(6 * volume_mm3 / np.pi))


def normal_appearing_white_matter(tissue, mask, evaluated, voxel_mm, erosion_voxels):
    """Eroded white matter more than `GAP_MM` from any lesion.

    Args:
        tissue: Tissue labels (1 CSF, 2 GM, 3 WM), shape (x, y, slice).
        mask: True inside lesions, also outside the evaluated slices, same shape.
        evaluated: True where maps are compared, same shape.
        voxel_mm: Voxel edges in mm.
        erosion_voxels: Radius of the sphere that erodes white matter.

    Returns:
        Boolean mask, same shape.
    """
    white_matter = masks.inner_white_matter(tissue, erosion_voxels)
    return white_matter & evaluated & (masks.distance_mm(mask, voxel_mm) > GAP_MM)


def surroundings(lesion, nawm, voxel_mm):
    """Normal-appearing white matter with which a lesion is compared.

    Args:
        lesion: True inside one lesion, shape (x, y, slice).
        nawm: Mask of `normal_appearing_white_matter`, same shape.
        voxel_mm: Voxel edges in mm.

    Returns:
        Boolean mask, same shape, and its name: `shell`, within `REACH_MM` of the lesion, or
        `whole`, all of `nawm`, if the shell has fewer than `MINIMUM_NAWM_VOXELS`.
    """
    reach = np.ceil(REACH_MM / np.asarray(voxel_mm)).astype(int)
    (bounds,) = ndimage.find_objects(np.asarray(lesion, np.uint8))
    box = tuple(
        slice(max(0, along.start - n), along.stop + n)
        for along, n in zip(bounds, reach, strict=True)
    )
    shell = np.zeros_like(nawm)
    shell[box] = nawm[box] & (masks.distance_mm(lesion[box], voxel_mm) <= REACH_MM)
    return (shell, "shell") if shell.sum() >= MINIMUM_NAWM_VOXELS else (nawm, "whole")


def contrast(lesion_ms, nawm_ms, threshold_ms):
    """Contrast of a lesion to normal-appearing white matter.

    Args:
        lesion_ms: Relaxation times of the lesion's voxels in ms, shape (voxel,).
        nawm_ms: Relaxation times of the white-matter voxels in ms, shape (voxel,).
        threshold_ms: Contrast in ms beyond which a lesion is detected, the same for all maps.

    Returns:
        Dict: mean_ms of the lesion, nawm_ms (mean), contrast_ms = mean_ms - nawm_ms,
        contrast_percent of nawm_ms, noise_ms (SD over the white matter, n - 1), cnr = contrast_ms
        / noise_ms, auc, detected (1 if contrast_ms exceeds threshold_ms, else 0). Undefined values
        (no white matter, no noise) are None.
    """
    lesion_ms, nawm_ms = np.asarray(lesion_ms, float), np.asarray(nawm_ms, float)
    if nawm_ms.size < 2:
        return dict.fromkeys(MEASURES) | {"mean_ms": float(lesion_ms.mean())}
    # Values relative to one voxel make contrast and noise of a constant map exactly zero.
    origin_ms = nawm_ms[0]
    nawm_mean_ms = float(origin_ms + (nawm_ms - origin_ms).mean())
    contrast_ms = float((lesion_ms - origin_ms).mean() - (nawm_ms - origin_ms).mean())
    noise_ms = noise(nawm_ms)
    return {
        "mean_ms": nawm_mean_ms + contrast_ms,
        "nawm_ms": nawm_mean_ms,
        "contrast_ms": contrast_ms,
        "contrast_percent": 100 * contrast_ms / nawm_mean_ms if nawm_mean_ms else None,
        "noise_ms": noise_ms,
        "cnr": contrast_ms / noise_ms if noise_ms else None,
        "auc": exceedance(lesion_ms, nawm_ms),
        "detected": int(contrast_ms > threshold_ms),
    }


def noise(nawm_ms):
    """SD (n - 1) over white-matter voxels in ms; 0 if they are equal, NaN for fewer than two.

    Args:
        nawm_ms: Relaxation times of the voxels in ms, shape (voxel,).
    """
    nawm_ms = np.asarray(nawm_ms, float)
    return float((nawm_ms - nawm_ms[0]).std(ddof=1)) if nawm_ms.size > 1 else np.nan


def exceedance(lesion_values, nawm_values):
    """Probability that a lesion voxel exceeds a white-matter voxel; ties count half.

    Area under the ROC curve, equal to U / (n1 n2) of Mann and Whitney (Hanley and McNeil, Radiology
    1982;143:29).

    Args:
        lesion_values: Values of the lesion's voxels, shape (voxel,).
        nawm_values: Values of the white-matter voxels, shape (voxel,).
    """
    n_lesion, n_nawm = len(lesion_values), len(nawm_values)
    ranks = stats.rankdata(np.concatenate([lesion_values, nawm_values]))
    u = ranks[:n_lesion].sum() - n_lesion * (n_lesion + 1) / 2
    return float(u / (n_lesion * n_nawm))


def measure_lesions(maps_s, mask, tissue, evaluated, voxel_mm, erosion_voxels):
    """Measure size, error, contrast and detectability of each lesion of one subject.

    Args:
        maps_s: Maps in seconds as {quantity: {name: map}} with `MAP_NAMES` (truth only if known),
            each of shape (x, y, slice). Voxels are used if the references of all quantities are
            nonzero there, so that T1 and T2 refer to the same voxels.
        mask: True inside lesions, same shape.
        tissue: Tissue labels (1 CSF, 2 GM, 3 WM), same shape.
        evaluated: True in the selected slices of the brain, same shape.
        voxel_mm: Voxel edges in mm.
        erosion_voxels: Radius of the sphere that erodes white matter.

    Returns:
        One record per lesion and quantity: lesion, n_voxels, volume_mm3, diameter_mm (sphere of
        the same volume), first_slice, last_slice, n_nawm_voxels, nawm (see `surroundings`),
        quantity, the values of `contrast` for each map, prefixed with its name (detected beyond
        `DETECTION_SDS` of the reference map's white matter for all maps), error_vs_reference_ms and
        error_vs_truth_ms (predicted minus reference or truth). Without truth, the values that need
        it are missing.
    """
    evaluated = np.asarray(evaluated, bool).copy()
    for quantity, maps in maps_s.items():
        evaluated &= maps["reference"] > 0
        if not np.isfinite(maps["predicted"][evaluated]).all():
            raise ValueError(f"the predicted {quantity} map is not finite everywhere in the brain")
    mask = np.asarray(mask, bool)
    nawm = normal_appearing_white_matter(tissue, mask, evaluated, voxel_mm, erosion_voxels)
    labels = label_lesions(mask, evaluated)
    records = []
    for number in range(1, labels.max(initial=0) + 1):
        lesion = labels == number
        around, extent = surroundings(lesion, nawm, voxel_mm)
        slices = np.flatnonzero(lesion.any(axis=(0, 1)))
        volume_mm3 = float(lesion.sum() * np.prod(voxel_mm, dtype=float))
        size = {
            "lesion": number,
            "n_voxels": int(lesion.sum()),
            "volume_mm3": volume_mm3,
            "diameter_mm": sphere_diameter_mm(volume_mm3),
            "first_slice": int(slices[0]),
            "last_slice": int(slices[-1]),
            "n_nawm_voxels": int(around.sum()),
            "nawm": extent,
        }
        for quantity, maps in maps_s.items():
            threshold_ms = DETECTION_SDS * noise(maps["reference"][around] * MS_PER_S)
            measures = {
                f"{name}_{measure}": value
                for name in maps
                for measure, value in contrast(
                    maps[name][lesion] * MS_PER_S, maps[name][around] * MS_PER_S, threshold_ms
                ).items()
            }
            for other in MAP_NAMES[1:]:
                if other in maps:
                    measures[f"error_vs_{other}_ms"] = (
                        measures["predicted_mean_ms"] - measures[f"{other}_mean_ms"]
                    )
            records.append(size | {"quantity": quantity} | measures)
    return records
