"""Table 2: regional T1 and T2, with the published values."""

import pandas as pd

from contrast2map.evaluation.region_means import summaries
from contrast2map.statistics.agreement import holm, paired_t_test
from contrast2map.study import published
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import Layout, mean_sd, p_value


def summarise_rois(roi_means, published_rows):
    """Mean and SD across subjects of each region's mean, with paired t-tests.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        published_rows: Published values (`published.read_published`).

    Returns:
        Table with one row per predictor, quantity and region. All means are over the subjects with
        voxels in the region; P compares predicted with reference means; `p_holm` is
        corrected for the eight tests of a predictor.
    """
    records = []
    for ours, record in summaries(roi_means):
        theirs = published.look_up(
            published_rows,
            table=2,
            metric="roi_mean",
            quantity=record["quantity"],
            region=record["region"],
        )
        predicted_ms, reference_ms = record["predicted_mean_ms"], record["reference_mean_ms"]
        records.append(
            record
            | {
                "predicted_minus_reference_ms": predicted_ms - reference_ms,
                "p_value": paired_t_test(ours["predicted_ms"], ours["reference_ms"]),
                "published_dl_mean_ms": theirs.dl_mean,
                "published_dl_sd_ms": theirs.dl_sd,
                "published_reference_mean_ms": theirs.reference_mean,
                "published_reference_sd_ms": theirs.reference_sd,
                "published_p_value": theirs.p_value,
                "predicted_minus_published_dl_ms": predicted_ms - theirs.dl_mean,
            }
        )
    table = pd.DataFrame(records)
    table.insert(
        table.columns.get_loc("p_value") + 1,
        "p_holm",
        table.groupby("predictor")["p_value"].transform(holm),
    )
    return table


def layout_rois(table, network, population):
    """Layout of Table 2: the network, with the published values.

    Args:
        table: Table of `summarise_rois`.
        network: Name of the study's own network among the predictors.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    has_truth = bool(table["truth_mean_ms"].notna().any())
    ours = "This study"
    columns = [("", ""), ("", "Region")]
    columns += [("Published", "Network"), ("Published", "Reference"), ("Published", "P")]
    strong = frozenset({len(columns), len(columns) + 2})
    columns += [(ours, label) for label in ("Network", "Reference", "P (uncorrected)", "P (Holm)")]
    columns += [(ours, "Truth")] if has_truth else []
    columns += [(ours, "n")]
    rows = []
    for headings, row in _rows(table, network):
        texts = [
            *headings,
            mean_sd(row["published_dl_mean_ms"], row["published_dl_sd_ms"]),
            mean_sd(row["published_reference_mean_ms"], row["published_reference_sd_ms"]),
            p_value(row["published_p_value"]),
            mean_sd(row["predicted_mean_ms"], row["predicted_sd_ms"]),
            mean_sd(row["reference_mean_ms"], row["reference_sd_ms"]),
            p_value(row["p_value"]),
            p_value(row["p_holm"]),
        ]
        texts += [mean_sd(row["truth_mean_ms"], row["truth_sd_ms"])] if has_truth else []
        rows.append([*texts, str(int(row["n_subjects"]))])
    return Layout(
        title="Table 2. T1 and T2 of four tissues",
        caption=(
            f"Mean ± SD of the region means of {population}, each held out (published: "
            f"{published.N_SUBJECTS} subjects in vivo). P: paired t-test of network against "
            "reference, uncorrected as in the paper and with Holm's correction for the eight "
            "tests; *: below 0.05."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
        strong=strong,
    )


def _rows(table, predictor):
    """Headings and row of each quantity and region of a predictor."""
    cells = table.set_index(["predictor", "quantity", "region"])
    for quantity in QUANTITIES:
        for region in REGIONS:
            row = cells.loc[(predictor, quantity, region)]
            yield (f"{quantity} (ms)", REGION_NAMES[region]), row
