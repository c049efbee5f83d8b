"""Figure 2: inputs, reference maps, predicted maps and their errors."""

from contrast2map.figures import style
from contrast2map.figures.cases import brain_window
from contrast2map.figures.tiles import (
    Panel,
    draw_colour_bar,
    draw_panel,
    error_tile,
    extent_mm,
    image_tile,
    map_tile,
    tile_grid,
)


def representative_panels(cases):
    """Panels of Figure 2: one row per case; inputs and, per quantity, reference, network and error.

    Args:
        cases: List of `Case` with the same contrasts and quantities and a single predictor.

    Returns:
        List of rows, each a list of `Panel` cropped to the brain.
    """
    return [_row(case.cropped(brain_window(case.brain))) for case in cases]


def representative_cases(panels):
    """Draw the panels of `representative_panels`.

    Returns:
        The figure. All rows of a map's column share one window.
    """
    contrasts = [panel.shows for panel in panels[0] if panel.of == "image"]
    quantities = list(panels[0][0].case.reference_s)
    names = [name.upper() for name in contrasts]
    for quantity in quantities:
        names += [f"{quantity} reference", f"{quantity} network", f"{quantity} error"]
    extents = [extent_mm(row[0].case) for row in panels]
    figure, rows = tile_grid(extents, len(names), style.TWO_COLUMNS_INCHES)
    for axis, name in zip(rows[0], names, strict=True):
        axis.set_title(name, fontsize=style.SMALL_POINTS, pad=2)
    for axes, row in zip(rows, panels, strict=True):
        for axis, panel in zip(axes, row, strict=True):
            draw_panel(axis, panel)
        axes[0].set_ylabel(row[0].case.title, fontsize=style.SMALL_POINTS, labelpad=2)
    for number, quantity in enumerate(quantities):
        of_quantity = rows[-1][len(contrasts) + 3 * number :][:3]
        draw_colour_bar(figure, of_quantity[:2], f"{quantity} (ms)", "max")
        draw_colour_bar(figure, of_quantity[2:], f"{quantity} error (ms)", "both")
    return figure


def _row(case):
    ((predictor, predicted_s),) = case.predicted_s.items()
    row = [
        Panel(name, "image", case, image_tile(image, case.brain))
        for name, image in case.inputs.items()
    ]
    for quantity, reference_s in case.reference_s.items():
        ours_s = predicted_s[quantity]
        error = error_tile(ours_s, reference_s, case.brain, quantity)
        row += [
            Panel(quantity, "reference", case, map_tile(reference_s, case.brain, quantity)),
            Panel(quantity, predictor, case, map_tile(ours_s, case.brain, quantity)),
            Panel(quantity, f"{predictor} minus reference", case, error),
        ]
    return row
