"""Loss curves of all folds."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import ticker

from contrast2map.figures import colours, style
from contrast2map.study.terms import QUANTITIES

PANELS = {"loss": "Total loss (unitless)"}
PANELS |= {f"{quantity}_error": f"Relative error of {quantity} (%)" for quantity in QUANTITIES}
SCALES = {f"{quantity}_error": 100 for quantity in QUANTITIES}
VALIDATION = "validation_"
THIN, THICK = 0.5, 1.4
# Line styles distinguish the folds without colour.
LINE_STYLES = ("-", "--", "-.", ":")


def loss_curves(logs, n_columns=2):
    """Plot loss and relative errors of every fold by optimiser step.

    Errors of validation subjects, if the logs have them, are drawn as thick lines over those of the
    training patches.

    Args:
        logs: Dict mapping fold to its log, a dict mapping n_steps, those of `PANELS` and, if there
            are validation subjects, the errors after `VALIDATION` to values of shape (epoch,).
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure.
    """
    shape = (1, len(PANELS)) if n_columns == 2 else (len(PANELS), 1)
    figure, axes = plt.subplots(
        *shape,
        figsize=(style.WIDTHS_INCHES[n_columns], 1.8 * shape[0] + 0.3),
        layout="constrained",
    )
    of_folds = colours.OF_FOLD(np.linspace(0.05, 0.75, len(logs)))
    for axis, (column, name) in zip(axes, PANELS.items(), strict=True):
        drawn = [
            each
            for each in (column, VALIDATION + column)
            if all(each in log for log in logs.values())
        ]
        for number, (colour, (fold, log)) in enumerate(zip(of_folds, logs.items(), strict=True)):
            for each in drawn:
                is_thin = len(drawn) > 1 and each == column
                axis.plot(
                    log["n_steps"],
                    SCALES.get(column, 1) * np.asarray(log[each], float),
                    color=colour,
                    lw=THIN if is_thin else THICK,
                    ls=LINE_STYLES[number % len(LINE_STYLES)],
                    # A single epoch is a point, not a line.
                    marker="o" if len(log["n_steps"]) == 1 else None,
                    ms=2 if is_thin else 4,
                    label=fold.replace("_", " "),
                )
        axis.set_ylabel(name)
        axis.set_xlabel("Optimiser step")
        if all(np.nanmin(log[each], initial=np.inf) > 0 for log in logs.values() for each in drawn):
            axis.set_yscale("log")
            axis.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
            axis.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
            axis.yaxis.set_minor_formatter(ticker.NullFormatter())
    figure.legend(
        *axes[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=min(len(logs), 9 if n_columns == 2 else 3),
    )
    return figure


def loss_data(logs):
    """Data of the figure as rows, one per fold and epoch.

    Args:
        logs: As in `loss_curves`, with epoch in addition.

    Returns:
        List of dictionaries; all values are unitless.
    """
    errors = [
        column for column in SCALES if all(VALIDATION + column in log for log in logs.values())
    ]
    validated = (VALIDATION + column for column in errors)
    columns = ("epoch", "n_steps", *PANELS, "learning_rate", *validated)
    return [
        {"fold": fold} | dict(zip(columns, (int(epoch), int(step), *values), strict=True))
        for fold, log in logs.items()
        for epoch, step, *values in zip(*(log[name] for name in columns), strict=True)
    ]
