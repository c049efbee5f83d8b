"""The picture of real heads shows each visit's scan and maps in one row."""

import io
from types import SimpleNamespace

import nibabel as nib
import numpy as np
from PIL import Image

from contrast2map.figures import tiles
from pages.any_protocol import picture


def head_of(brightness, T1_s):
    """An anisotropic head whose brain is not in the middle."""
    brain = np.zeros((40, 50, 12), bool)
    brain[4:30, 10:46, 2:11] = True
    scan = nib.Nifti1Image(np.float32(brightness * brain), np.diag([1.0, 1.0, 3.0, 1.0]))
    return SimpleNamespace(scan=scan, brain=brain, maps_s={"T1": T1_s * brain, "T2": 0.08 * brain})


def test_each_visit_is_a_row_of_its_scan_and_maps(monkeypatch):
    drawn = []
    monkeypatch.setattr(tiles, "draw_tile", _recording(drawn, tiles.draw_tile))
    png = picture.draw({"patient01": [head_of(500, 0.8), head_of(700, 1.2)]})
    assert Image.open(io.BytesIO(png)).width <= picture.WIDTH_INCHES * picture.DOTS_PER_INCH
    assert len(png) <= picture.MOST_BYTES
    assert [float(tile.image.max()) for tile in drawn] == [
        *[500, 500, 800, 800, 80, 80],
        *[700, 700, 1200, 1200, 80, 80],
    ]
    assert all(tile.image.shape == (26, 36) for tile in drawn)


def _recording(drawn, draw):
    def record(axis, tile, *others):
        drawn.append(tile)
        return draw(axis, tile, *others)

    return record
