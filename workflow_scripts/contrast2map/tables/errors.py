"""Table 1: errors of the predicted maps, with the published values."""

import pandas as pd

from contrast2map.evaluation.metrics import CONVENTIONS, METRICS
from contrast2map.study import published
from contrast2map.study.predictors import REFERENCE, inputs_of, short, words
from contrast2map.study.terms import ERROR_MASKS, QUANTITIES, REGION_NAMES
from contrast2map.tables.layout import Layout, mean_sd, number

KEYS = ["predictor", "against", "convention", "region", "quantity"]
N_DECIMALS = {"mae": 1, "mpe": 1, "psnr": 1, "ssim": 3}
METRIC_NAMES = {"mae": "MAE (ms)", "mpe": "MPE (%)", "psnr": "PSNR (dB)", "ssim": "SSIM"}
CELL = ("predictor", "region", "metric", "convention", "quantity")
DEFINITIONS = (
    "MAE and MPE are computed over the voxels of the mask. PSNR and SSIM follow two conventions: "
    "'paper' uses the whole masked slice, background included, with the range of that slice; "
    "'brain' uses the mask voxels with a fixed range of 3 s and has no published value. Excluding "
    "CSF: without the voxels of the dilated CSF mask."
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
    columns = [("", "Region"), ("", "Metric"), ("", ""), ("Published", "Network")]
    columns += [("This study", short(own)), ("This study", "minus published")]
    columns += [("Baselines of this study", words(other)) for other in others]
    cells = table[table["against"] == "reference"].set_index([*CELL])
    rows = []
    for heading in _headings():
        region, metric, convention, quantity = heading
        row = cells.loc[(own, *heading)]
        n_decimals = N_DECIMALS[metric]
        theirs = mean_sd(row["published_mean"], row["published_sd"], n_decimals)
        rows.append(
            [
                *_words(*heading),
                theirs if convention in COMPARABLE[metric] else number(None),
                _mean_sd(row, n_decimals),
                number(row["difference"], n_decimals, signed=True),
                *(_mean_sd(cells.loc[(other, *heading)], n_decimals) for other in others),
            ]
        )
    return Layout(
        title="Table 1. Errors of the predicted T1 and T2 maps",
        caption=(
            f"{_averaging(table, population)} We assume that the published ± is the SD across "
            f"slices; the paper does not say. {_inputs(own)} {DEFINITIONS} Baselines are fitted "
            "and evaluated fold by fold, like the network. Published: "
            f"{published.N_SUBJECTS} subjects in vivo."
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
        strong=frozenset({4}),
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
    columns = [("", "Region"), ("", "Metric"), ("", "")]
    columns += [("Against the truth", label) for label in [*labels, *map(words, others)]]
    cells = table[table["against"] == "truth"].set_index([*CELL])
    rows = [
        [
            *_words(*heading),
            *(_mean_sd(cells.loc[(name, *heading)], N_DECIMALS[heading[1]]) for name in shown),
        ]
        for heading in _headings()
    ]
    return Layout(
        title="Errors against the truth",
        caption=(
            f"{_averaging(table, population)} The reference map, on which the network was trained, "
            f"is compared with the truth in the same voxels. {_inputs(own)} {DEFINITIONS}"
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
        strong=frozenset({3}),
    )


def _inputs(network):
    return f"Inputs of the network: {', '.join(inputs_of(network))}."


def _averaging(table, population):
    return (
        f"Mean ± SD across {int(table['n_slices'].max())} held-out slices of {population}; mean ± "
        "SD across subjects (of each subject's mean over slices) is in the CSV file."
    )


def _mean_sd(row, n_decimals):
    return mean_sd(row["mean_over_slices"], row["sd_over_slices"], n_decimals)


def _headings():
    """Region, metric, convention and quantity of each row."""
    return [
        (region, metric, convention, quantity)
        for region in ERROR_MASKS
        for metric, convention in _metric_rows()
        for quantity in QUANTITIES
    ]


def _words(region, metric, convention, quantity):
    return REGION_NAMES[region], _metric_label(metric, convention), quantity


def _metric_rows():
    for metric in METRIC_NAMES:
        if metric in ("mae", "mpe"):
            yield metric, "paper"
        else:
            yield from ((metric, convention) for convention in CONVENTIONS)


def _metric_label(metric, convention):
    name = METRIC_NAMES[metric]
    return name if metric in ("mae", "mpe") else f"{name}, {convention}"
