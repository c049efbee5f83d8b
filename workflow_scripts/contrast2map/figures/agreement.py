"""Figure 3: Bland-Altman plots."""

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import style
from contrast2map.statistics.agreement import (
    differences,
    limits_of_agreement,
    percentage_differences,
)
from contrast2map.statistics.intervals import of_mean
from contrast2map.study.published import LARGEST_BIAS_PERCENT, LARGEST_LIMIT_PERCENT
from contrast2map.study.terms import REGION_NAMES

PUBLISHED_COLOUR = "#4a7fb5"
DASHED = (0, (6, 3))
# In widths of the panel, in its right margin. Each interval has its own place, because those of few
# subjects overlap.
WHISKER_PLACES = (1.02, 1.04, 1.06)
POINT_COLUMNS = ("shows", "subject", "region", "predicted_ms", "reference_ms", "mean_ms")
LINES = ("lower limit", "bias", "upper limit")


def bland_altman(predicted_ms, reference_ms, regions, quantity, limit_intervals, n_columns=2):
    """Plot differences against means of all regions, in percent and ms.

    Bias and limits are computed from all points, as in the paper; their intervals treat each
    subject as one unit.

    Args:
        predicted_ms: Region means of predicted maps in ms, shape (subject, region); NaN where
            missing.
        reference_ms: Region means of reference maps in ms, same shape.
        regions: Name of each region.
        quantity: T1 or T2.
        limit_intervals: Function of differences, shape (subject, region), that returns the 95 %
            confidence intervals of the lower and the upper limit.
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure: percentages with the published bounds first, then ms.
    """
    predicted_ms, reference_ms = np.asarray(predicted_ms, float), np.asarray(reference_ms, float)
    means_ms = (predicted_ms + reference_ms) / 2
    values_by_unit = _values_by_unit(predicted_ms, reference_ms)
    is_wide = n_columns == 2
    figure, axes = plt.subplots(
        *((1, 2) if is_wide else (2, 1)),
        figsize=(style.WIDTHS_INCHES[n_columns], 2.75 if is_wide else 5.2),
        layout="constrained",
    )
    for axis, (unit, values) in zip(axes, values_by_unit.items(), strict=True):
        for region, (colour, marker) in style.REGION_STYLES.items():
            here = list(regions).index(region)
            axis.scatter(
                means_ms[:, here],
                values[:, here],
                s=14,
                color=colour,
                marker=marker,
                alpha=0.9,
                linewidths=0,
                label=REGION_NAMES[region],
            )
        if unit == "%":
            _draw_published(axis, quantity)
        _draw_intervals(axis, _intervals(values, limit_intervals))
        _draw_limits(axis, limits_of_agreement(values), unit)
        axis.set_xlabel(f"Mean of network and reference {quantity} (ms)")
        axis.set_ylabel(f"Network minus reference {quantity} ({unit})")
        if not np.isfinite(values).any():
            axis.text(0.5, 0.5, "no region means", transform=axis.transAxes, ha="center")
    named = dict(zip(*reversed(axes[0].get_legend_handles_labels()), strict=True))
    whisker = named.pop("whisker", None)
    if whisker is not None:
        named["95 % intervals (margin)"] = whisker
    handles, labels = list(named.values()), list(named)
    figure.legend(handles, labels, loc="outside lower center", ncols=5 if is_wide else 2)
    return figure


def bland_altman_data(predicted_ms, reference_ms, subjects, regions, quantity, limit_intervals):
    """Data of the figure as rows: points, lines and published bounds.

    Args:
        predicted_ms: As in `bland_altman`, like all arguments except `subjects`.
        subjects: Label of each subject.

    Returns:
        List of dictionaries. `shows` is point, bias, lower limit, upper limit, published bias or
        published limit; the value and 95 % interval of a line are given in both units.
    """
    predicted_ms, reference_ms = np.asarray(predicted_ms, float), np.asarray(reference_ms, float)
    by_unit = {
        "percent" if unit == "%" else unit: values
        for unit, values in _values_by_unit(predicted_ms, reference_ms).items()
    }
    # The file must have the same columns whether or not there are points.
    empty = {"quantity": quantity} | dict.fromkeys(POINT_COLUMNS)
    rows = [
        empty
        | {
            "shows": "point",
            "subject": subject,
            "region": region,
            "predicted_ms": predicted_ms[place],
            "reference_ms": reference_ms[place],
            "mean_ms": (predicted_ms[place] + reference_ms[place]) / 2,
            **{f"difference_{unit}": values[place] for unit, values in by_unit.items()},
        }
        for s, subject in enumerate(subjects)
        for r, region in enumerate(regions)
        for place in [(s, r)]
    ]
    lines = {name: empty | {"shows": name} for name in LINES}
    for unit, values in by_unit.items():
        limits, intervals = limits_of_agreement(values), _intervals(values, limit_intervals)
        for line, value, interval in zip(lines.values(), limits, intervals, strict=True):
            line[f"difference_{unit}"] = value
            line[f"interval_low_{unit}"], line[f"interval_high_{unit}"] = interval
    bounds = {"published bias": LARGEST_BIAS_PERCENT, "published limit": LARGEST_LIMIT_PERCENT}
    published = [
        empty | {"shows": name, "difference_percent": sign * bound[quantity]}
        for name, bound in bounds.items()
        for sign in (-1, 1)
    ]
    return [*rows, *lines.values(), *published]


def _values_by_unit(predicted_ms, reference_ms):
    return {
        "%": percentage_differences(predicted_ms, reference_ms),
        "ms": differences(predicted_ms, reference_ms),
    }


def _intervals(values, limit_intervals):
    """95 % intervals of lower limit, bias and upper limit."""
    lower, upper = limit_intervals(values)
    return lower, of_mean(values[np.isfinite(values).all(axis=1)].mean(axis=1)), upper


def _draw_intervals(axis, limits):
    """Draw the 95 % confidence intervals of bias and limits, if they exist, in the margin."""
    for place, interval in zip(WHISKER_PLACES, limits, strict=True):
        if np.isfinite(interval).all():
            low, high = axis.get_ylim()
            axis.set_ylim(min(low, interval[0]), max(high, interval[1]))
            axis.plot(
                [place] * 2,
                interval,
                transform=axis.get_yaxis_transform(),
                clip_on=False,
                color="black",
                lw=0.9,
                marker="_",
                ms=4,
                label="whisker",
            )


def _draw_limits(axis, limits, unit):
    drawn = {name: value for name, value in limits._asdict().items() if np.isfinite(value)}
    for name, value in drawn.items():
        axis.axhline(value, color="black", lw=0.8, ls="-" if name == "bias" else DASHED)
    # For the legend; the lines are labelled at the margin.
    axis.axhline(np.nan, color="black", lw=0.8, label="bias")
    axis.axhline(np.nan, color="black", lw=0.8, ls=DASHED, label="95 % limits")
    lowest, highest = axis.get_ylim()
    heights = _spread(list(drawn.values()), 0.1 * (highest - lowest))
    for (name, value), height in zip(drawn.items(), heights, strict=True):
        axis.annotate(
            f"{name}\n{value:+.1f} {unit}".replace("-", "−"),
            xy=(1, height),
            xycoords=("axes fraction", "data"),
            xytext=(15, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL_POINTS,
            linespacing=0.95,
        )


def _spread(sorted_heights, distance):
    """Heights of three labels, moved away from the middle one where they would overlap."""
    if len(sorted_heights) < 3:
        return sorted_heights
    lower, middle, upper = sorted_heights
    return [min(lower, middle - distance), middle, max(upper, middle + distance)]


def _draw_published(axis, quantity):
    limit, bias = LARGEST_LIMIT_PERCENT[quantity], LARGEST_BIAS_PERCENT[quantity]
    for bound, alpha, words in (
        (limit, 0.13, "published limits"),
        (bias, 0.25, "published bias"),
    ):
        axis.axhspan(
            *(-bound, bound),
            color=PUBLISHED_COLOUR,
            alpha=alpha,
            lw=0,
            zorder=0,
            label=f"{words} ±{bound:g} %",
        )
    for sign in (-1, 1):
        axis.axhline(sign * limit, color=PUBLISHED_COLOUR, lw=1.1, zorder=0.5)
    low, high = axis.get_ylim()
    axis.set_ylim(min(low, -1.15 * limit), max(high, 1.15 * limit))
