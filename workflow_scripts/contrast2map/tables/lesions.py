"""Lesions by size as people read them: errors, contrast and detectability."""

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
N_DECIMALS = {"auc": 2, "detected": 0} | {
    f"correlation_with_{name}_contrast": 2 for name in AGAINST
}
N_DECIMALS |= {f"share_of_{name}_contrast": 0 for name in AGAINST}
NO_LESION = "No lesion lies in the evaluated slices."


def layout_errors(table, names, population):
    """Errors of the lesions' T1 and T2 as they are read.

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
        f"Error of a lesion's mean T1 or T2 in maps of {population} with lesions, held out. Error: "
        "mean [95 % interval] over subjects of the subject's mean; absolute error: mean ± SD over "
        "subjects; the SD over lesions is in the CSV. "
        "Diameter: of the sphere of the lesion's volume within the evaluated slices. The mask is "
        "drawn on the target scan; the slices of the reference are thicker, so that small lesions "
        "are diluted in the reference itself.",
    )


def layout_contrasts(table, names, population):
    """Contrast and detectability of the lesions as they are read; arguments of `layout_errors`."""
    return _layout(
        table,
        names,
        CONTRASTS,
        "Contrast and detectability of lesions by size",
        f"Mean ± SD over {population} with lesions, held out, of the subject's mean. Contrast: "
        "mean T1 or T2 of the lesion minus mean of normal-appearing white matter, which is WM of "
        f"the segmentation, eroded, {lesions.GAP_MM:g} to {lesions.REACH_MM:g} mm "
        f"from the lesion and over {lesions.GAP_MM:g} mm from any other; where that is "
        f"fewer than {lesions.MINIMUM_NAWM_VOXELS} voxels, all of the subject's over "
        f"{lesions.GAP_MM:g} mm from any lesion. Share: ratio of "
        "mean contrasts. Correlation: Pearson's, over lesions. AUC: probability that a voxel of "
        "the lesion exceeds one of this white matter, 0.5 for chance. Detected, by the definition "
        f"of this study: lesions whose contrast exceeds {lesions.DETECTION_SDS:g} SD of "
        "this white matter's voxels in the reference map, one threshold for all maps. The "
        "segmentation takes much of the lesions for GM or CSF, so that a predictor that knows "
        "only the tissue shows them as well: in each row the network is to be compared with the "
        "cohort mean.",
    )


def _layout(table, names, measures, title, caption):
    maps = [*names, *(each for each in AGAINST if each in set(table["predictor"]))]
    columns = [("", ""), ("", "Diameter"), ("", "Lesions (subjects)"), ("", "Measure")]
    columns += [("Predicted", predictors.short(name)) for name in names]
    columns += [("Held against", predictors.words(name)) for name in maps[len(names) :]]
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
        for size in SIZES
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
