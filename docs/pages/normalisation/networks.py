"""Region means of networks trained with different normalisations, against the truth."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from contrast2map.evaluation.agreement import ALL
from contrast2map.evaluation.region_means import by_subject
from contrast2map.figures import style
from contrast2map.study.predictors import COHORT_MEAN, REFERENCE
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from pages import pictures

WIDEST_PIXELS, PICTURE_BYTES = 1100, 150_000
KEYS = ["normalisation", "predictor", "quantity", "region"]
MEASURES = ["n_subjects", "bias_ms", "ccc", "slope", "sd_ratio", "skill"]


def against_truth(agreement, roi_means, network):
    """Agreement with the truth, one row per normalisation, predictor, quantity and region.

    Args:
        agreement: Dict of normalisation to table of `summarise_agreement`.
        roi_means: Dict of normalisation to table of region means (see `evaluate_maps`).
        network: Name of the network.
    """
    rows = pd.concat(
        where(table, against="truth").assign(normalisation=method)
        for method, table in agreement.items()
    )
    rows = rows[rows["predictor"].isin([network, COHORT_MEAN, REFERENCE])]
    rows = rows[rows["region"] != ALL][KEYS + MEASURES].copy()
    rows["correlation"] = [
        correlation(roi_means[row.normalisation], row.predictor, row.quantity, row.region, network)
        for row in rows.itertuples()
    ]
    return rows


def correlation(roi_means, predictor, quantity, region, network):
    """Correlation of a predictor's region means with the truth, over subjects."""
    source, column = predictor, "predicted_ms"
    if predictor == REFERENCE:
        source, column = network, "reference_ms"
    values_ms, truth_ms = by_subject(roi_means, source, quantity, column, "truth_ms")
    index = REGIONS.index(region)
    return np.corrcoef(values_ms[:, index], truth_ms[:, index])[0, 1]


def draw(roi_means, network, path):
    """Draw predicted against true region means, one column per normalisation.

    Args:
        roi_means: Dict of normalisation to table of region means (see `evaluate_maps`).
        network: Name of the network.
        path: PNG file to write.
    """
    figure, axes = plt.subplots(
        len(QUANTITIES),
        len(roi_means),
        figsize=(style.TWO_COLUMNS_INCHES, 3.6),
        layout="constrained",
        squeeze=False,
    )
    for row, quantity in zip(axes, QUANTITIES, strict=True):
        pairs_ms = [
            by_subject(table, network, quantity, "predicted_ms", "truth_ms")
            for table in roi_means.values()
        ]
        edge = 0.05 * np.ptp([np.nanmin(pairs_ms), np.nanmax(pairs_ms)])
        ends = np.nanmin(pairs_ms) - edge, np.nanmax(pairs_ms) + edge
        for axis, (predicted_ms, true_ms) in zip(row, pairs_ms, strict=True):
            for index, region in enumerate(REGIONS):
                colour, marker = style.REGION_STYLES[region]
                axis.scatter(
                    true_ms[:, index],
                    predicted_ms[:, index],
                    8,
                    colour,
                    marker=marker,
                    label=REGION_NAMES[region],
                    lw=0,
                )
            axis.axline((np.nanmean(true_ms),) * 2, slope=1, color="0.5", linewidth=0.6, zorder=0)
            axis.set(xlim=ends, ylim=ends, aspect="equal", xlabel=f"True {quantity} (ms)")
        row[0].set_ylabel(f"Predicted {quantity} (ms)")
    for axis, method in zip(axes[0], roi_means, strict=True):
        axis.set_title(method)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(REGIONS))
    path.write_bytes(pictures.shrink(style.png(figure), WIDEST_PIXELS, PICTURE_BYTES))
    plt.close(figure)
