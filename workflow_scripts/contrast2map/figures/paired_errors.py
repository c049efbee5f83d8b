"""Errors of each subject, network beside tissue mean, for regions, voxels and lesions."""

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import style
from contrast2map.tables.layout import number

COLUMNS = "level quantity subject null_ms network_ms".split()
BETTER_COLOUR, WORSE_COLOUR = style.NETWORK_COLOUR, "#D55E00"


def paired_errors(pairs, p_values, n_columns):
    """Plot one panel per level and quantity: a line per subject, and the mean.

    Args:
        pairs: Table with `COLUMNS`: mean absolute error of each subject in ms, of the tissue mean
            and of the network.
        p_values: Dict mapping (level, quantity) to the P value of the paired t-test.
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure.
    """
    levels, quantities = pairs["level"].unique(), pairs["quantity"].unique()
    is_wide = n_columns == 2
    shape = (len(quantities), len(levels)) if is_wide else (len(levels), len(quantities))
    figure, axes = plt.subplots(
        *shape,
        figsize=(style.WIDTHS_INCHES[n_columns], 1.75 * shape[0] + 0.5),
        layout="constrained",
        squeeze=False,
    )
    for q, quantity in enumerate(quantities):
        for n, level in enumerate(levels):
            axis = axes[q, n] if is_wide else axes[n, q]
            here = pairs[(pairs["quantity"] == quantity) & (pairs["level"] == level)]
            _draw_panel(axis, here, quantity)
            p = p_values[level, quantity]
            words = "not tested" if np.isnan(p) else f"P = {p:.2g}" if p >= 0.001 else "P < 0.001"
            axis.set_title(f"{quantity}, {level}\n({words})")
    handles = [
        plt.Line2D([], [], color=colour, lw=lw, label=label)
        for colour, lw, label in (
            (BETTER_COLOUR, 0.9, "subject, network more accurate"),
            (WORSE_COLOUR, 0.9, "subject, network less accurate"),
            ("black", 2, "mean"),
        )
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3 if is_wide else 1)
    return figure


def _draw_panel(axis, pairs, quantity):
    for row in pairs.itertuples():
        is_better = row.network_ms < row.null_ms
        axis.plot(
            [0, 1],
            [row.null_ms, row.network_ms],
            color=BETTER_COLOUR if is_better else WORSE_COLOUR,
            ls="-" if is_better else "--",
            lw=0.9,
            marker="o" if is_better else "s",
            ms=2.5,
            alpha=0.85,
        )
    means_ms = pairs[["null_ms", "network_ms"]].mean()
    axis.plot([0, 1], means_ms, color="black", lw=2, zorder=4)
    for place, value in enumerate(means_ms):
        axis.annotate(
            number(value),
            (place, value),
            xytext=(-5 if place == 0 else 5, 0),
            textcoords="offset points",
            ha="right" if place == 0 else "left",
            va="center",
            fontsize=style.SMALL_POINTS,
        )
    axis.set(xlim=(-0.45, 1.45), xticks=[0, 1], xticklabels=["tissue mean", "network"])
    axis.set_ylim(bottom=0)
    axis.set_ylabel(f"Error of {quantity} (ms)")
