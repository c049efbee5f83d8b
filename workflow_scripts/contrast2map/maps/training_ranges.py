"""Ranges of measures in a model's training data, with which new scans are compared."""

import numpy as np

from contrast2map.evaluation import tissue_medians
from contrast2map.evaluation.tissue_medians import RATIOS, summarise
from contrast2map.imaging import grids, images, masks
from contrast2map.learning import spread
from contrast2map.maps.model import Preprocessing
from contrast2map.preprocessing import normalisation, pose, slices
from contrast2map.study.terms import MS_PER_S, PARAMETER_NAMES, TISSUE_NAMES


def measure_head(paths, inputs, about, networks):
    """Measure one training subject.

    Args:
        paths: Dict mapping name to file, for the registered scans and reference maps, coverage,
            brain, tissue and slices.
        inputs: Names of the contrasts that the networks read.
        about: Facts from the configuration (`facts.describe`).
        networks: Predictors of all folds.

    Returns:
        Dict with intensities (contrast -> tissue or ratio -> median), maps and spread (quantity ->
        tissue -> median in ms), voxel_mm, shape, pose and levels_mm (lowest and highest slice).
    """
    target, quantities = about["target_contrast"], about["quantities"]
    settings = Preprocessing.of(about["preprocessing"])
    names = dict.fromkeys([*inputs, target])
    scan = images.load(paths[target])
    mask = images.load_values(paths["brain"]) > 0
    brain = grids.to_slices(mask)
    volumes = {
        name: grids.to_slices(images.load_values(paths[name]))
        for name in [*names, *quantities, "coverage", "tissue"]
    }
    tissue, covered = volumes["tissue"], volumes["coverage"] > 0
    used = slices.load(paths["slices"])
    normalised = normalisation.normalise(
        {name: volumes[name] for name in names},
        brain,
        settings.normalisation,
        target,
        masks.inner_white_matter(tissue, settings.tissue_erosion_voxels),
    )
    spread_s = spread.of_subject(
        used.inputs_of(inputs),
        used.slice_indices,
        brain,
        quantities,
        settings.map_scale_s,
        networks,
    )
    voxel_mm = grids.voxel_size_mm(scan)
    area_mm2 = voxel_mm[0] * voxel_mm[1]
    counted = tissue_medians.whole_slices(brain, area_mm2, settings.least_brain_mm2)
    head_pose = pose.estimate(scan, mask, seed=about["seed"])
    levels_mm = pose.levels_mm(mask, scan.affine, head_pose)[used.slice_indices]

    def medians_ms(values_s, known):
        return _in_ms(tissue_medians.of_image(values_s, tissue, counted & known))

    return {
        "intensities": {
            name: tissue_medians.with_ratios(tissue_medians.of_image(image, tissue, counted))
            for name, image in normalised.items()
        },
        "maps": {
            name: medians_ms(volumes[name], covered & (volumes[name] > 0)) for name in quantities
        },
        "spread": {name: medians_ms(sd_s, np.isfinite(sd_s)) for name, sd_s in spread_s.items()},
        "voxel_mm": voxel_mm,
        "shape": scan.shape,
        "pose": head_pose,
        "levels_mm": (float(np.nanmin(levels_mm)), float(np.nanmax(levels_mm))),
    }


def describe_heads(heads):
    """Summarise measures of the training subjects.

    Args:
        heads: Results of `measure_head`, one per subject.

    Returns:
        Dict with intensities, maps and spread (each name -> tissue or ratio -> summary), grid and
        pose.
    """
    rotations = [head["pose"].rotation for head in heads]
    mean = pose.mean_rotation(rotations)
    voxel_mm = np.array([head["voxel_mm"] for head in heads])
    shapes = np.array([head["shape"] for head in heads])
    return {
        "intensities": _summaries(heads, "intensities", [*TISSUE_NAMES, *RATIOS]),
        "maps": _summaries(heads, "maps", TISSUE_NAMES),
        "spread": _summaries(heads, "spread", TISSUE_NAMES),
        "grid": {
            "voxel_mm": np.median(voxel_mm, axis=0).round(6).tolist(),
            "lowest_voxel_mm": voxel_mm.min(axis=0).round(6).tolist(),
            "highest_voxel_mm": voxel_mm.max(axis=0).round(6).tolist(),
            "shape": np.median(shapes, axis=0).astype(int).tolist(),
        },
        "pose": {
            "rotation": mean.round(9).tolist(),
            "largest_angle_deg": max(pose.angle_deg(mean, each) for each in rotations),
            "levels_mm": [
                min(head["levels_mm"][0] for head in heads),
                max(head["levels_mm"][1] for head in heads),
            ],
        },
    }


def describe_protocol(gates, contrasts):
    """Ranges of sequence parameters and voxel sizes across the training subjects.

    Args:
        gates: Results of the input gate, one per subject.
        contrasts: Names of the contrasts.

    Returns:
        Two dicts: contrast -> parameter -> [lowest, highest], and contrast ->
        {"low": [x, y, z], "high": [x, y, z]} in mm.
    """
    sequences, voxel_mm = {}, {}
    for name in contrasts:
        known = [gate.get("sequences", {}).get(name, {}) for gate in gates]
        sequences[name] = {
            parameter: [min(values), max(values)]
            for parameter in PARAMETER_NAMES
            if (values := [each[parameter] for each in known if each.get(parameter) is not None])
        }
        sizes = [gate["voxel_mm"][name] for gate in gates if name in gate.get("voxel_mm", {})]
        if sizes:
            voxel_mm[name] = {
                "low": np.min(sizes, axis=0).tolist(),
                "high": np.max(sizes, axis=0).tolist(),
            }
    return sequences, voxel_mm


def _summaries(heads, what, keys):
    return {
        name: {key: summarise([head[what][name][key] for head in heads]) for key in keys}
        for name in heads[0][what]
    }


def _in_ms(medians_s):
    return {key: None if value is None else value * MS_PER_S for key, value in medians_s.items()}
