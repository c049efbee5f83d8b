"""Table 1: errors of the predicted maps beside the published ones."""

import pandas as pd

from contrast2map import published
from contrast2map.errors import CONVENTIONS, METRICS
from contrast2map.tables import (
    QUANTITIES,
    REGION_NAMES,
    Layout,
    mean_sd,
    number,
    predictor_name,
)

REGIONS = ("full_brain", "excluding_csf")
KEYS = ["predictor", "against", "convention", "region", "quantity"]
N_DECIMALS = {"mae": 1, "mpe": 1, "psnr": 1, "ssim": 3}
METRIC_NAMES = {"mae": "MAE (ms)", "mpe": "MPE (%)", "psnr": "PSNR (dB)", "ssim": "SSIM"}
# The published values are of whole masked slices; MAE and MPE are the same in both conventions.
COMPARABLE = {"mae": CONVENTIONS, "mpe": CONVENTIONS, "psnr": ("paper",), "ssim": ("paper",)}


def errors_by_subject(slice_errors):
    """Mean over the slices of each subject.

    Args:
        slice_errors: Table of slice errors (see `evaluate_maps`), all predictors and folds.

    Returns:
        Table with subject, group, fold, the columns `KEYS`, n_slices and the mean of each metric.
    """
    by_subject = slice_errors.groupby(["subject", "group", "fold", *KEYS], sort=True, dropna=False)
    means = by_subject[list(METRICS)].mean()
    means.insert(0, "n_slices", by_subject.size())
    return means.reset_index()


def summarise_errors(slice_errors, published_rows):
    """Mean and SD of every metric over slices and over subjects, beside the published values.

    Args:
        slice_errors: Table of slice errors, all predictors and folds.
        published_rows: Published values (`published.read_published`).

    Returns:
        Table with one row per metric and `KEYS`. `difference` is this study's mean over slices
        minus the published mean; it is missing where the two are not defined alike (convention
        `brain` of PSNR and SSIM; errors against the truth).
    """
    subjects = errors_by_subject(slice_errors).groupby(KEYS)
    slices = slice_errors.groupby(KEYS)
    records = []
    for key, of_slices in slices:
        of_subjects = subjects.get_group(key)
        named = dict(zip(KEYS, key, strict=True))
        for column in METRICS:
            metric, _, _ = column.partition("_")
            theirs = published.look_up(
                published_rows,
                table=1,
                metric=metric,
                quantity=named["quantity"],
                region=named["region"],
            )
            mean = of_slices[column].mean()
            comparable = (
                named["convention"] in COMPARABLE[metric] and named["against"] == "reference"
            )
            records.append(
                named
                | {
                    "metric": metric,
                    "unit": theirs.unit,
                    "n_slices": len(of_slices),
                    "n_subjects": len(of_subjects),
                    "mean_over_slices": mean,
                    "sd_over_slices": of_slices[column].std(),
                    "mean_over_subjects": of_subjects[column].mean(),
                    "sd_over_subjects": of_subjects[column].std(),
                    "published_mean": theirs.dl_mean,
                    "published_sd": theirs.dl_sd,
                    "difference": mean - theirs.dl_mean if comparable else float("nan"),
                }
            )
    return pd.DataFrame(records)


def layout_errors(table, predictors, population):
    """Table 1 as it is read.

    Args:
        table: Table of `summarise_errors`.
        predictors: Names of the predictors, the study's own network first.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    cells = table.set_index(["metric", *KEYS])
    against = [name for name in ("reference", "truth") if name in set(table["against"])]
    columns = [("", "Region"), ("", "Metric"), ("", ""), ("Published", "Network vs reference")]
    shown = [(predictor, each) for each in against for predictor in predictors]
    strong = set()
    for predictor, each in shown:
        if predictor == predictors[0]:
            strong.add(len(columns))
        columns.append((f"This study, vs {each}", predictor_name(predictor)))
        if (predictor, each) == (predictors[0], "reference"):
            columns.append((f"This study, vs {each}", "minus published"))
    rows = []
    for region in REGIONS:
        for metric, convention in _metric_rows():
            for quantity in QUANTITIES:
                row = cells.loc[metric, predictors[0], "reference", convention, region, quantity]
                n_decimals = N_DECIMALS[metric]
                given = convention in COMPARABLE[metric]
                theirs = mean_sd(row["published_mean"], row["published_sd"], n_decimals)
                texts = [
                    REGION_NAMES[region],
                    _metric_label(metric, convention),
                    quantity,
                    theirs if given else number(None),
                ]
                for predictor, each in shown:
                    ours = cells.loc[metric, predictor, each, convention, region, quantity]
                    texts.append(
                        mean_sd(ours["mean_over_slices"], ours["sd_over_slices"], n_decimals)
                    )
                    if (predictor, each) == (predictors[0], "reference"):
                        texts.append(number(ours["difference"], n_decimals, signed=True))
                rows.append(texts)
    n_slices = int(table["n_slices"].max())
    return Layout(
        title="Table 1. Errors of the predicted T1 and T2 maps",
        caption=(
            f"Mean ± SD over {n_slices} held-out slices of {population}; the mean over subjects is "
            "in the CSV. That the published ± is over slices is assumed, the paper does not say. "
            "MAE and MPE are over the voxels of the mask. PSNR and SSIM come in two conventions: "
            "'paper' is the whole masked slice, background included, with the slice's own range; "
            "'brain' is mask voxels only with a fixed range of 3 s, and has no published value. "
            f"Excluding CSF: without the dilated CSF. Published: {published.N_SUBJECTS} subjects, "
            "in vivo."
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
        strong=frozenset(strong),
    )


def _metric_rows():
    for metric in METRIC_NAMES:
        if metric in ("mae", "mpe"):
            yield metric, "paper"
        else:
            yield from ((metric, convention) for convention in CONVENTIONS)


def _metric_label(metric, convention):
    name = METRIC_NAMES[metric]
    return name if metric in ("mae", "mpe") else f"{name}, {convention}"
