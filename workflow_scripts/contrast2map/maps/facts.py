"""What is known of a trained model: what it was trained on, and how it did on held-out subjects."""

import numpy as np

from contrast2map.evaluation import tissue_medians
from contrast2map.evaluation.tissue_medians import RATIOS, summarise
from contrast2map.preprocessing import pose as head_pose
from contrast2map.study.terms import MS_PER_S, PARAMETER_NAMES, TISSUE_NAMES
from contrast2map.tables.errors import errors_by_subject

METRICS = ("mae_ms", "mpe_percent", "psnr_db", "ssim")
DEFINITIONS = {
    "errors": (
        "Held-out subjects, each predicted by the fold that did not train on it, against its "
        "reference map; mean over the slices of a subject, then mean and SD over subjects."
    ),
    "mae_ms": "mean |predicted - reference| over the voxels of the region, in ms",
    "mpe_percent": "mean |predicted - reference| / reference over the voxels of the region, in %",
    "psnr_db": "peak signal-to-noise ratio in dB",
    "ssim": "structural similarity, window of 7 x 7 voxels",
    "paper": "PSNR and SSIM of the whole masked slice, background included, its own data range",
    "brain": "PSNR and SSIM of the voxels of the mask only, data range 3 s",
    "regions": (
        "Means of regions of held-out subjects: predicted minus reference in ms, mean and SD over "
        "subjects; mae_ms is the mean over subjects of its absolute value."
    ),
    "intensities": (
        "Medians by tissue of the normalised images (what the network reads) in slices with "
        "enough brain, over subjects."
    ),
    "maps": "Medians by tissue of the reference maps in ms where they have a value, over subjects.",
    "spread": (
        "Median by tissue of the SD over folds of the predicted maps in ms, over the training's "
        "own subjects; all folds but one were trained on the subject."
    ),
    "levels_mm": "Heights in the ICBM152 template (MNI z) between which slices were trained on.",
}


def describe_heads(heads):
    """Ranges of what the training subjects' heads look like.

    Args:
        heads: Dict of subject to dict of `measure_head`.

    Returns:
        Dict of "intensities" (contrast -> tissue or ratio -> summary), "maps" (quantity ->
        tissue -> summary, ms), "spread" (likewise), "grid", "voxel_mm" and "pose".
    """
    subjects = list(heads.values())
    rotations = [head["pose"].rotation for head in subjects]
    mean = head_pose.mean_rotation(rotations)
    voxel_mm = np.array([head["voxel_mm"] for head in subjects])
    shapes = np.array([head["shape"] for head in subjects])
    return {
        "intensities": _summaries(subjects, "intensities", [*TISSUE_NAMES, *RATIOS]),
        "maps": _summaries(subjects, "maps", TISSUE_NAMES),
        "spread": _summaries(subjects, "spread", TISSUE_NAMES),
        "grid": {
            "voxel_mm": np.median(voxel_mm, axis=0).round(6).tolist(),
            "lowest_voxel_mm": voxel_mm.min(axis=0).round(6).tolist(),
            "highest_voxel_mm": voxel_mm.max(axis=0).round(6).tolist(),
            "shape": np.median(shapes, axis=0).astype(int).tolist(),
        },
        "pose": {
            "rotation": mean.round(9).tolist(),
            "largest_angle_deg": max(head_pose.angle_deg(mean, each) for each in rotations),
            "levels_mm": [
                float(min(head["levels_mm"][0] for head in subjects)),
                float(max(head["levels_mm"][1] for head in subjects)),
            ],
        },
    }


def measure_head(inputs, maps_s, spread_s, brain, tissue, slices_used, scan, area_mm2, pose):
    """What the ranges of the training are made of, of one subject.

    Args:
        inputs: Dict of contrast to normalised image, shape (slice, height, width).
        maps_s: Dict of quantity to reference map in seconds, 0 where it has no value, same shape.
        spread_s: Dict of quantity to SD over folds in seconds, NaN where unknown, same shape.
        brain: Boolean, same shape.
        tissue: Labels of `masks`, same shape.
        slices_used: Numbers of the slices that were trained on.
        scan: nibabel image of the target scan, RAS.
        area_mm2: Least brain area of a slice.
        pose: head_pose.Pose of the subject.

    Returns:
        Dict of intensities, maps and spread (ms), voxel_mm, shape, pose, levels_mm.
    """
    voxel_mm = np.linalg.norm(scan.affine[:3, :3], axis=0)
    counted = tissue_medians.whole_slices(brain, voxel_mm[0] * voxel_mm[1], area_mm2)
    levels = head_pose.levels_mm(np.swapaxes(brain, 0, 2), scan.affine, pose)[slices_used]
    return {
        "intensities": {
            name: tissue_medians.with_ratios(tissue_medians.of_image(image, tissue, counted))
            for name, image in inputs.items()
        },
        "maps": {
            name: _in_ms(tissue_medians.of_image(values, tissue, counted & (values > 0)))
            for name, values in maps_s.items()
        },
        "spread": {
            name: _in_ms(tissue_medians.of_image(values, tissue, counted & np.isfinite(values)))
            for name, values in spread_s.items()
        },
        "voxel_mm": voxel_mm,
        "shape": scan.shape,
        "pose": pose,
        "levels_mm": (float(np.nanmin(levels)), float(np.nanmax(levels))),
    }


def describe_protocol(gates, contrasts):
    """Ranges of sequence parameters and voxel sizes over the training subjects.

    Args:
        gates: Records of the input gate, one a subject.
        contrasts: Names of contrasts.

    Returns:
        Dict of contrast to parameter to [lowest, highest]; and dict of contrast to
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


def describe_errors(slice_errors, roi_means, predictor):
    """How a predictor did on held-out subjects.

    Args:
        slice_errors: Table of slice errors (see `evaluate_maps`).
        roi_means: Table of ROI means (see `evaluate_maps`).
        predictor: Name of a predictor in both.

    Returns:
        Dict of "errors" (list of quantity, region, convention, n_subjects and mean and SD of each
        metric) and "regions" (list of quantity, region, n_subjects, reference_ms, bias_ms, sd_ms,
        mae_ms). Empty lists for a predictor that is in no table.
    """
    by_subject = errors_by_subject(slice_errors)
    ours = by_subject[(by_subject["predictor"] == predictor)]
    ours = ours[ours["against"] == "reference"]
    errors = []
    for (quantity, region, convention), group in ours.groupby(["quantity", "region", "convention"]):
        record = {"quantity": quantity, "region": region, "convention": convention}
        record["n_subjects"] = len(group)
        for metric in METRICS:
            finite = group[metric][np.isfinite(group[metric])]
            record[metric] = _number(finite.mean())
            record[f"{metric}_sd"] = _number(finite.std())
        errors.append(record)
    means = roi_means[roi_means["predictor"] == predictor].dropna(
        subset=["predicted_ms", "reference_ms"]
    )
    regions = []
    for (quantity, region), group in means.groupby(["quantity", "region"], sort=False):
        difference = group["predicted_ms"] - group["reference_ms"]
        regions.append(
            {
                "quantity": quantity,
                "region": region,
                "n_subjects": len(group),
                "reference_ms": _number(group["reference_ms"].mean()),
                "bias_ms": _number(difference.mean()),
                "sd_ms": _number(difference.std()),
                "mae_ms": _number(difference.abs().mean()),
            }
        )
    return {"errors": errors, "regions": regions}


def _summaries(subjects, what, keys):
    return {
        name: {key: summarise([head[what][name][key] for head in subjects]) for key in keys}
        for name in subjects[0][what]
    }


def _in_ms(medians_s):
    return {key: None if value is None else value * MS_PER_S for key, value in medians_s.items()}


def _number(value):
    """A number for JSON: None where it is missing."""
    return round(float(value), 4) if np.isfinite(value) else None
