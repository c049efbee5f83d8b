"""Region means of a network against known ones, by tissue, with identity and slope."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from contrast2map.evaluation.region_means import by_subject, subjects_of
from contrast2map.figures import style
from contrast2map.statistics.intervals import of_slope
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import interval

COLUMNS = "predictor quantity region subject against known_ms predicted_ms".split()


def region_points(roi_means, predictors, against):
    """Region means of the held-out subjects, predicted and known.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`).
        predictors: Names of the predictors: the network, then the cohort mean.
        against: "truth" or "reference".

    Returns:
        Table with `COLUMNS`, without subjects in which the region has no voxels.
    """
    records = []
    for predictor in predictors:
        for quantity in QUANTITIES:
            subjects = subjects_of(roi_means, predictor, quantity)
            if not subjects:
                continue
            predicted_ms, known_ms = by_subject(
                roi_means, predictor, quantity, "predicted_ms", f"{against}_ms"
            )
            records += [
                (predictor, quantity, region, subject, against, known_ms[s, r], predicted_ms[s, r])
                for r, region in enumerate(REGIONS)
                for s, subject in enumerate(subjects)
            ]
    return pd.DataFrame(records, columns=COLUMNS).dropna(subset=["known_ms", "predicted_ms"])


def slopes(points):
    """Least-squares slope of the predicted on the known region means, by tissue.

    Args:
        points: Table of `region_points`.

    Returns:
        Dict mapping (predictor, quantity, region) to slope and 95 % `Interval`, NaN with fewer
        than two or three subjects.
    """
    return {
        key: of_slope(group["predicted_ms"].to_numpy(), group["known_ms"].to_numpy())
        for key, group in points.groupby(["predictor", "quantity", "region"], sort=False)
    }


def region_means(points, n_columns):
    """Plot one panel per quantity and tissue, one point per subject.

    Args:
        points: Table of `region_points`; its first predictor is the network.
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure.
    """
    is_wide = n_columns == 2
    shape = (len(QUANTITIES), len(REGIONS)) if is_wide else (len(REGIONS), len(QUANTITIES))
    figure, axes = plt.subplots(
        *shape,
        figsize=(style.WIDTHS_INCHES[n_columns], 3.9 if is_wide else 7.6),
        layout="constrained",
        squeeze=False,
    )
    found = slopes(points)
    for q, quantity in enumerate(QUANTITIES):
        for r, region in enumerate(REGIONS):
            axis = axes[q, r] if is_wide else axes[r, q]
            here = points[(points["quantity"] == quantity) & (points["region"] == region)]
            _draw_panel(axis, here, found)
            axis.set_title(f"{quantity}, {REGION_NAMES[region]}")
    against = points["against"].iloc[0] if len(points) else "reference"
    word = {"truth": "True", "reference": "Reference"}[against]
    figure.supxlabel(f"{word} region mean (ms)", fontsize=style.TEXT_POINTS)
    figure.supylabel("Predicted region mean (ms)", fontsize=style.TEXT_POINTS)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3 if is_wide else 1)
    return figure


def region_data(points):
    """Data of the figure as rows: the points, and the slope of each predictor and tissue.

    Args:
        points: Table of `region_points`.
    """
    rows = [{"shows": "point"} | row for row in points.to_dict("records")]
    for (predictor, quantity, region), (slope, bounds) in slopes(points).items():
        named = {"predictor": predictor, "quantity": quantity, "region": region}
        values = {"slope": slope, "slope_low": bounds.low, "slope_high": bounds.high}
        rows.append({"shows": "slope"} | named | values)
    return rows or [dict.fromkeys(["shows", *COLUMNS, "slope", "slope_low", "slope_high"])]


def _draw_panel(axis, points, found):
    for number_of, (predictor, ours) in enumerate(points.groupby("predictor", sort=False)):
        known_ms, predicted_ms = (ours[name].to_numpy() for name in ("known_ms", "predicted_ms"))
        region, quantity = ours["region"].iloc[0], ours["quantity"].iloc[0]
        is_network = number_of == 0
        colour, marker = style.REGION_STYLES[region] if is_network else (style.NULL_COLOUR, "x")
        axis.scatter(
            *(known_ms, predicted_ms),
            s=16 if is_network else 12,
            color=colour,
            marker=marker,
            linewidths=0 if is_network else 0.8,
            zorder=3 if is_network else 2,
            label="network" if is_network else "tissue mean of the training subjects",
        )
        slope, bounds = found[predictor, quantity, region]
        if np.isfinite(slope):
            ends_ms = np.array([known_ms.min(), known_ms.max()])
            heights_ms = predicted_ms.mean() + slope * (ends_ms - known_ms.mean())
            axis.plot(ends_ms, heights_ms, color=colour, lw=1.1 if is_network else 0.7)
        if is_network:
            words = interval(slope, bounds.low, bounds.high, 2)
            axis.text(
                *(0.04, 0.97, f"slope {words}"),
                transform=axis.transAxes,
                va="top",
                fontsize=style.SMALL_POINTS,
            )
    bounds_ms = [*axis.get_xlim(), *axis.get_ylim()]
    low, high = min(bounds_ms), max(bounds_ms)
    high += 0.12 * (high - low)  # room for the slope
    axis.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    axis.axline((low, low), slope=1, color="black", lw=0.6, ls="--", zorder=1, label="identity")
    axis.locator_params(nbins=4)
