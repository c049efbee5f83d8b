"""Figures S1 and S2: maps by input set, and lesions with and without one of the contrasts."""

import matplotlib.pyplot as plt

from contrast2map.cases import brain_window
from contrast2map.errors import mean_absolute_error_ms
from contrast2map.figures_tiles import (
    draw_colour_bar,
    draw_tile,
    error_tile,
    extent_mm,
    hide_frame,
    image_tile,
    map_tile,
    tile_grid,
)
from contrast2map.predictors import inputs_of

TILE_INCHES = 1.9
LESION_TILE_INCHES = 1.9


def input_sets(case):
    """Rows of the reference and each network; columns of map and error of each quantity.

    Args:
        case: `Case` with all networks, named by their inputs in the order of the rows.

    Returns:
        The figure. An error tile carries the mean absolute error of its slice, CSF included.
    """
    case = case.cropped(brain_window(case.brain))
    quantities = list(case.reference_s)
    n_rows = 1 + len(case.predicted_s)
    figure, rows = tile_grid([extent_mm(case)] * n_rows, 2 * len(quantities), TILE_INCHES)
    rows[0][0].set_ylabel("reference", fontsize=9)
    for row, (predictor, maps_s) in zip(rows[1:], case.predicted_s.items(), strict=True):
        row[0].set_ylabel(" + ".join(inputs_of(predictor)), fontsize=9)
        for column, quantity in enumerate(quantities):
            of_map, of_error = row[2 * column : 2 * column + 2]
            reference_s, predicted_s = case.reference_s[quantity], maps_s[quantity]
            _draw(of_map, map_tile(predicted_s, case.brain, quantity), case)
            _draw(of_error, error_tile(predicted_s, reference_s, case.brain, quantity), case)
            known = case.brain & (reference_s > 0)
            mae_ms = mean_absolute_error_ms(predicted_s, reference_s, known)
            corner = {"transform": of_error.transAxes, "ha": "left", "va": "bottom"}
            of_error.text(0.0, 0.0, f"MAE\n{mae_ms:.1f} ms", fontsize=8, **corner)
    for column, quantity in enumerate(quantities):
        of_map, of_error = rows[0][2 * column : 2 * column + 2]
        _draw(of_map, map_tile(case.reference_s[quantity], case.brain, quantity), case)
        hide_frame(of_error)
        of_map.set_title(quantity, fontsize=9)
        of_error.set_title(f"{quantity} error", fontsize=9)
        of_map, of_error = rows[-1][2 * column : 2 * column + 2]
        draw_colour_bar(figure, [of_map], f"{quantity} (ms)", "max")
        draw_colour_bar(figure, [of_error], f"{quantity} error (ms)", "both")
    rows[0][1].text(0.02, 0.5, case.title, transform=rows[0][1].transAxes, va="center")
    return figure


def lesion_cases(cases, contrast):
    """Rows of lesions; columns of the contrast and, per quantity, reference and two networks.

    Args:
        cases: List of `Case`, cropped about a lesion, each with one contrast and the same two
            networks: that with the contrast, then that without it. May be empty.
        contrast: Name of the contrast.

    Returns:
        The figure; without any case, a sentence.
    """
    if not cases:
        figure = plt.figure(figsize=(6, 1))
        figure.text(0.5, 0.5, "No lesion lies in a selected slice.", ha="center", va="center")
        return figure
    quantities = list(cases[0].reference_s)
    names = [contrast.upper()]
    for quantity in quantities:
        labels = ("reference", f"with {contrast.upper()}", f"without {contrast.upper()}")
        names += [f"{quantity} {label}" for label in labels]
    figure, rows = tile_grid([extent_mm(case) for case in cases], len(names), LESION_TILE_INCHES)
    for axis, name in zip(rows[0], names, strict=True):
        axis.set_title(name, fontsize=9)
    for row, case in zip(rows, cases, strict=True):
        tiles = [image_tile(case.inputs[contrast], case.brain)]
        for quantity in quantities:
            maps_s = [case.reference_s, *case.predicted_s.values()]
            tiles += [map_tile(map_s[quantity], case.brain, quantity) for map_s in maps_s]
        for axis, tile in zip(row, tiles, strict=True):
            _draw(axis, tile, case)
        row[0].set_ylabel(case.title, fontsize=9)
    for number, quantity in enumerate(quantities):
        draw_colour_bar(figure, rows[-1][1 + 3 * number :][:3], f"{quantity} (ms)", "max")
    return figure


def _draw(axis, tile, case):
    draw_tile(axis, tile, case.lesions, case.voxel_mm)
