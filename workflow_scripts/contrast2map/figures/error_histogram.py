"""Histogram of the errors of voxels, of the network and of what it is compared with."""

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import colours, style
from contrast2map.study.predictors import COHORT_MEAN, REFERENCE, inputs_of
from contrast2map.study.terms import QUANTITIES

N_BINS = 60
NAMES = {COHORT_MEAN: "tissue mean", REFERENCE: "reference map"}
LINES = {COHORT_MEAN: (style.NULL_COLOUR, "--"), REFERENCE: ("#009E73", ":")}
NETWORK_LINE = (style.NETWORK_COLOUR, "-")


def edges_ms(quantity):
    """Edges of the bins of a quantity: the window of its error maps."""
    bound = colours.ERROR_WINDOWS_MS[quantity]
    return np.linspace(-bound, bound, N_BINS + 1)


def histogram_rows(counts, against):
    """Data of the figure as rows, one per predictor, quantity and bin.

    Args:
        counts: Dict mapping (predictor, quantity) to the number of voxels per bin.
        against: Map relative to which the errors are given, "truth" or "reference".
    """
    return [
        {
            "predictor": predictor,
            "quantity": quantity,
            "against": against,
            "low_ms": low,
            "high_ms": high,
            "n_voxels": int(n),
            "share_percent": 100 * n / max(of_bins.sum(), 1),
        }
        for (predictor, quantity), of_bins in counts.items()
        for low, high, n in zip(
            edges_ms(quantity)[:-1], edges_ms(quantity)[1:], of_bins, strict=True
        )
    ]


def error_histogram(counts, against, n_columns):
    """Plot the histograms, one panel per quantity.

    Args:
        counts: As in `histogram_rows`, like `against`.
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure.
    """
    is_wide = n_columns == 2
    figure, axes = plt.subplots(
        *((1, len(QUANTITIES)) if is_wide else (len(QUANTITIES), 1)),
        figsize=(style.WIDTHS_INCHES[n_columns], 2.3 if is_wide else 4.2),
        layout="constrained",
    )
    for axis, quantity in zip(axes, QUANTITIES, strict=True):
        for (predictor, of_quantity), of_bins in counts.items():
            if of_quantity != quantity:
                continue
            colour, line = LINES.get(predictor, NETWORK_LINE)
            axis.stairs(
                100 * of_bins / max(of_bins.sum(), 1),
                edges_ms(quantity),
                color=colour,
                ls=line,
                lw=1.1,
                label="network" if inputs_of(predictor) else NAMES[predictor],
            )
        axis.axvline(0, color="black", lw=0.5)
        axis.set_xlabel(f"Error of {quantity} relative to the {against} (ms)")
        axis.set_ylabel("Voxels (%)")
        axis.set_ylim(bottom=0)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure
