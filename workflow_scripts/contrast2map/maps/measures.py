"""Measures from which the verdict on the maps of a new head is derived."""

import numpy as np

from contrast2map.evaluation import tissue_medians
from contrast2map.imaging import grids, masks
from contrast2map.maps import told_contrast
from contrast2map.preprocessing import pose
from contrast2map.quality.measures import (
    measure_brain,
    measure_contrast,
    measure_registration,
    measure_tissue,
)
from contrast2map.study.terms import MS_PER_S, QUANTITIES


def measure(head, model):
    """Measure everything that the verdict needs.

    Args:
        head: pipeline.HeadMaps.
        model: model.Model.

    Returns:
        Dict with intensities (contrast -> tissue or ratio -> median), told_contrast (contrast ->
        measured ratios and those that its protocol can give), maps and spread (quantity ->
        tissue -> median in ms), told (quantity -> tissue -> share of its voxels with a value, or
        None without tissue), coverage (contrast -> share of the brain), quality (measures of
        `of_quality`), angle_deg, n_slices, n_small_slices and share_outside_levels.
    """
    slab = head.slab
    voxel_mm = grids.voxel_size_mm(slab.grid)
    least_mm2 = model.preprocessing.least_brain_mm2
    counted = tissue_medians.whole_slices(slab.brain, voxel_mm[0] * voxel_mm[1], least_mm2)
    levels = pose.levels_mm(np.swapaxes(slab.brain, 0, 2), slab.grid.affine, head.pose)
    low, high = model.trained.levels_mm
    areas = slab.brain.sum(axis=(1, 2))
    outside = (levels < low - voxel_mm[2]) | (levels > high + voxel_mm[2])
    medians_ms = _medians_ms(slab.maps_s, slab, counted)
    return {
        "intensities": {
            name: tissue_medians.with_ratios(
                tissue_medians.of_image(slab.inputs[name], slab.tissue, counted & covered)
            )
            for name, covered in slab.covered.items()
        },
        "told_contrast": {
            name: _told_contrast(name, slab, counted & covered, _times_s(medians_ms), model)
            for name, covered in slab.covered.items()
        },
        "maps": medians_ms,
        "spread": _medians_ms(slab.spread_s, slab, counted),
        "told": {
            quantity: _shares_told(map_s, slab, counted) for quantity, map_s in slab.maps_s.items()
        },
        "coverage": {
            name: float(covered[slab.brain].mean()) for name, covered in slab.covered.items()
        },
        "quality": of_quality(head, model),
        "angle_deg": head.angle_deg,
        "n_slices": int((areas > 0).sum()),
        "n_small_slices": int((areas > 0).sum() - counted.any(axis=(1, 2)).sum()),
        "share_outside_levels": float(areas[outside].sum() / areas.sum()),
    }


def of_quality(head, model):
    """Compute for a new head the quality measures that a study computes for its subjects.

    Args:
        head: pipeline.HeadMaps.
        model: model.Model.

    Returns:
        Dict mapping measure to number.
    """
    target, slab = model.target, head.slab
    tissue = grids.from_slices(slab.tissue)
    brain = grids.from_slices(slab.brain)
    numbers = {name: found.numbers() for name, found in head.registrations.items()}
    measures = measure_registration(numbers, target)
    measures |= measure_brain(head.brain, head.scan.affine)
    # Normalised slice by slice, as the network reads it, which preserves the order of the tissues.
    measures |= measure_tissue(grids.from_slices(slab.inputs[target]), tissue)
    measures["n_slices"] = int(np.count_nonzero(slab.brain.any(axis=(1, 2))))
    for name in model.contrasts:
        values = grids.from_slices(slab.inputs[name])
        measures |= measure_contrast(values, brain, tissue, model.tissue_order(name), name)
    return measures


def _told_contrast(name, slab, counted, times_s, model):
    """Possible ratios between tissues in a scan, and the measured ones if there are limits."""
    possible = model.possible_contrast(name, times_s)
    if not possible:
        return {"measured": {}, "possible": {}}
    found = told_contrast.measured(slab.inputs[name], slab.tissue, counted)
    return {"measured": found, "possible": possible}


def _times_s(medians_ms):
    """T1 and T2 in seconds of grey and white matter, of those that have both."""
    found = {
        tissue: [medians_ms.get(quantity, {}).get(tissue) for quantity in QUANTITIES]
        for tissue in ("gm", "wm")
    }
    return {
        tissue: tuple(each / MS_PER_S for each in times)
        for tissue, times in found.items()
        if all(times)
    }


def _shares_told(map_s, slab, counted):
    covered = np.all(list(slab.covered.values()), axis=0)
    parts = {
        tissue: counted & covered & (slab.tissue == number)
        for tissue, number in masks.TISSUE_LABELS.items()
    }
    return {
        tissue: float((map_s[part] > 0).mean()) if part.any() else None
        for tissue, part in parts.items()
    }


def _medians_ms(maps_s, slab, counted):
    return {
        quantity: {
            tissue: None if median is None else MS_PER_S * median
            for tissue, median in tissue_medians.of_image(
                map_s, slab.tissue, counted & (slab.maps_s[quantity] > 0)
            ).items()
        }
        for quantity, map_s in maps_s.items()
    }
