"""Tests in each cell - four tissues, T1 and T2 - of the network against the tissue mean."""

import numpy as np
import pandas as pd

from contrast2map.evaluation.region_means import absolute_errors_ms
from contrast2map.statistics.agreement import holm
from contrast2map.statistics.comparison import SIGNIFICANCE, compare_errors
from contrast2map.statistics.intervals import paired_difference
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS, cell_name
from contrast2map.tables.layout import interval, number, p_value

VERDICTS = ("better", "worse", "equal", "untested")


def judge_cells(roi_means, network, null, against):
    """Compare the errors of subjects' region means, network and tissue mean, in each cell.

    The verdict is that of `verdicts.compare_errors`, except that better and worse require a P value
    below 0.05 after Holm's correction for the cells of the table.

    Args:
        roi_means: Table of region means (see `evaluate_maps`), all predictors and folds.
        network: Name of the network.
        null: Name of the predictor that returns the tissue mean.
        against: "truth" or "reference".

    Returns:
        Table with one row per quantity and region: n_subjects in which the region has a value, mean
        absolute error of both predictors in ms, mean paired difference (network minus null) with
        its 95 % interval, P, P by Holm, verdict.
    """
    records = []
    for quantity in QUANTITIES:
        errors_ms = [
            absolute_errors_ms(roi_means, name, quantity, against) for name in (network, null)
        ]
        for index, region in enumerate(REGIONS):
            ours_ms, null_ms = (each[:, index] for each in errors_ms)
            measured = np.isfinite(ours_ms) & np.isfinite(null_ms)
            ours_ms, null_ms = ours_ms[measured], null_ms[measured]
            found = paired_difference(ours_ms, null_ms)
            word, p = compare_errors(ours_ms, null_ms) if len(ours_ms) else ("untested", np.nan)
            records.append(
                {
                    "against": against,
                    "quantity": quantity,
                    "region": region,
                    "n_subjects": len(ours_ms),
                    "network_error_ms": ours_ms.mean() if len(ours_ms) else np.nan,
                    "cohort_mean_error_ms": null_ms.mean() if len(null_ms) else np.nan,
                    "difference_ms": found.mean,
                    "low_ms": found.lower,
                    "high_ms": found.upper,
                    "p_value": p,
                    "verdict": word,
                }
            )
    table = pd.DataFrame(records)
    table.insert(table.columns.get_loc("p_value") + 1, "p_holm", holm(table["p_value"]))
    table["verdict"] = table["verdict"].where(~(table["p_holm"] >= SIGNIFICANCE), "equal")
    return table


def format_cells(cells):
    """A table of `judge_cells` as text.

    Returns:
        Dict: against; n_cells; named, dict of verdict to names of its cells; rows, one per cell.
    """
    rows = cells.to_dict("records")
    return {
        "against": rows[0]["against"],
        "n_cells": len(rows),
        "named": {
            word: [cell_name(row) for row in rows if row["verdict"] == word] for word in VERDICTS
        },
        "rows": [
            [
                row["quantity"],
                REGION_NAMES[row["region"]],
                row["verdict"],
                str(row["n_subjects"]),
                number(row["network_error_ms"]),
                number(row["cohort_mean_error_ms"]),
                interval(row["difference_ms"], row["low_ms"], row["high_ms"], signed=True),
                p_value(row["p_value"]),
                p_value(row["p_holm"]),
            ]
            for row in rows
        ],
    }
