"""Table that compares the network with the baselines in regions, voxels and lesions."""

import pandas as pd

from contrast2map.evaluation.levels import (
    BY_VOXELS,
    LARGE_REGIONS,
    LESIONS,
    LEVELS,
    REGIONS,
    VOXELS,
    errors_at,
    region_voxels,
)
from contrast2map.evaluation.region_means import known_map
from contrast2map.statistics.comparison import compare_errors
from contrast2map.statistics.intervals import paired_difference
from contrast2map.study.predictors import COHORT_MEAN, inputs_of
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES, REGION_NAMES
from contrast2map.study.terms import REGIONS as ALL_REGIONS
from contrast2map.tables.layout import Layout, interval, number, p_value

LEVEL_NAMES = {
    REGIONS: "Four regions, equal weights",
    BY_VOXELS: "Four regions, weighted by voxels",
    LARGE_REGIONS: "Cortical GM and WM only",
    VOXELS: "Voxels excluding CSF",
    LESIONS: "Lesions",
}


def summarise_comparisons(tables, predictors):
    """Compare the mean absolute errors of the network with those of each baseline.

    Args:
        tables: As of `evaluation.levels.errors_at`.
        predictors: Names of the predictors: the network, then the baselines.

    Returns:
        Table with one row per against, quantity, level and baseline: n_subjects, network_mae_ms,
        baseline_mae_ms (means over subjects), difference_ms (network minus baseline) with
        difference_low_ms and difference_high_ms (95 % confidence interval), p_value (paired t-test
        across subjects, not corrected for multiple tests) and word. Levels without a subject are
        missing.
    """
    network, *baselines = predictors
    has_truth = known_map(tables["roi_means"]) == "truth"
    records = []
    for against in ("truth", "reference") if has_truth else ("reference",):
        for quantity in QUANTITIES:
            for level in LEVELS:
                errors_ms = errors_at(level, tables, against, quantity)
                for baseline in baselines if len(errors_ms) else ():
                    pair = errors_ms[network].to_numpy(), errors_ms[baseline].to_numpy()
                    difference = paired_difference(*pair)
                    word, p = compare_errors(*pair)
                    records.append(
                        {
                            "against": against,
                            "quantity": quantity,
                            "level": level,
                            "baseline": baseline,
                            "n_subjects": len(errors_ms),
                            "network_mae_ms": pair[0].mean(),
                            "baseline_mae_ms": pair[1].mean(),
                            "difference_ms": pair[0].mean() - pair[1].mean(),
                            "difference_low_ms": difference.lower,
                            "difference_high_ms": difference.upper,
                            "p_value": p,
                            "word": word,
                        }
                    )
    return pd.DataFrame(records)


def layout_comparisons(table, network, population):
    """Layout of the comparison with the tissue mean.

    Args:
        table: Table of `summarise_comparisons`.
        network: Name of the network.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    error = "Mean absolute error (ms)"
    rows = [
        [
            f"{row['quantity']} against the {row['against']}",
            LEVEL_NAMES[row["level"]],
            str(row["n_subjects"]),
            number(row["network_mae_ms"]),
            number(row["baseline_mae_ms"]),
            interval(
                row["difference_ms"],
                row["difference_low_ms"],
                row["difference_high_ms"],
                signed=True,
            ),
            p_value(row["p_value"]),
            row["word"],
        ]
        for row in where(table, baseline=COHORT_MEAN).to_dict("records")
    ]
    return Layout(
        title="Network and tissue mean at each level",
        caption=(
            f"Mean absolute error of {population}, held out, averaged over subjects. Inputs of the "
            f"network: {', '.join(inputs_of(network))}. Regions and lesions count by the error of "
            "their mean. The tissue mean has means of its own for putamen and thalamus, from "
            "labels that the network never sees, so the result is also given without these two; "
            "it knows no lesions. Difference: network minus tissue mean [95 % confidence "
            "interval]; P: paired t-test across subjects, not corrected for multiple tests; "
            "better, worse: P below 0.05; equal: no difference was detected. The CSV file also "
            "compares the regressions."
        ),
        columns=[
            ("", ""),
            ("", "Level"),
            ("", "n"),
            (error, "Network"),
            (error, "Tissue mean"),
            (error, "Difference"),
            ("", "P"),
            ("", "Network is"),
        ],
        rows=rows,
        n_headings=2,
        strong=frozenset({3}),
    )


def layout_region_voxels(roi_means, population):
    """Layout of the voxels of each region, by which `regions_by_voxels` weights them.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`).
        population: Words for the subjects, such as "6 simulated subjects".
    """
    voxels = region_voxels(roi_means)[list(ALL_REGIONS)]
    shares_percent = (100 * voxels.div(voxels.sum(axis=1), axis=0)).mean()
    rows = [
        [
            REGION_NAMES[region],
            number(voxels[region].mean(), 0),
            f"{voxels[region].min()} to {voxels[region].max()}",
            number(shares_percent[region]),
            number(100 / len(ALL_REGIONS)),
        ]
        for region in ALL_REGIONS
    ]
    return Layout(
        title="Voxels of each region",
        caption=(
            f"Voxels with a reference value in the regions of Table 2 of {population}, and the "
            "weight of each region in the mean of a subject."
        ),
        columns=[
            ("", "Region"),
            ("Voxels", "mean"),
            ("Voxels", "range"),
            ("Weight (%)", "by voxels"),
            ("Weight (%)", "equal"),
        ],
        rows=rows,
    )
