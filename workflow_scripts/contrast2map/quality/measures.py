"""Measures of preprocessing quality, for a subject of a study or a new head.

The name of a scan's measure begins with that of the scan: `flair_rotation_deg`.
"""

import numpy as np

from contrast2map.imaging import grids, masks
from contrast2map.imaging.masks import TISSUE_LABELS

REGISTRATION = ("rotation_deg", "translation_mm", "overlap", "similarity", "distinctness")
MAD_TO_SD = 1.4826
STEP_MM = 3.0  # grid on which the shape of a mask is measured
OPENING_MM = 9.0  # radius of a ball that fits into a brain but not into thin leaks
MIN_VOXELS = 20  # fewer voxels of a tissue give no meaningful median


def measure_registration(registrations, target):
    """Collect the measures of all registrations to the target.

    Args:
        registrations: Dict mapping scan to a dict with `REGISTRATION` (Registration.numbers()).
        target: Name of the target scan.

    Returns:
        Dict mapping `<scan>_<measure>` to value.
    """
    return {
        f"{scan}_{number}": found[number]
        for scan, found in registrations.items()
        if scan != target
        for number in REGISTRATION
    }


def measure_brain(mask, affine):
    """Measure size and shape of a brain mask.

    Args:
        mask: Above 0 in the brain, shape (x, y, z), RAS.
        affine: Voxel-to-world matrix in mm.

    Returns:
        Dict with brain_volume_ml; brain_cut_share, the largest ratio of the mask's area on a face
        of the image to the area of its largest section parallel to that face; brain_asymmetry, the
        fraction of the mask whose mirror image is outside it; brain_protruding_share, the fraction
        that a ball of 9 mm radius inside the mask cannot reach. If the mask is empty, the dict
        contains only the volume.
    """
    mask = np.asarray(mask) > 0
    voxel_mm = grids.voxel_size_mm(affine)
    measures = {"brain_volume_ml": float(mask.sum() * voxel_mm.prod() / 1000)}
    if not mask.any():
        return measures
    return measures | {
        "brain_cut_share": _cut_share(mask),
        "brain_asymmetry": _asymmetry(mask, voxel_mm),
        "brain_protruding_share": _protruding_share(mask, voxel_mm),
    }


def measure_tissue(values, tissue):
    """Measure tissue fractions and the contrast-to-noise ratio of grey and white matter.

    Args:
        values: Target scan, shape (x, y, z).
        tissue: Labels of `masks.TISSUE_LABELS`, same shape.

    Returns:
        Dict with csf_share, gm_share, wm_share and gm_wm_contrast_to_noise, the difference between
        the tissue medians divided by their mean robust SD. Empty if there is no tissue.
    """
    n_brain = np.count_nonzero(tissue)
    if n_brain == 0:
        return {}
    measures = {
        f"{name}_share": float(np.count_nonzero(tissue == number) / n_brain)
        for name, number in TISSUE_LABELS.items()
    }
    gm, wm = (_robust(values[tissue == TISSUE_LABELS[name]]) for name in ("gm", "wm"))
    if gm and wm:
        measures["gm_wm_contrast_to_noise"] = _steps(gm, wm)
    return measures


def measure_contrast(values, brain, tissue, order, name):
    """Measure whether a scan has the contrast expected from its sequence.

    Args:
        values: Registered scan, shape (x, y, z).
        brain: Brain mask, same shape.
        tissue: Labels of `masks.TISSUE_LABELS`, same shape.
        order: Names of the tissues from dark to bright (`expected_contrast.expected_tissue_order`),
            or None if the sequence does not tell.
        name: Name of the scan.

    Returns:
        Dict with <name>_dark_share, the fraction of brain voxels without signal (0 or below), and
        <name>_tissue_order, the smallest difference between a brighter and a darker tissue of the
        expected order, in units of the SD within tissues; negative if the order is violated, absent
        without an expected order.
    """
    inside = np.asarray(brain) > 0
    if not inside.any():
        return {}
    measures = {f"{name}_dark_share": float(np.mean(values[inside] <= 0))}
    seen = [_robust(values[(tissue == TISSUE_LABELS[one]) & (values > 0)]) for one in order or ()]
    if seen and all(seen):
        steps = [
            _steps(seen[dark], seen[bright])
            for bright in range(len(seen))
            for dark in range(bright)
        ]
        measures[f"{name}_tissue_order"] = min(steps)
    return measures


def measure_reference(maps_s, tissue, coverage):
    """Measure the medians of the reference maps in grey and white matter.

    Args:
        maps_s: Dict mapping "T1" and "T2" to registered map in seconds, shape (x, y, z).
        tissue: Labels of `masks.TISSUE_LABELS`, same shape.
        coverage: Above 0 where the maps have a value, same shape.

    Returns:
        Dict mapping reference_<quantity>_<tissue>_s to median in seconds.
    """
    measures = {}
    for quantity, values in maps_s.items():
        for name in ("gm", "wm"):
            seen = _robust(values[(tissue == TISSUE_LABELS[name]) & (coverage > 0)])
            if seen:
                measures[f"reference_{quantity}_{name}_s"] = seen[0]
    return measures


def _robust(values):
    """Median and robust SD of values, or None if there are too few."""
    if len(values) < MIN_VOXELS:
        return None
    median = np.median(values)
    return float(median), float(MAD_TO_SD * np.median(np.abs(values - median)))


def _steps(dark, bright):
    """Difference between two medians in units of the mean SD within the tissues."""
    return (bright[0] - dark[0]) / max((bright[1] + dark[1]) / 2, 1e-6)


def _cut_share(mask):
    """Largest ratio of a mask's area on an image face to its largest section parallel to it."""
    shares = []
    for axis in range(3):
        areas = mask.sum(axis=tuple(other for other in range(3) if other != axis))
        shares += [areas[0] / areas.max(), areas[-1] / areas.max()]
    return float(max(shares))


def _asymmetry(mask, voxel_mm):
    """Fraction of a mask whose mirror image is outside it.

    The plane of symmetry goes through the centre of the mask, perpendicular to the axis of inertia
    nearest to left-right.
    """
    voxels = np.argwhere(mask)
    points_mm = voxels[:: max(len(voxels) // 20000, 1)] * voxel_mm
    centre_mm = points_mm.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov(points_mm.T))
    across = axes[:, np.argmax(np.abs(axes[0]))]
    distances_mm = (points_mm - centre_mm) @ across
    mirrored = np.rint((points_mm - 2 * distances_mm[:, None] * across) / voxel_mm).astype(int)
    inside = ((mirrored >= 0) & (mirrored < mask.shape)).all(axis=1)
    return float(1 - mask[tuple(mirrored[inside].T)].mean()) if inside.any() else 1.0


def _protruding_share(mask, voxel_mm):
    """Fraction of a mask removed by opening with a ball, on a grid of about `STEP_MM`."""
    strides = np.maximum(np.rint(STEP_MM / voxel_mm), 1).astype(int)
    coarse = mask[tuple(slice(None, None, stride) for stride in strides)]
    edge_mm = voxel_mm * strides
    # Edge padding, because a brain cut off by the image is not a protrusion.
    margin = np.ceil(2 * OPENING_MM / edge_mm).astype(int)
    padded = np.pad(coarse, [(n, n) for n in margin], mode="edge")
    opened = masks.opened(padded, OPENING_MM, edge_mm)
    inner = tuple(slice(n, n + size) for n, size in zip(margin, coarse.shape, strict=True))
    return float(np.mean(~opened[inner][coarse])) if coarse.any() else 1.0
