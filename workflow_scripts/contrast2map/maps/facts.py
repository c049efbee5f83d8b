"""Facts about a trained model: its training data, and its errors on held-out subjects."""

import numpy as np

from contrast2map.maps import training_ranges
from contrast2map.maps.card import DEFINITIONS
from contrast2map.tables.errors import errors_by_subject

METRICS = ("mae_ms", "mpe_percent", "psnr_db", "ssim")


def describe(about, inputs, *, n_folds, groups, heads, gates, errors, roi_means, predictor):
    """Collect all facts about a model except those about its files.

    Args:
        about: Facts from the configuration: study, seed, simulated, target_contrast,
            quantities, contrasts, tissues, preprocessing, quality, prediction and start.
        inputs: Names of the contrasts that the networks read, in the order of their channels.
        n_folds: Number of networks.
        groups: Group of each training subject.
        heads: Result of `training_ranges.measure_head` for each training subject.
        gates: Result of the input gate for each training subject.
        errors: Table of slice errors (see `evaluate_maps`).
        roi_means: Table of region means (see `evaluate_maps`).
        predictor: Name of the network in both tables.
    """
    names = dict.fromkeys([*inputs, about["target_contrast"]])
    sequences, voxel_mm = training_ranges.describe_protocol(gates, names)
    return (
        about
        | training_ranges.describe_heads(heads)
        | {
            "inputs": inputs,
            "contrasts": [each for each in about["contrasts"] if each["name"] in names],
            "n_folds": n_folds,
            "n_subjects": {group: groups.count(group) for group in dict.fromkeys(groups)},
            "sequences": sequences,
            "voxel_mm": voxel_mm,
            "metrics": {
                "network": describe_errors(errors, roi_means, predictor),
                "cohort_mean": describe_errors(errors, roi_means, "cohort_mean"),
            },
            "definitions": DEFINITIONS,
        }
    )


def describe_errors(slice_errors, roi_means, predictor):
    """Summarise the errors of a predictor on held-out subjects.

    Args:
        slice_errors: Table of slice errors (see `evaluate_maps`).
        roi_means: Table of region means (see `evaluate_maps`).
        predictor: Name of the predictor in both tables.

    Returns:
        Dict with two lists of dicts: "errors" (quantity, region, convention, n_subjects, and mean
        and SD of each metric) and "regions" (quantity, region, n_subjects, reference_ms, bias_ms,
        sd_ms, mae_ms). A list is empty if its table does not contain the predictor.
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


def _number(value):
    """A number for JSON; None if it is missing."""
    return round(float(value), 4) if np.isfinite(value) else None
