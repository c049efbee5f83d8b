"""Tables S1 and S2: errors and region means by input set."""

import pandas as pd

from contrast2map.evaluation.metrics import METRICS
from contrast2map.evaluation.region_means import summaries
from contrast2map.statistics.agreement import holm
from contrast2map.statistics.intervals import paired_difference
from contrast2map.study.predictors import inputs_of, words
from contrast2map.study.terms import ERROR_MASKS, QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.errors import KEYS, METRIC_NAMES, N_DECIMALS
from contrast2map.tables.layout import NOTHING, Layout, mean_sd, number, p_value

BEST_IS_LARGEST = ("psnr", "ssim")
BEST = "†"
PUBLISHED = (
    "Published: errors increased with fewer inputs; the published numbers were not available."
)
NETWORKS = "Networks of the first seed; regressions use the inputs of the first network."


def summarise_errors_by_inputs(slice_errors, errors_by_subject):
    """Mean and SD of every metric over slices and over subjects.

    Args:
        slice_errors: Table of slice errors (see `evaluate_maps`), all predictors and folds.
        errors_by_subject: Table that `tables.errors.errors_by_subject` makes from it.

    Returns:
        Table with one row per `KEYS` and metric.
    """
    by_slice, by_subject = slice_errors.groupby(KEYS), errors_by_subject.groupby(KEYS)
    tables = []
    for column in METRICS:
        table = pd.DataFrame(
            {
                "metric": column.partition("_")[0],
                "n_slices": by_slice.size(),
                "n_subjects": by_subject.size(),
                "mean_over_slices": by_slice[column].mean(),
                "sd_over_slices": by_slice[column].std(),
                "mean_over_subjects": by_subject[column].mean(),
                "sd_over_subjects": by_subject[column].std(),
            }
        )
        tables.append(table.reset_index())
    return pd.concat(tables, ignore_index=True)


def layout_errors_by_inputs(table, predictors, population):
    """Layout of Table S1.

    Args:
        table: Table of `summarise_errors_by_inputs`.
        predictors: Names of the predictors in the order of the rows.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    cells = table.set_index(["metric", *KEYS])
    shown = [(metric, "reference") for metric in METRIC_NAMES]
    shown += [("mae", "truth")] if "truth" in set(table["against"]) else []
    columns = [("", "Region"), ("", "Inputs, or baseline")]
    for metric, against in shown:
        group = METRIC_NAMES[metric] + (" vs truth" if against == "truth" else "")
        columns += [(group, quantity) for quantity in QUANTITIES]
    rows = []
    for region in ERROR_MASKS:
        block = [[REGION_NAMES[region], _inputs(predictor)] for predictor in predictors]
        for metric, against in shown:
            for quantity in QUANTITIES:
                column = [
                    cells.loc[metric, predictor, against, "paper", region, quantity]
                    for predictor in predictors
                ]
                for texts, text in zip(block, _marked(column, metric), strict=True):
                    texts.append(text)
        rows += block
    return Layout(
        title="Table S1. Errors by input set",
        caption=(
            f"Mean ± SD across {int(table['n_slices'].max())} held-out slices of {population}, "
            f"defined as in Table 1; {BEST}: best mean of the column in the region (not a "
            f"significance test). {PUBLISHED}"
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def summarise_rois_by_inputs(roi_means):
    """Mean and SD across subjects of each region's mean, and its bias against the reference.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.

    Returns:
        Table with one row per predictor, quantity and region, from the subjects with voxels in the
        region. `p_holm` is corrected for the regions and quantities of one predictor.
    """
    records = []
    for ours, record in summaries(roi_means):
        bias_ms = paired_difference(ours["predicted_ms"], ours["reference_ms"])
        records.append(
            record
            | {
                "bias_ms": bias_ms.mean,
                "ci_lower_ms": bias_ms.lower,
                "ci_upper_ms": bias_ms.upper,
                "bias_against_truth_ms": record["predicted_mean_ms"] - record["truth_mean_ms"],
                "p_value": bias_ms.p_value,
            }
        )
    table = pd.DataFrame(records)
    return table.assign(p_holm=table.groupby("predictor")["p_value"].transform(holm))


def layout_rois_by_inputs(table, predictors, population):
    """Layout of Table S2.

    Args:
        table: Table of `summarise_rois_by_inputs`.
        predictors: Names of the predictors in the order of the rows.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    cells = table.set_index(["predictor", "quantity", "region"])
    known = {"reference": "Reference map"}
    if table["truth_mean_ms"].notna().any():
        known["truth"] = "True map"
    columns = [("", ""), ("", "Inputs, or baseline")]
    for region in REGIONS:
        columns += [(REGION_NAMES[region], label) for label in ("mean ± SD", "bias", "P")]
    rows = []
    for quantity in QUANTITIES:
        for name, label in known.items():
            texts = [f"{quantity} (ms)", label]
            for region in REGIONS:
                row = cells.loc[predictors[0], quantity, region]
                texts += [mean_sd(row[f"{name}_mean_ms"], row[f"{name}_sd_ms"]), NOTHING, NOTHING]
            rows.append(texts)
        for predictor in predictors:
            texts = [f"{quantity} (ms)", _inputs(predictor)]
            for region in REGIONS:
                row = cells.loc[predictor, quantity, region]
                texts.append(mean_sd(row["predicted_mean_ms"], row["predicted_sd_ms"]))
                texts += [number(row["bias_ms"], signed=True), p_value(row["p_value"])]
            rows.append(texts)
    return Layout(
        title="Table S2. T1 and T2 of four tissues by input set",
        caption=(
            f"Mean ± SD (ms) over {population} of the region mean in maps of held-out subjects. "
            "Bias: predicted minus reference. P: paired t-test against the reference, not "
            "corrected for the eight tests of each predictor (Holm's correction and the interval "
            f"of the bias are in the CSV file); *: below 0.05. {NETWORKS} {PUBLISHED}"
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def _inputs(predictor):
    """Inputs of a network, or name of a baseline."""
    return " + ".join(inputs_of(predictor)) or words(predictor)


def _marked(column, metric):
    """Cells of a column as text; the best mean, as printed, is marked."""
    n_decimals = N_DECIMALS[metric]
    means = [round(row["mean_over_slices"], n_decimals) for row in column]
    best = max(means) if metric in BEST_IS_LARGEST else min(means)
    return [
        mean_sd(row["mean_over_slices"], row["sd_over_slices"], n_decimals)
        + (BEST if mean == best else "")
        for row, mean in zip(column, means, strict=True)
    ]
