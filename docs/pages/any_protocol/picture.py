"""Picture of real heads: a scan and the maps of each visit, in two slices."""

import io

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import tiles
from contrast2map.imaging import grids
from contrast2map.study.terms import QUANTITIES
from pages import pictures

LEVELS = (0.48, 0.66)  # of the slices, as shares of the brain's height
WIDTH_INCHES, DOTS_PER_INCH = 7.0, 160
MOST_BYTES = 250_000


def draw(heads_of):
    """Draw visits as rows, and slices of the first scan, T1 and T2 as columns.

    Args:
        heads_of: Dict mapping patient to a list of pipeline.HeadMaps, one per visit.

    Returns:
        Bytes of a PNG.
    """
    heads = [
        (f"{patient}, visit {number}", head)
        for patient, visits in heads_of.items()
        for number, head in enumerate(visits, start=1)
    ]
    windows = [_window(head.brain) for _, head in heads]
    sizes_mm = [grids.voxel_size_mm(head.scan) for _, head in heads]
    extents_mm = [
        tuple(n * size for n, size in zip(head.brain[window].shape, size_mm, strict=False))
        for (_, head), (window, _), size_mm in zip(heads, windows, sizes_mm, strict=True)
    ]
    n_columns = (1 + len(QUANTITIES)) * len(LEVELS)
    figure, rows = tiles.tile_grid([each[:2] for each in extents_mm], n_columns, WIDTH_INCHES)
    for row, (name, head), (window, levels), size_mm in zip(
        rows, heads, windows, sizes_mm, strict=True
    ):
        for axis, tile in zip(row, _tiles(head, window, levels), strict=True):
            tiles.draw_tile(axis, tile, np.zeros(tile.image.shape, bool), size_mm[:2])
        row[0].set_ylabel(name, fontsize=6)
    for number, quantity in enumerate(QUANTITIES, start=1):
        bar = rows[-1][number * len(LEVELS) :][: len(LEVELS)]
        tiles.draw_colour_bar(figure, bar, f"{quantity} (ms)")
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=DOTS_PER_INCH)
    plt.close(figure)
    return pictures.shrink(written.getvalue(), round(WIDTH_INCHES * DOTS_PER_INCH), MOST_BYTES)


def _tiles(head, window, levels):
    """Tiles of a row, from left to right."""
    scan = np.asanyarray(head.scan.dataobj)
    brains = [head.brain[window][..., level] for level in levels]
    shown = [
        tiles.image_tile(scan[window][..., level], brain)
        for level, brain in zip(levels, brains, strict=True)
    ]
    for quantity in QUANTITIES:
        shown += [
            tiles.map_tile(head.maps_s[quantity][window][..., level], brain, quantity)
            for level, brain in zip(levels, brains, strict=True)
        ]
    return shown


def _window(brain):
    """Window around the brain, (x, y), and the numbers of the slices to show."""
    inside = np.argwhere(brain)
    (left, back, bottom), (right, front, top) = inside.min(axis=0), inside.max(axis=0) + 1
    levels = [round(bottom + share * (top - bottom)) for share in LEVELS]
    return (slice(left, right), slice(back, front)), levels
