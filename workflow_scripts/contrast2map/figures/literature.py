"""T1 and T2 of four tissues beside values of the literature, drawn as bands."""

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import style
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS

QIU = "Qiu 2022 (reference maps)"
# Colour and hatching of each source, in the order of first appearance.
BANDS = (
    ("#9ec5e8", ""),
    ("#f2c48d", "//"),
    ("#b7dbb0", ".."),
    ("#d9bfe0", "xx"),
    ("#d0d0d0", "\\\\"),
    ("#f0e08a", "++"),
)
POINTS = {"network": (style.NETWORK_COLOUR, "o"), "reference": ("black", "s")}


def literature_rows(table, predictor, literature):
    """Values of this study and of the literature as rows: the data of the figure.

    Args:
        table: Table of `tables.rois.summarise_rois`.
        predictor: Name of the network.
        literature: Table with quantity, region, low_ms, high_ms, meaning, source, doi and read_in.

    Returns:
        List of dicts with `shows` (network, reference or literature), quantity, region, source,
        mean_ms (missing for a range), low_ms and high_ms: mean ± SD, or the range.
    """
    ours = table[table["predictor"] == predictor]
    rows = []
    for row in ours.to_dict("records"):
        cell = {"quantity": row["quantity"], "region": row["region"]}
        for shows, column, source in (
            ("network", "predicted", "this study"),
            ("reference", "reference", "this study"),
            ("literature", "published_reference", QIU),
        ):
            mean_ms, sd_ms = row[f"{column}_mean_ms"], row[f"{column}_sd_ms"]
            sd_ms = 0.0 if np.isnan(sd_ms) else sd_ms
            bounds = {"mean_ms": mean_ms, "low_ms": mean_ms - sd_ms, "high_ms": mean_ms + sd_ms}
            rows.append({"shows": shows} | cell | {"source": source} | bounds)
    names = ["quantity", "region", "source", "low_ms", "high_ms", "meaning", "doi", "read_in"]
    found = literature[names].to_dict("records")
    return rows + [{"shows": "literature"} | row for row in found]


def literature_figure(rows, n_columns):
    """Plot one panel per quantity, one line per tissue.

    Args:
        rows: Rows of `literature_rows`.
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure: bands of the literature, and mean ± SD across the subjects of this study.
    """
    is_wide = n_columns == 2
    figure, axes = plt.subplots(
        *((1, len(QUANTITIES)) if is_wide else (len(QUANTITIES), 1)),
        figsize=(style.WIDTHS_INCHES[n_columns], 2.8 if is_wide else 5.2),
        layout="constrained",
    )
    sources = list(dict.fromkeys(row["source"] for row in rows if row["shows"] == "literature"))
    for axis, quantity in zip(axes, QUANTITIES, strict=True):
        for place, region in enumerate(REGIONS):
            here = [row for row in rows if (row["quantity"], row["region"]) == (quantity, region)]
            bands = [row for row in here if row["shows"] == "literature"]
            for number, row in enumerate(bands):
                colour, hatch = BANDS[sources.index(row["source"]) % len(BANDS)]
                height = 0.8 / len(bands)
                axis.barh(
                    place - 0.4 + (number + 0.5) * height,
                    row["high_ms"] - row["low_ms"],
                    left=row["low_ms"],
                    height=0.9 * height,
                    color=colour,
                    hatch=hatch,
                    edgecolor="white",
                    lw=0,
                    label=row["source"],
                )
            for offset, shows in ((-0.12, "network"), (0.12, "reference")):
                for row in (row for row in here if row["shows"] == shows):
                    colour, marker = POINTS[shows]
                    axis.errorbar(
                        row["mean_ms"],
                        place + offset,
                        xerr=row["high_ms"] - row["mean_ms"],
                        color=colour,
                        marker=marker,
                        ms=4,
                        lw=1.1,
                        capsize=2,
                        label=f"this study: {shows}, mean ± SD",
                    )
        axis.use_sticky_edges = False
        axis.margins(x=0.05)
        axis.set_yticks(range(len(REGIONS)), [REGION_NAMES[region] for region in REGIONS])
        axis.invert_yaxis()
        axis.set_xlabel(f"{quantity} (ms)")
    named = {}
    for axis in axes:
        named |= dict(zip(*reversed(axis.get_legend_handles_labels()), strict=True))
    handles, labels = list(named.values()), list(named)
    figure.legend(handles, labels, loc="outside lower center", ncols=3 if is_wide else 1)
    return figure
