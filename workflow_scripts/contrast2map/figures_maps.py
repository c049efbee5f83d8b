"""Figure 2: inputs, reference maps, predicted maps and their errors, side by side."""

from contrast2map.cases import brain_window
from contrast2map.figures_tiles import (
    draw_colour_bar,
    draw_tile,
    error_tile,
    extent_mm,
    image_tile,
    map_tile,
    tile_grid,
)

WIDTH_INCHES = 13.5


def representative_cases(cases):
    """Rows of cases; columns of inputs and, per quantity, reference, network and error.

    Args:
        cases: List of `Case` with the same contrasts, quantities and one predictor.

    Returns:
        The figure. The windows of a column are the same in all rows.
    """
    cases = [case.cropped(brain_window(case.brain)) for case in cases]
    contrasts, quantities = list(cases[0].inputs), list(cases[0].reference_s)
    names = [name.upper() for name in contrasts]
    for quantity in quantities:
        names += [f"{quantity} reference", f"{quantity} network", f"{quantity} error"]
    figure, rows = tile_grid(
        [extent_mm(case) for case in cases], len(names), WIDTH_INCHES / len(names)
    )
    for axis, name in zip(rows[0], names, strict=True):
        axis.set_title(name, fontsize=9)
    for row, case in zip(rows, cases, strict=True):
        for axis, tile in zip(row, _tiles(case), strict=True):
            draw_tile(axis, tile, case.lesions, case.voxel_mm)
        row[0].set_ylabel(case.title, fontsize=9)
    for number, quantity in enumerate(quantities):
        of_quantity = rows[-1][len(contrasts) + 3 * number :][:3]
        draw_colour_bar(figure, of_quantity[:2], f"{quantity} (ms)", "max")
        draw_colour_bar(figure, of_quantity[2:], f"{quantity} error (ms)", "both")
    return figure


def _tiles(case):
    (predicted_s,) = case.predicted_s.values()
    tiles = [image_tile(image, case.brain) for image in case.inputs.values()]
    for quantity, reference_s in case.reference_s.items():
        tiles += [
            map_tile(reference_s, case.brain, quantity),
            map_tile(predicted_s[quantity], case.brain, quantity),
            error_tile(predicted_s[quantity], reference_s, case.brain, quantity),
        ]
    return tiles
