"""Region means of a network against known ones, by tissue, with identity and slope."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from contrast2map.evaluation.region_means import POINT_COLUMNS, slopes
from contrast2map.figures import style
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import interval


def region_means(points, n_columns):
    """Plot one panel per quantity and tissue, one point per subject.

    Args:
        points: Table of `evaluation.region_means.region_points`, the network first.
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
    figure.legend(handles=_keys(), loc="outside upper center", ncols=3 if is_wide else 1)
    return figure


def region_data(points):
    """Data of the figure as rows: the points, and the slope of each predictor and tissue.

    Args:
        points: Table of `evaluation.region_means.region_points`.
    """
    rows = [{"shows": "point"} | row for row in points.to_dict("records")]
    for (predictor, quantity, region), (slope, bounds) in slopes(points).items():
        named = {"predictor": predictor, "quantity": quantity, "region": region}
        values = {"slope": slope, "slope_low": bounds.low, "slope_high": bounds.high}
        rows.append({"shows": "slope"} | named | values)
    return rows or [dict.fromkeys(["shows", *POINT_COLUMNS, "slope", "slope_low", "slope_high"])]


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
    axis.axline((low, low), slope=1, color="black", lw=0.6, ls="--", zorder=1)
    axis.locator_params(nbins=4)


def _keys():
    """Entries of the legend. The network's are black, because its colour is that of the tissue."""
    drawn = {"ls": "", "color": style.NULL_COLOUR}
    return [
        Line2D([], [], ls="", marker="o", ms=4, color="black", label="network (colour: tissue)"),
        Line2D([], [], marker="x", ms=4, label="tissue mean of the training subjects", **drawn),
        Line2D([], [], color="black", lw=0.6, ls="--", label="identity"),
    ]
