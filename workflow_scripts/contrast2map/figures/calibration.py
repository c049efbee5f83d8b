"""Error against spread: whether the spread of the predictions is a calibrated uncertainty."""

import matplotlib.pyplot as plt
from matplotlib import ticker

from contrast2map.figures import style
from contrast2map.study.terms import QUANTITIES

MARKERS = "os^Dv"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")


def calibration_figure(bins, against, n_columns):
    """Plot one panel per quantity, one line per subject, with the line of identity.

    Args:
        bins: Table with quantity, subject, bin, n_voxels, spread_ms and error_ms (root mean
            squares, see `evaluation.voxel_errors.calibration`).
        against: Map relative to which the errors are given, "truth" or "reference".
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure.
    """
    is_wide = n_columns == 2
    figure, axes = plt.subplots(
        *((1, len(QUANTITIES)) if is_wide else (len(QUANTITIES), 1)),
        figsize=(style.WIDTHS_INCHES[n_columns], 2.9 if is_wide else 5.6),
        layout="constrained",
    )
    for axis, quantity in zip(axes, QUANTITIES, strict=True):
        ours = bins[bins["quantity"] == quantity]
        for n, (subject, of_subject) in enumerate(ours.groupby("subject", sort=True)):
            axis.plot(
                of_subject["spread_ms"],
                of_subject["error_ms"],
                color=COLOURS[n % len(COLOURS)],
                marker=MARKERS[n % len(MARKERS)],
                ms=3.5,
                lw=0.9,
                label=f"sub-{subject}",
            )
        values = ours[["spread_ms", "error_ms"]].to_numpy(float)
        values = values[(values > 0).all(axis=1)]
        if values.size:
            low, high = 0.8 * values.min(), 1.25 * values.max()
            axis.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
            for of_axis in (axis.xaxis, axis.yaxis):
                of_axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
                of_axis.set_major_formatter("{x:g}")
                of_axis.set_minor_formatter(ticker.NullFormatter())
            axis.axline((low, low), (high, high), color="black", lw=0.6, ls="--", label="identity")
        axis.set_aspect("equal")
        axis.set_xlabel(f"RMS spread of {quantity} (ms)")
        axis.set_ylabel(f"RMS error of {quantity} vs {against} (ms)")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure
