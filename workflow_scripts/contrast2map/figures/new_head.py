"""Figures of one new head: the network's inputs, its maps, and their spread over folds."""

import numpy as np

from contrast2map.figures import colours, style
from contrast2map.figures.tiles import (
    Tile,
    draw_colour_bar,
    draw_tile,
    image_tile,
    map_tile,
    tile_grid,
)
from contrast2map.imaging import grids
from contrast2map.study.terms import MS_PER_S

LEVELS = (0.3, 0.5, 0.7)  # positions among the slices with much brain, from inferior to superior
CONTOUR_COLOUR = "#ff4d4d"
MARGIN = 3
WINDOWS_MS = {"spread": colours.SPREAD_WINDOWS_MS, "uncertainty": colours.INTERVAL_WINDOWS_MS}


def overview(slab, contrasts, uncertainty):
    """Figure with one row per slice; columns of inputs, maps and their uncertainty.

    Args:
        slab: `maps.pipeline.Slab` with maps.
        contrasts: Names of the scans to show.
        uncertainty: Name of the uncertainty: "spread" across networks, or "uncertainty".

    Returns:
        The figure.
    """
    voxel_mm = grids.voxel_size_mm(slab.grid)
    window = _window(slab.brain)
    shown = [slab.brain[index][window].T for index in _levels(slab.brain)]
    extent = tuple(n * edge for n, edge in zip(shown[0].shape, voxel_mm, strict=False))
    quantities, spreads = list(slab.maps_s), list(slab.spread_s)
    names = [*contrasts, *quantities, *(f"{name} {uncertainty}" for name in spreads)]
    figure, rows = tile_grid([extent] * len(LEVELS), len(names), style.TWO_COLUMNS_INCHES)
    for axis, name in zip(rows[0], names, strict=True):
        axis.set_title(name, pad=2)
    nothing = np.zeros(shown[0].shape, bool)
    highest_ms = WINDOWS_MS[uncertainty]
    for row, index, brain in zip(rows, _levels(slab.brain), shown, strict=True):
        tiles = [image_tile(slab.inputs[name][index][window].T, brain) for name in contrasts]
        tiles += [map_tile(slab.maps_s[q][index][window].T, brain, q) for q in quantities]
        tiles += [
            _spread_tile(slab.spread_s[q][index][window].T, brain, highest_ms[q]) for q in spreads
        ]
        for axis, tile in zip(row, tiles, strict=True):
            draw_tile(axis, tile, nothing, voxel_mm[:2])
        row[0].set_ylabel(f"slice {index}", labelpad=2)
    for number, quantity in enumerate([*quantities, *spreads]):
        column = len(contrasts) + number
        kind = f"{uncertainty} " if number >= len(quantities) else ""
        word = f"{quantity} {kind}(ms)"
        draw_colour_bar(figure, rows[-1][column : column + 1], word)
    return figure


def planes(head):
    """Target scan with mask contour, tissue and maps in three planes of the native grid.

    Args:
        head: `maps.pipeline.HeadMaps`.

    Returns:
        The figure.
    """
    voxel_mm = grids.voxel_size_mm(head.scan)
    scan = np.asarray(head.scan.dataobj)
    middle = np.argwhere(head.brain).mean(axis=0).round().astype(int)
    middle[0] += round(8 / voxel_mm[0])  # lateral of the longitudinal fissure
    cuts = [(0, (1, 2)), (1, (0, 2)), (2, (0, 1))]
    extents = [tuple(scan.shape[a] * voxel_mm[a] for a in axes) for _, axes in cuts]
    columns = ["Target scan, brain mask", "Tissue", *head.maps_s]
    widest = max(extents, key=lambda extent: extent[1] / extent[0])
    figure, rows = tile_grid([widest] * 3, len(columns), 0.75 * style.TWO_COLUMNS_INCHES)
    for axis, name in zip(rows[0], columns, strict=True):
        axis.set_title(name, pad=2)
    bright = 1.3 * np.percentile(scan[head.brain], 99)  # fat may be brighter
    for row, (axis_number, axes) in zip(rows, cuts, strict=True):
        edges = [voxel_mm[each] for each in axes]
        cut = [np.take(v, middle[axis_number], axis_number) for v in (scan, head.brain)]
        plane, brain = cut
        nothing = np.zeros(plane.shape, bool)
        tissue = np.take(head.tissue, middle[axis_number], axis_number)
        draw_tile(row[0], Tile(plane, "gray", 0, bright), nothing, edges)
        if brain.any():
            row[0].contour(brain.T, levels=[0.5], colors=[CONTOUR_COLOUR], linewidths=0.8)
        draw_tile(row[1], Tile(tissue, "gray", 0, 3), nothing, edges)
        for axis, (quantity, map_s) in zip(row[2:], head.maps_s.items(), strict=True):
            cut = np.take(map_s, middle[axis_number], axis_number)
            draw_tile(axis, map_tile(cut, brain, quantity), nothing, edges)
    for axis, quantity in zip(rows[-1][2:], head.maps_s, strict=True):
        draw_colour_bar(figure, [axis], f"{quantity} (ms)")
    return figure


def _spread_tile(spread_s, brain, highest_ms):
    inside_ms = np.where(brain, spread_s, 0) * MS_PER_S
    return Tile(inside_ms, colours.OF_SPREAD, 0, highest_ms)


def _levels(brain):
    """Indices of the slices to show."""
    areas = brain.sum(axis=(1, 2))
    large = np.flatnonzero(areas > 0.3 * areas.max())
    return [int(large[round(share * (len(large) - 1))]) for share in LEVELS]


def _window(brain):
    """Rows and columns around the whole brain."""
    y, x = (np.flatnonzero(brain.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    return tuple(slice(max(0, n[0] - MARGIN), n[-1] + MARGIN + 1) for n in (y, x))
