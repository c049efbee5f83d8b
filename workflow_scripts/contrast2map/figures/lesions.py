"""Figure of lesions: contrast against that in reference and truth, error against size."""

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.evaluation.lesion_summary import correlation
from contrast2map.figures import style
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number
from contrast2map.tables.lesions import NO_LESION

# Okabe-Ito colours, readable with any colour vision; shape and filling differ as well.
STYLES = {
    "predicted": {"label": "network", "color": "#0072B2", "marker": "o"},
    "reference": {"label": "reference", "color": "#D55E00", "marker": "s", "facecolors": "none"},
}
LEGEND_DIAMETERS_MM = (3, 6, 12)
LINE = {"color": "#8a8a8a", "lw": 0.7, "zorder": 0}


def lesion_figure(lesions, n_columns=2):
    """Plot one row of panels per quantity, one point per lesion; marker size shows lesion size.

    Args:
        lesions: Table of lesions (`evaluate_lesions`) of one predictor, all folds.
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure: contrast of the network against that of the reference and, if the truth is
        known, of network and reference against the truth; error against diameter.
    """
    if lesions.empty:
        figure, axis = plt.subplots(figsize=(style.ONE_COLUMN_INCHES, 0.8), layout="constrained")
        axis.text(0.5, 0.5, NO_LESION, ha="center", va="center")
        axis.set_axis_off()
        return figure
    has_truth = bool(lesions["truth_mean_ms"].notna().any())
    n_panels = 3 if has_truth else 2
    is_wide = n_columns == 2
    figure, axes = plt.subplots(
        *((2, n_panels) if is_wide else (n_panels, 2)),
        figsize=(
            style.WIDTHS_INCHES[n_columns],
            0.9 + 8.4 / n_panels if is_wide else 0.8 + 1.75 * n_panels,
        ),
        layout="constrained",
        squeeze=False,
    )
    axes = axes if is_wide else axes.T
    for row, quantity in zip(axes, QUANTITIES, strict=True):
        ours = lesions[lesions["quantity"] == quantity]
        _draw_contrast(row[0], ours, quantity, "reference", ("predicted",))
        if has_truth:
            _draw_contrast(row[1], ours, quantity, "truth", ("predicted", "reference"))
        _draw_errors(row[-1], ours, quantity, has_truth)
    for diameter_mm in LEGEND_DIAMETERS_MM:
        area = _area(diameter_mm)
        axes[0, 0].scatter([], [], s=area, c="none", edgecolors="0.3", label=f"{diameter_mm} mm")
    named = {}
    for axis in axes[0, ::-1]:
        named |= dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    named["lesion diameter:"] = plt.Line2D([], [], ls="")
    sizes = [f"{diameter_mm} mm" for diameter_mm in LEGEND_DIAMETERS_MM]
    labels = [*(label for label in named if label not in sizes), *sizes]
    figure.legend(
        [named[label] for label in labels],
        labels,
        loc="outside lower center",
        ncols=len(labels) if is_wide else 4,
        columnspacing=1.2,
        handletextpad=0.4,
    )
    n_subjects = lesions["subject"].nunique()
    n_lesions = len(lesions[["subject", "lesion"]].drop_duplicates())
    figure.suptitle(f"{n_lesions} lesions of {n_subjects} held-out subjects")
    return figure


def lesion_data(lesions):
    """Data of the figure as rows, one per lesion and quantity.

    Args:
        lesions: Table of lesions (`evaluate_lesions`) of one predictor, all folds.

    Returns:
        List of dictionaries with contrasts and errors in ms and diameters in mm; `error_against`
        names the map relative to which errors are given.
    """
    against = "truth" if lesions["truth_mean_ms"].notna().any() else "reference"
    rows = lesions[["subject", "group", "lesion", "quantity", "diameter_mm"]].copy()
    for name in ("predicted", "reference", "truth"):
        rows[f"{name}_contrast_ms"] = lesions[f"{name}_contrast_ms"].astype(float)
    for name in ("predicted", "reference"):
        rows[f"{name}_error_ms"] = _error_ms(lesions, name, against)
    if against == "reference":
        rows["reference_error_ms"] = np.nan
    rows["error_against"] = against
    return rows.to_dict("records") or [dict.fromkeys(rows)]


def _error_ms(lesions, name, against):
    return (lesions[f"{name}_mean_ms"] - lesions[f"{against}_mean_ms"]).astype(float)


def _draw_contrast(axis, lesions, quantity, against, names):
    known_ms = lesions[f"{against}_contrast_ms"].to_numpy(float)
    correlations = []
    for name in names:
        contrast_ms = lesions[f"{name}_contrast_ms"].to_numpy(float)
        both = np.isfinite(known_ms) & np.isfinite(contrast_ms)
        r = number(correlation(contrast_ms[both], known_ms[both]), 2)
        correlations.append(f"{STYLES[name]['label']} {r}" if len(names) > 1 else r)
        _scatter(axis, known_ms, contrast_ms, lesions, name, STYLES[name]["label"])
    axis.set_title(f"{quantity}, r: " + ",\n".join(correlations))
    bounds_ms = [*axis.get_xlim(), *axis.get_ylim()]
    axis.set(xlim=(min(bounds_ms), max(bounds_ms)), ylim=(min(bounds_ms), max(bounds_ms)))
    axis.set_aspect("equal")
    axis.axline((0, 0), slope=1, ls="--", label="identity", **LINE)
    axis.axhline(0, **LINE)
    word = {"reference": "Reference", "truth": "True"}[against]
    axis.set_xlabel(f"{word} contrast (ms)")
    axis.set_ylabel("Predicted contrast (ms)" if len(names) == 1 else "Contrast in map (ms)")
    axis.locator_params(nbins=4)


def _draw_errors(axis, lesions, quantity, has_truth):
    diameter_mm = lesions["diameter_mm"].to_numpy(float)
    against = "truth" if has_truth else "reference"
    for name in ("predicted", "reference") if has_truth else ("predicted",):
        errors_ms = _error_ms(lesions, name, against).to_numpy()
        _scatter(axis, diameter_mm, errors_ms, lesions, name, STYLES[name]["label"])
    axis.axhline(0, **LINE)
    axis.set_title(f"{quantity}, relative to the {against}")
    axis.set_xlabel("Lesion diameter (mm)")
    axis.set_ylabel("Error of mean (ms)")


def _scatter(axis, x, y, lesions, name, label):
    marker = STYLES[name] | {"label": label}
    colour = marker.pop("color")
    filling = {"facecolors": colour, "alpha": 0.65} | marker
    area = _area(lesions["diameter_mm"].to_numpy(float))
    axis.scatter(x, y, s=area, edgecolors=colour, linewidths=0.6, **filling)


def _area(diameter_mm):
    """Area of a marker, in points squared: 1 mm is half a point."""
    return (0.5 * diameter_mm) ** 2
