"""Loss curves of all folds."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import ticker

from contrast2map.figures import colours, style

PANELS = {"loss": "Total loss", "l1": "L1", "ssim_loss": "SSIM loss"}
PANELS |= {"T1_error": "Relative error of T1", "T2_error": "Relative error of T2"}
# Line styles distinguish the folds without colour.
LINE_STYLES = ("-", "--", "-.", ":")


def loss_curves(logs):
    """Plot the training losses of every fold, one panel per term, and the learning rate.

    Args:
        logs: Dict mapping fold to its log, a dict mapping epoch, learning_rate and those of
            `PANELS` that the training has to values of shape (epoch,).

    Returns:
        The figure.
    """
    panels = _panels(logs)
    figure, axes = plt.subplots(
        1, len(panels) + 1, figsize=(style.TWO_COLUMNS_INCHES, 2.1), layout="constrained"
    )
    of_folds = colours.OF_FOLD(np.linspace(0.05, 0.75, len(logs)))
    for axis, (column, name) in zip(
        axes, (panels | {"learning_rate": "Learning rate"}).items(), strict=True
    ):
        for number, (colour, (fold, log)) in enumerate(zip(of_folds, logs.items(), strict=True)):
            # A single epoch is a point, not a line.
            marker = "o" if len(log["epoch"]) == 1 else None
            axis.plot(
                log["epoch"],
                log[column],
                color=colour,
                lw=0.9,
                ls=LINE_STYLES[number % len(LINE_STYLES)],
                marker=marker,
                ms=3,
                label=fold.replace("_", " "),
            )
        axis.set_ylabel(f"{name} (unitless)")
        axis.set_xlabel("Epoch")
        if all(np.nanmin(log[column], initial=np.inf) > 0 for log in logs.values()):
            axis.set_yscale("log")
            axis.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
            axis.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
            axis.yaxis.set_minor_formatter(ticker.NullFormatter())
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=min(len(logs), 9)
    )
    return figure


def loss_data(logs):
    """Data of the figure as rows, one per fold and epoch.

    Args:
        logs: As in `loss_curves`.

    Returns:
        List of dictionaries; losses are unitless.
    """
    columns = ("epoch", *_panels(logs), "learning_rate")
    return [
        {"fold": fold} | dict(zip(columns, (int(epoch), *values), strict=True))
        for fold, log in logs.items()
        for epoch, *values in zip(*(log[name] for name in columns), strict=True)
    ]


def _panels(logs):
    """The terms that all logs have, with their names."""
    return {
        column: name
        for column, name in PANELS.items()
        if all(column in log for log in logs.values())
    }
