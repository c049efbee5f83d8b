"""Cell by cell - four tissues, T1 and T2 - whether a network beats the tissue's mean."""

import numpy as np
import pandas as pd

from contrast2map.evaluation.region_means import absolute_errors_ms
from contrast2map.report.verdicts import SIGNIFICANCE, compare_errors
from contrast2map.statistics.agreement import holm
from contrast2map.statistics.intervals import paired_difference
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS, cell_name
from contrast2map.tables.layout import Layout, interval, number, p_value

# How the network stands to the cohort mean in the cells of a word; the first is always said.
STANDINGS = {
    "better": "beats the cohort mean in",
    "worse": "is worse in",
    "equal": "is not told apart from it in",
    "untested": "could not be tested in",
}


def judge_cells(roi_means, network, null, against):
    """Errors of a subject's region mean, network beside cohort mean, in each cell.

    The word of a cell is that of `verdicts.compare_errors`, but that better and worse take a P
    value below 0.05 after Holm's correction for the cells of the table.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        network: Name of the network.
        null: Name of the predictor that knows the tissue only.
        against: "truth" or "reference".

    Returns:
        Table with one row per quantity and region: n_subjects in which the region has a value,
        mean over subjects of the absolute error of both in ms, the mean paired difference (network
        minus null) with its 95 % interval, P, P by Holm, verdict.
    """
    records = []
    for quantity in QUANTITIES:
        errors_ms = [
            absolute_errors_ms(roi_means, name, quantity, "predicted", against)
            for name in (network, null)
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


def sentence(cells):
    """What the words of a table's cells are, each cell named once.

    Args:
        cells: Table of `judge_cells`.
    """
    n_cells, against = len(cells), cells["against"].iloc[0]
    parts = []
    for word, standing in STANDINGS.items():
        rows = cells[cells["verdict"] == word].to_dict("records")
        named = [cell_name(row) for row in rows]
        if named:
            parts.append(f"{standing} {len(named)} ({', '.join(named)})")
        elif word == "better":
            parts.append(f"{standing} none")
    joined = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"Against the {against}, of {n_cells} cells the network {joined}."


def layout_cells(cells, population):
    """The table as it is read.

    Args:
        cells: Table of `judge_cells`.
        population: Words for the subjects, such as "18 simulated subjects".
    """
    against, n_cells = cells["against"].iloc[0], len(cells)
    rows = [
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
        for row in cells.to_dict("records")
    ]
    columns = [("", ""), ("", "Region"), ("", "Network"), ("", "n")]
    columns += [("Error (ms)", name) for name in ("network", "cohort mean")]
    columns += [("", "Network minus cohort mean (ms)"), ("P", "paired t"), ("P", "Holm")]
    return Layout(
        title=f"Against the {against}",
        caption=(
            f"Error: absolute difference of a held-out subject's region mean from the {against}'s, "
            f"mean over n of {population}. Network: better or worse than the cohort mean where P "
            f"by Holm, for {n_cells} tests, is below {SIGNIFICANCE:g} (paired t-test over "
            "subjects; * below 0.05); equal says no more than that this many subjects do not tell "
            "the two apart. In brackets 95 % intervals, not corrected. Subjects of one fold share "
            "a network and count as independent all the same."
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
    )
