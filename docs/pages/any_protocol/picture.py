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
    boxes = [grids.bounding_box(head.brain, head.scan.affine, 0)[0] for _, head in heads]
    sizes_mm = [grids.voxel_size_mm(head.scan) for _, head in heads]
    extents_mm = [
        np.multiply(head.brain[box].shape, size_mm)[:2]
        for (_, head), box, size_mm in zip(heads, boxes, sizes_mm, strict=True)
    ]
    n_columns = (1 + len(QUANTITIES)) * len(LEVELS)
    figure, rows = tiles.tile_grid(extents_mm, n_columns, WIDTH_INCHES)
    for row, (name, head), box, size_mm in zip(rows, heads, boxes, sizes_mm, strict=True):
        for axis, tile in zip(row, _tiles(head, box), strict=True):
            tiles.draw_tile(axis, tile, np.zeros(tile.image.shape, bool), size_mm[:2])
        row[0].set_ylabel(name, fontsize=6)
    for number, quantity in enumerate(QUANTITIES, start=1):
        bar = rows[-1][number * len(LEVELS) :][: len(LEVELS)]
        tiles.draw_colour_bar(figure, bar, f"{quantity} (ms)")
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=DOTS_PER_INCH)
    plt.close(figure)
    return pictures.shrink(written.getvalue(), round(WIDTH_INCHES * DOTS_PER_INCH), MOST_BYTES)


def _tiles(head, box):
    """Tiles of a row, from left to right, of the brain's bounding box."""
    brain = head.brain[box]
    levels = [round(share * brain.shape[2]) for share in LEVELS]
    scan = np.asanyarray(head.scan.dataobj)[box]
    shown = [tiles.image_tile(scan[..., level], brain[..., level]) for level in levels]
    for quantity in QUANTITIES:
        map_s = head.maps_s[quantity][box]
        shown += [tiles.map_tile(map_s[..., z], brain[..., z], quantity) for z in levels]
    return shown
