"""Table 2: regional T1 and T2, with the published values."""

import pandas as pd

from contrast2map.evaluation.region_means import summaries
from contrast2map.statistics.agreement import holm, paired_t_test
from contrast2map.study import published
from contrast2map.study.predictors import inputs_of, words
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import Layout, mean_sd, number, p_value


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
    columns += [("Published", "DL"), ("Published", "Reference"), ("Published", "P")]
    strong = frozenset({len(columns), len(columns) + 2})
    columns += [(ours, label) for label in ("Network", "Reference", "P", "P (Holm)")]
    columns += [(ours, "Truth")] if has_truth else []
    columns += [(ours, "n"), ("Difference", "Network minus published DL")]
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
        texts += [str(int(row["n_subjects"]))]
        texts += [number(row["predicted_minus_published_dl_ms"], signed=True)]
        rows.append(texts)
    return Layout(
        title="Table 2. T1 and T2 of four tissues",
        caption=(
            f"Mean ± SD across {population} of the region mean in maps of held-out subjects. "
            f"Inputs of the network: {', '.join(inputs_of(network))}. P: paired t-test of network "
            "against reference, as in the paper; P (Holm): corrected for the eight tests of the "
            "network; *: below 0.05. n: subjects with voxels in the region. Published: "
            f"{published.N_SUBJECTS} subjects in vivo."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
        strong=strong,
    )


def layout_rois_of_baselines(table, baselines, population):
    """Layout of the same region means as predicted by the baselines.

    Args:
        table: Table of `summarise_rois`.
        baselines: Names of the baselines.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    columns = [("", ""), ("", "Region"), ("", "Reference")]
    for baseline in baselines:
        columns += [(words(baseline), label) for label in ("Mean ± SD", "P", "P (Holm)")]
    rows = []
    of_baselines = [_rows(table, baseline) for baseline in baselines]
    for of_region in zip(*of_baselines, strict=True):
        headings, row = of_region[0]
        texts = [*headings, mean_sd(row["reference_mean_ms"], row["reference_sd_ms"])]
        for _, row in of_region:
            texts.append(mean_sd(row["predicted_mean_ms"], row["predicted_sd_ms"]))
            texts += [p_value(row["p_value"]), p_value(row["p_holm"])]
        rows.append(texts)
    return Layout(
        title="T1 and T2 of four tissues as predicted by the baselines",
        caption=(
            f"Mean ± SD across {population}, held out as for the network. P: paired t-test against "
            "the reference; P (Holm): corrected for the eight tests of each baseline. The cohort "
            "mean is unbiased by construction, so its P is not informative; its small SD shows "
            "that it does not measure individual subjects."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def _rows(table, predictor):
    """Headings and row of each quantity and region of a predictor."""
    cells = table.set_index(["predictor", "quantity", "region"])
    for quantity in QUANTITIES:
        for region in REGIONS:
            row = cells.loc[(predictor, quantity, region)]
            yield (f"{quantity} (ms)", REGION_NAMES[region]), row
