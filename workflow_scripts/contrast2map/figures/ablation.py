"""Figures S1 and S2: maps by input set, and lesions with and without one contrast."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import style
from contrast2map.figures.cases import brain_window
from contrast2map.figures.tiles import (
    Panel,
    draw_colour_bar,
    draw_panel,
    error_tile,
    extent_mm,
    hide_frame,
    image_tile,
    map_tile,
    tile_grid,
)
from contrast2map.study.contrast_names import usual_name
from contrast2map.study.predictors import inputs_of

SMALL = {"fontsize": style.SMALL_POINTS}
# With more rows of tiles, a figure as wide as two journal columns is taller than a page.
MOST_WIDE_ROWS = 4
LABEL_CHARACTERS, TITLE_CHARACTERS = 16, 12  # per line, next to and inside a small tile


def input_set_panels(case):
    """Panels of Figure S1: one row for the reference and each network; map and error per quantity.

    Args:
        case: `Case` with all networks in the order of the rows.

    Returns:
        List of rows, each a list of `Panel` cropped to the brain; the first row has no errors.
    """
    case = case.cropped(brain_window(case.brain))
    rows = [
        [
            Panel(quantity, "reference", case, map_tile(map_s, case.brain, quantity))
            for quantity, map_s in case.reference_s.items()
        ]
    ]
    for predictor, maps_s in case.predicted_s.items():
        rows.append([])
        for quantity, reference_s in case.reference_s.items():
            error = error_tile(maps_s[quantity], reference_s, case.brain, quantity)
            shown = map_tile(maps_s[quantity], case.brain, quantity)
            rows[-1].append(Panel(quantity, predictor, case, shown))
            rows[-1].append(Panel(quantity, f"{predictor} minus reference", case, error))
    return rows


def input_sets(panels, n_columns=2):
    """Draw the panels of `input_set_panels`.

    Args:
        panels: Panels of one case.
        n_columns: Width in journal columns, 1 or 2; many rows are always drawn in one column.

    Returns:
        The figure. Each error tile shows the mean absolute error of its slice, including CSF.
    """
    case = panels[0][0].case
    is_wide = n_columns == 2 and len(panels) <= MOST_WIDE_ROWS
    width = style.TWO_COLUMNS_INCHES if is_wide else style.ONE_COLUMN_INCHES
    figure, rows = tile_grid([extent_mm(case)] * len(panels), 2 * len(panels[0]), width)
    for column, panel in enumerate(panels[0]):
        of_map, of_error = rows[0][2 * column : 2 * column + 2]
        draw_panel(of_map, panel)
        hide_frame(of_error)
        of_map.set_title(panel.shows, pad=2, **SMALL)
        of_error.set_title(f"{panel.shows} error", pad=2, **SMALL)
    rows[0][0].set_ylabel("reference", labelpad=2, **SMALL)
    for axes, row in zip(rows[1:], panels[1:], strict=True):
        names = textwrap.fill(" + ".join(inputs_of(row[0].of)), LABEL_CHARACTERS)
        axes[0].set_ylabel(names, labelpad=2, **SMALL)
        for axis, panel in zip(axes, row, strict=True):
            draw_panel(axis, panel)
        for axis, panel in list(zip(axes, row, strict=True))[1::2]:
            known = np.isfinite(panel.tile.image)
            mae_ms = np.abs(panel.tile.image[known]).mean() if known.any() else np.nan
            corner = {"transform": axis.transAxes, "ha": "left", "va": "bottom"}
            axis.text(0.0, 0.0, f"MAE\n{mae_ms:.1f} ms", **corner, **SMALL)
    for column, panel in enumerate(panels[0]):
        of_map, of_error = rows[-1][2 * column : 2 * column + 2]
        draw_colour_bar(figure, [of_map], f"{panel.shows} (ms)")
        draw_colour_bar(figure, [of_error], f"{panel.shows} error (ms)")
    title = "\n".join(textwrap.fill(line, TITLE_CHARACTERS) for line in case.title.split("\n"))
    rows[0][1].text(0.02, 0.5, title, transform=rows[0][1].transAxes, va="center", **SMALL)
    return figure


def lesion_panels(cases, contrast):
    """Panels of Figure S2: one row per lesion; the contrast and, per quantity, three maps.

    Args:
        cases: List of `Case`, cropped around a lesion, each with one contrast and the same two
            networks, with and without the contrast. May be empty.
        contrast: Name of the contrast.

    Returns:
        List of rows, each a list of `Panel`: image, then reference and both networks by quantity.
    """
    return [_lesion_row(case, contrast) for case in cases]


def lesion_cases(panels):
    """Draw the panels of `lesion_panels`.

    Returns:
        The figure; without cases, a sentence that says so.
    """
    if not panels:
        figure = plt.figure(figsize=(style.ONE_COLUMN_INCHES, 0.5))
        figure.text(0.5, 0.5, "The selected slices contain no lesion.", ha="center", va="center")
        return figure
    contrast, quantities = panels[0][0].shows, list(panels[0][0].case.reference_s)
    names = [usual_name(contrast)]
    for quantity in quantities:
        labels = ("reference", f"with {usual_name(contrast)}", f"without {usual_name(contrast)}")
        names += [f"{quantity} {label}" for label in labels]
    extents = [extent_mm(row[0].case) for row in panels]
    figure, rows = tile_grid(extents, len(names), style.TWO_COLUMNS_INCHES)
    for axis, name in zip(rows[0], names, strict=True):
        axis.set_title(name, pad=2, **SMALL)
    for axes, row in zip(rows, panels, strict=True):
        for axis, panel in zip(axes, row, strict=True):
            draw_panel(axis, panel)
        axes[0].set_ylabel(row[0].case.title, labelpad=2, **SMALL)
    for number, quantity in enumerate(quantities):
        draw_colour_bar(figure, rows[-1][1 + 3 * number :][:3], f"{quantity} (ms)")
    return figure


def _lesion_row(case, contrast):
    row = [Panel(contrast, "image", case, image_tile(case.inputs[contrast], case.brain))]
    for quantity in case.reference_s:
        for name, maps_s in {"reference": case.reference_s, **case.predicted_s}.items():
            tile = map_tile(maps_s[quantity], case.brain, quantity)
            row.append(Panel(quantity, name, case, tile))
    return row
