"""Pictures of quality control show values, masks and labels in the right place."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from contrast2map.quality import pictures, views


def decoded(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


def test_the_checkerboard_alternates_in_both_directions():
    board = pictures.checkerboard(np.zeros((12, 12)), np.ones((12, 12)), (3, 4))
    squares = board.reshape(3, 4, 4, 3).mean(axis=(1, 3))
    np.testing.assert_array_equal(squares, [[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]])


def test_a_shifted_scan_breaks_lines_at_the_squares_and_an_aligned_one_does_not():
    scan = np.tile(np.arange(24) >= 10, (24, 1)).astype(float)
    aligned = pictures.checkerboard(scan, scan, (6, 6))
    shifted = pictures.checkerboard(scan, np.roll(scan, 2, axis=1), (6, 6))
    assert (np.diff(aligned, axis=0) == 0).all()
    assert (np.diff(shifted, axis=0) != 0).any(axis=1).sum() == 3


def test_squares_are_square_in_millimetres():
    assert pictures.check_edge((1.0, 3.0)) == (24, 8)
    assert pictures.check_edge((50.0, 1.0)) == (1, 24)


def test_the_outline_runs_along_the_masks_edge():
    mask = np.zeros((10, 12), bool)
    mask[2:5, 3:8] = True
    (line,) = pictures.outlines(mask)
    corner = line / 2  # of pixels: pixel 3 reaches from 3 to 4
    np.testing.assert_array_equal(corner.min(axis=0), [3, 2])
    np.testing.assert_array_equal(corner.max(axis=0), [8, 5])


def test_the_outline_of_a_mask_at_the_border_is_closed():
    (line,) = pictures.outlines(np.ones((4, 5)))
    np.testing.assert_array_equal(line[0], line[-1])
    assert line.min() == 0 and line.max() == 10


def test_an_svg_path_visits_the_points_of_the_outline():
    line = np.array([[1, 0], [2, 0], [3, 0], [4, 1], [4, 2], [1, 0]])
    assert pictures.svg_path([line]) == "M1 0l2 0 1 1 0 1z"
    assert pictures.svg_path(pictures.outlines(np.zeros((3, 3)))) == ""


def test_labels_keep_their_colours_and_grey_its_window():
    labels = np.array([[0, 1], [2, 0]])
    picture = decoded(
        pictures.data_uri(pictures.coloured(labels, pictures.TISSUE_COLOURS), lossless=True)
    )
    assert picture[0, 1].tolist() == [0x00, 0x72, 0xB2, 255]
    assert picture[0, 0, 3] == 0
    grey = pictures.grey(np.array([[-1.0, 0.5, 2.0, np.nan]]), (0, 1))
    assert grey.tolist() == [[0, 128, 255, 0]]


def test_a_thumbnail_has_the_heads_proportions_and_says_if_there_is_no_brain():
    plane = np.full((10, 60), 100.0)
    thick = pictures.thumbnail([(plane, np.zeros((10, 60)), (1.0, 6.0))], (0, 200))
    assert thick.height == pictures.THUMBNAIL_PIXELS and thick.width == thick.height
    assert (np.asarray(thick)[:15, :, 0].astype(int) - np.asarray(thick)[:15, :, 1] > 90).any()


@pytest.fixture
def head():
    """A head with air around it and a neck below its brain."""
    head, brain = np.zeros((2, 40, 50, 60))
    head[8:32, 6:44, 10:60] = 100
    brain[12:28, 10:40, 30:56] = 1
    return head, brain


def test_planes_show_superior_or_anterior_up_and_left_on_the_left():
    volume = np.arange(24).reshape(2, 3, 4)
    assert views.cut(volume, views.View("axial", 1)).tolist() == [
        [volume[0, 2, 1], volume[1, 2, 1]], [volume[0, 1, 1], volume[1, 1, 1]],
        [volume[0, 0, 1], volume[1, 0, 1]],
    ]  # fmt: skip
    assert views.cut(volume, views.View("coronal", 0))[0].tolist() == volume[:, 0, 3].tolist()
    assert views.pixel_mm((1, 2, 3), "sagittal") == (2.0, 3.0)


def test_the_box_holds_the_head_and_no_air(head):
    box = views.head_box(*head, margin_voxels=1)
    assert box == (slice(7, 33), slice(5, 45), slice(9, 60))
    empty = views.head_box(np.zeros((4, 5, 6)), np.zeros((4, 5, 6)))
    assert empty == (slice(0, 4), slice(0, 5), slice(0, 6))


def test_views_go_through_the_brain_and_down_to_the_neck(head):
    found = views.views_of_brain(head[1], views.head_box(*head))
    axial = [view.index for view in found["axial"]]
    assert sum(index < 30 for index in axial) == views.N_BELOW_BRAIN
    assert sum(30 <= index < 56 for index in axial) == views.N_AXIAL
    assert all(12 <= view.index < 28 for view in found["sagittal"])
    assert set(views.few_views(head[1], views.head_box(*head))) <= {
        view for plane in found.values() for view in plane
    }


@pytest.mark.parametrize("shape", [(3, 3, 1), (1, 1, 1), (30, 30, 2)])
def test_views_of_an_empty_brain_lie_within_the_volume(shape):
    box = views.head_box(np.ones(shape), np.zeros(shape))
    for view in views.few_views(np.zeros(shape), box):
        assert 0 <= view.index < shape[views.AXES[view.plane]]
