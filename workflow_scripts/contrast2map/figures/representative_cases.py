"""Figure 2: inputs, reference maps, predicted maps and their errors."""

from contrast2map.figures import style
from contrast2map.figures.cases import brain_window
from contrast2map.figures.tiles import (
    Panel,
    draw_colour_bar,
    draw_colour_bars,
    draw_panel,
    error_tile,
    extent_mm,
    hide_frame,
    image_tile,
    map_tile,
    tile_grid,
)
from contrast2map.study.contrast_names import usual_name


def representative_panels(cases):
    """Panels of Figure 2: one row per case; inputs and, per quantity, reference, network and error.

    Args:
        cases: List of `Case` with the same contrasts and quantities and a single predictor.

    Returns:
        List of rows, each a list of `Panel` cropped to the brain.
    """
    return [_row(case.cropped(brain_window(case.brain))) for case in cases]


def representative_cases(panels, n_columns=2):
    """Draw the panels of `representative_panels`.

    Args:
        panels: Panels of at least one case.
        n_columns: Width in journal columns. In one column, a case has a row of inputs and one of
            each quantity; in two columns, it has a single row.

    Returns:
        The figure. All maps of a quantity share one window.
    """
    if n_columns == 1:
        return _in_one_column(panels)
    contrasts = [panel.shows for panel in panels[0] if panel.of == "image"]
    quantities = list(panels[0][0].case.reference_s)
    names = [usual_name(name) for name in contrasts]
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
        draw_colour_bar(figure, of_quantity[:2], f"{quantity} (ms)")
        draw_colour_bar(figure, of_quantity[2:], f"{quantity} error (ms)")
    return figure


def _in_one_column(panels):
    """A row of inputs and one row of each quantity for each case that fits on a page."""
    quantities = list(panels[0][0].case.reference_s)
    of_image = [panel for panel in panels[0] if panel.of == "image"]
    n_tiles = max(len(of_image), 3)  # reference, network and error
    width_mm, height_mm = extent_mm(panels[0][0].case)
    tile_inches = style.ONE_COLUMN_INCHES / n_tiles * height_mm / width_mm
    most = max(int((style.TALLEST_INCHES - 1) / (tile_inches * (1 + len(quantities)))), 1)
    shown = [
        [panel for panel in row if (panel.shows if panel.of != "image" else None) == part]
        for row in panels[:most]
        for part in (None, *quantities)
    ]
    extents = [extent_mm(row[0].case) for row in shown]
    figure, rows = tile_grid(extents, n_tiles, style.ONE_COLUMN_INCHES)
    names = ["reference", "network", "error"]
    for axes, row in zip(rows, shown, strict=True):
        is_image = row[0].of == "image"
        for number, axis in enumerate(axes):
            if number >= len(row):
                hide_frame(axis)
                continue
            draw_panel(axis, row[number])
            name = row[number].shows
            words = usual_name(name) if is_image else f"{name} {names[number]}"
            axis.text(
                *(0.03, 0.99, words),
                transform=axis.transAxes,
                va="top",
                fontsize=style.SMALL_POINTS,
                bbox={"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 0.6},
            )
        if is_image:
            axes[0].set_ylabel(row[0].case.title, fontsize=style.SMALL_POINTS, labelpad=2)
    bars = []
    for number, quantity in enumerate(quantities, 1):
        of_map, _, of_error = rows[number][:3]
        bars.append((of_map.images[0], f"{quantity} (ms)"))
        bars.append((of_error.images[0], f"{quantity} error (ms)"))
    draw_colour_bars(figure, bars)
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
