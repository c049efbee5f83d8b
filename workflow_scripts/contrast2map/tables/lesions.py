"""Layouts of the tables of lesions by size: errors, contrast and detectability."""

from dataclasses import replace

from contrast2map.evaluation import lesions
from contrast2map.evaluation.lesion_summary import AGAINST, SIZES
from contrast2map.study import predictors
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import Layout, interval, mean_sd, number

ERRORS = {
    "error_vs_reference": "Error vs reference (ms)",
    "absolute_error_vs_reference": "Absolute error vs reference (ms)",
    "error_vs_truth": "Error vs truth (ms)",
    "absolute_error_vs_truth": "Absolute error vs truth (ms)",
}
CONTRASTS = {
    "contrast": "Contrast (ms)",
    "share_of_reference_contrast": "Share of reference contrast (%)",
    "correlation_with_reference_contrast": "Correlation with reference contrast",
    "share_of_truth_contrast": "Share of true contrast (%)",
    "correlation_with_truth_contrast": "Correlation with true contrast",
    "auc": "AUC",
    "detected": "Detected (%)",
}
WITH_INTERVAL = ("error_vs_reference", "error_vs_truth")
ANY_SIZE = "any"
# The measures of the report's table, compared with the truth if it is known.
SUMMARY = "absolute_error_vs_{0} contrast share_of_{0}_contrast correlation_with_{0}_contrast"
SUMMARY += " auc detected"
N_DECIMALS = {"auc": 2, "detected": 0} | {
    f"correlation_with_{name}_contrast": 2 for name in AGAINST
}
N_DECIMALS |= {f"share_of_{name}_contrast": 0 for name in AGAINST}
NO_LESION = "The evaluated slices contain no lesion."


def layout_lesions(table, names, population):
    """Layout of all lesions together; arguments as in `layout_errors`."""
    shown = SUMMARY.format(AGAINST[-1] if AGAINST[-1] in set(table["predictor"]) else AGAINST[0])
    measures = {name: (ERRORS | CONTRASTS)[name] for name in shown.split()}
    found = _layout(
        table,
        names,
        measures,
        "Lesions: error, contrast and detectability",
        f"Mean ± SD of the subject means of {population} with lesions, held out; the supplement "
        "has the rows by lesion size and all definitions. Contrast: lesion minus normal-appearing "
        "white matter. AUC: probability that a lesion voxel exceeds a white-matter voxel.",
        sizes=(ANY_SIZE,),
    )
    without = [column for column in range(len(found.columns)) if column not in (1, 2)]
    return replace(
        found,
        columns=[found.columns[column] for column in without],
        rows=[[row[column] for column in without] for row in found.rows],
        n_headings=2,
        strong=frozenset({2}),
    )


def layout_errors(table, names, population):
    """Layout of the errors in T1 and T2 of lesions.

    Args:
        table: Table of `lesion_summary.summarise_lesions`.
        names: Names of the predictors, the study's own network first.
        population: Words for the subjects with lesions, such as "5 simulated subjects".
    """
    return _layout(
        table,
        names,
        ERRORS,
        "T1 and T2 of lesions by size",
        f"Error in the mean T1 or T2 of a lesion, in maps of {population} with lesions, held out. "
        "Error: mean [95 % confidence interval] of the subject means. Absolute error: mean ± SD "
        "of the subject means; the CSV file has the SD across lesions. Diameter: that of a sphere "
        "with the volume of the lesion within the evaluated slices. Lesion masks are drawn on the "
        "target scan; the reference has thicker slices, so partial volume dilutes small lesions "
        "in the reference itself.",
    )


def layout_contrasts(table, names, population):
    """Layout of contrast and detectability of lesions; arguments as in `layout_errors`."""
    return _layout(
        table,
        names,
        CONTRASTS,
        "Contrast and detectability of lesions by size",
        f"Mean ± SD of the subject means of {population} with lesions, held out. Contrast: mean "
        "T1 or T2 of the lesion minus that of normal-appearing white matter (NAWM). NAWM: eroded "
        f"WM of the segmentation, {lesions.GAP_MM:g} to {lesions.REACH_MM:g} mm from the lesion "
        f"and more than {lesions.GAP_MM:g} mm from any other lesion; if these are fewer than "
        f"{lesions.MINIMUM_NAWM_VOXELS} voxels, all WM of the subject more than "
        f"{lesions.GAP_MM:g} mm from any lesion. Share: ratio of mean contrasts. Correlation: "
        "Pearson's, across lesions. AUC: probability that a lesion voxel has a higher value than "
        "a NAWM voxel (0.5: chance). Detected (definition of this study): contrast above "
        f"{lesions.DETECTION_SDS:g} SD of the NAWM voxels in the reference map, the same "
        "threshold for all maps. The segmentation assigns large parts of lesions to GM or CSF, so "
        "a predictor that knows only the tissue also shows lesions: compare the network with the "
        "tissue mean in each row.",
    )


def _layout(table, names, measures, title, caption, sizes=tuple(SIZES)):
    maps = [*names, *(each for each in AGAINST if each in set(table["predictor"]))]
    columns = [("", ""), ("", "Diameter"), ("", "Lesions (subjects)"), ("", "Measure")]
    columns += [("Predicted", predictors.short(name)) for name in names]
    columns += [("For comparison", predictors.words(name)) for name in maps[len(names) :]]
    cells = table.set_index(["quantity", "size", "measure", "predictor"]).sort_index()
    rows = [
        [
            quantity,
            size,
            _counts(cells.loc[quantity, size, measure]),
            words,
            *(_cell(cells, (quantity, size, measure, name)) for name in maps),
        ]
        for quantity in QUANTITIES
        for size in sizes
        for measure, words in measures.items()
        if (quantity, size, measure) in cells.index
    ]
    return Layout(
        title=title,
        caption=caption if rows else NO_LESION,
        columns=columns,
        rows=rows,
        n_headings=4,
        strong=frozenset({4}),
    )


def _counts(of_maps):
    return f"{of_maps['n_lesions'].max():.0f} ({of_maps['n_subjects'].max():.0f})"


def _cell(cells, key):
    if key not in cells.index:
        return number(None)
    row = cells.loc[key]
    measure = key[2]
    if measure in WITH_INTERVAL:
        return interval(row["mean"], row["low"], row["high"], signed=True)
    return mean_sd(row["mean"], row["sd_over_subjects"], N_DECIMALS.get(measure, 1))
