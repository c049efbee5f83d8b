"""Table 1: errors of the predicted maps, with the published values."""

import pandas as pd

from contrast2map.evaluation.metrics import CONVENTIONS, METRICS
from contrast2map.study import published
from contrast2map.study.predictors import REFERENCE, short, words
from contrast2map.study.terms import ERROR_MASKS, QUANTITIES, REGION_NAMES
from contrast2map.tables.layout import Layout, mean_sd

KEYS = ["predictor", "against", "convention", "region", "quantity"]
N_DECIMALS = {"mae": 1, "mpe": 1, "psnr": 1, "ssim": 3}
METRIC_NAMES = {
    "mae": "Mean absolute error (ms)",
    "mpe": "Mean percentage error (%)",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
}
BY_ABBREVIATION = ("psnr", "ssim")
METRICS_OF_TRUTH = ("mae", "mpe")
CELL = ("predictor", "region", "metric", "convention", "quantity")
CONVENTION = "paper"  # of PSNR and SSIM; the CSV file has the other one, too
DEFINITIONS = (
    "Errors are averaged over the voxels of the mask; PSNR and SSIM are those of the whole masked "
    "slice, background included, as published."
)
# Published PSNR and SSIM are for whole masked slices; both conventions define MAE and MPE alike.
COMPARABLE = {"mae": CONVENTIONS, "mpe": CONVENTIONS, "psnr": ("paper",), "ssim": ("paper",)}


def errors_by_subject(slice_errors):
    """Mean errors over the slices of each subject.

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
    """Mean and SD of every metric over slices and over subjects, with the published values.

    Args:
        slice_errors: Table of slice errors, all predictors and folds.
        published_rows: Published values (`published.read_published`).

    Returns:
        Table with one row per metric and `KEYS`. `difference` is this study's mean over slices
        minus the published mean; it is missing where their definitions differ (convention `brain`
        of PSNR and SSIM; errors against the truth).
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
    """Layout of Table 1: errors against the reference, with the published values.

    Args:
        table: Table of `summarise_errors`.
        predictors: Names of the predictors, the study's own network first.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    own, *others = predictors
    columns = [("", "Region"), ("", "Measure"), ("Published", "Network")]
    columns += [("This study", short(own))]
    columns += [("Baselines of this study", words(other)) for other in others]
    cells = table[table["against"] == "reference"].set_index([*CELL])
    rows = []
    for heading in _headings(METRIC_NAMES):
        row = cells.loc[(own, *heading)]
        n_decimals = N_DECIMALS[heading[1]]
        rows.append(
            [
                *_words(*heading),
                mean_sd(row["published_mean"], row["published_sd"], n_decimals),
                _mean_sd(row, n_decimals),
                *(_mean_sd(cells.loc[(other, *heading)], n_decimals) for other in others),
            ]
        )
    return Layout(
        title="Table 1. Errors of the predicted T1 and T2 maps",
        caption=(
            f"{_averaging(table, population)}, against the reference maps (published: "
            f"{published.N_SUBJECTS} subjects in vivo; that their ± is the SD across slices is our "
            f"assumption). {DEFINITIONS}"
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
        strong=frozenset({3}),
    )


def layout_true_errors(table, predictors, population):
    """Layout of the errors against the truth, including those of the reference itself.

    Args:
        table: Table of `summarise_errors` of a simulated cohort.
        predictors: Names of the predictors, the study's own network first.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    own, *others = predictors
    shown = [own, REFERENCE, *others]
    labels = [short(own), "Reference map (training target)"]
    columns = [("", "Region"), ("", "Measure")]
    columns += [("Against the truth", label) for label in [*labels, *map(words, others)]]
    cells = table[table["against"] == "truth"].set_index([*CELL])
    rows = [
        [
            *_words(*heading),
            *(_mean_sd(cells.loc[(name, *heading)], N_DECIMALS[heading[1]]) for name in shown),
        ]
        for heading in _headings(METRICS_OF_TRUTH)
    ]
    return Layout(
        title="Errors against the truth",
        caption=(
            f"{_averaging(table, population)}, against the true maps. The reference map, on which "
            "the network was trained, is compared with the truth in the same voxels."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
        strong=frozenset({2}),
    )


def _averaging(table, population):
    return (
        f"Mean ± SD across {int(table['n_slices'].max())} held-out slices of {population} (across "
        "subjects: see the CSV file)"
    )


def _mean_sd(row, n_decimals):
    return mean_sd(row["mean_over_slices"], row["sd_over_slices"], n_decimals)


def _headings(metrics):
    """Region, metric, convention and quantity of each row."""
    return [
        (region, metric, CONVENTION, quantity)
        for region in ERROR_MASKS
        for metric in metrics
        for quantity in QUANTITIES
    ]


def _words(region, metric, _, quantity):
    name = METRIC_NAMES[metric]
    measure = name if metric in BY_ABBREVIATION else f"{name[0].lower()}{name[1:]}"
    return REGION_NAMES[region], f"{quantity} {measure}"
