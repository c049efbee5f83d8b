"""The picture of one subject's preprocessing shows every step, also where a step failed."""

import numpy as np
import pytest

from contrast2map.imaging.masks import ROI_LABELS
from contrast2map.preprocessing.slices import Slices
from contrast2map.quality.picture import draw_subject
from contrast2map.quality.views import View, cut

SHAPE = (20, 24, 30)
VOXEL_MM = (1.0, 1.0, 3.0)


@pytest.fixture(scope="module")
def figure():
    rng = np.random.default_rng(0)
    target = rng.random(SHAPE)
    brain = np.zeros(SHAPE, np.uint8)
    brain[4:16, 5:20, 3:28] = 1
    rois = np.zeros(SHAPE, np.uint8)
    rois[6:10, 8:12, 9] = ROI_LABELS["putamen"]
    rois[11:14, 8:12, 9] = ROI_LABELS["thalamus"]
    rois[6:10, 8:12, 20:25] = ROI_LABELS["wm"]
    rois[10:12, 8:12, 20:25] = ROI_LABELS["gm"]
    slices = Slices(
        rng.random((5, 24, 20, 2)), ["mprage", "flair"], rng.random((5, 24, 20, 1)), ["T1"],
        np.ones((5, 24, 20), bool), np.arange(5),
    )  # fmt: skip
    registered = {"mprage": target, "flair": target + 5, "T1": target}
    return draw_subject(
        "sub-01", target, registered, brain, 3 * brain, rois, slices, VOXEL_MM
    ), registered  # fmt: skip


@pytest.fixture(scope="module")
def failed():
    """Figure of a subject of whom every step but the target failed."""
    empty = np.zeros(SHAPE, np.uint8)
    nothing = Slices(
        np.zeros((0, 24, 20, 2)), ["mprage", "flair"], np.zeros((0, 24, 20, 1)), ["T1"],
        np.zeros((0, 24, 20), bool), np.zeros(0, int),
    )  # fmt: skip
    registered = {"mprage": np.ones(SHAPE), "flair": np.zeros(SHAPE)}
    return draw_subject(
        "sub-02", registered["mprage"], registered, empty, empty, empty, nothing, VOXEL_MM
    )


def rows_of(figure):
    return [
        (row.get_suptitle(), [ax.get_title() for ax in row.get_axes()]) for row in figure.subfigs
    ]


def test_each_step_has_a_row_with_its_pictures(figure):
    rows = rows_of(figure[0])
    assert [len(titles) for _, titles in rows] == [3, 3, 3, 2, 3]
    assert rows[1][1] == ["mprage", "flair", "T1"]
    assert rows[3][1] == ["structures, slice 9", "slab, slice 22"]
    assert rows[4][1] == ["mprage", "flair", "T1"]
    assert not any("EMPTY" in title for title, _ in rows)


def test_a_registered_scan_is_shown_on_the_slice_of_the_structures(figure):
    picture, registered = figure
    shown = picture.subfigs[1].get_axes()[1].get_images()[0]
    np.testing.assert_array_equal(shown.get_array(), cut(registered["flair"], View("axial", 9)))


def test_the_brains_contour_lies_over_each_scan(figure):
    for row in figure[0].subfigs[:2]:
        assert all(len(ax.collections) == 1 for ax in row.get_axes())


def test_thick_slices_are_drawn_as_high_as_they_are(figure):
    sagittal, coronal, axial = figure[0].subfigs[0].get_axes()
    assert [ax.get_aspect() for ax in (sagittal, coronal, axial)] == [3.0, 3.0, 1.0]


def test_steps_that_failed_are_named_and_nothing_breaks(failed, tmp_path):
    rows = rows_of(failed)
    assert ["EMPTY" in title for title, _ in rows] == [True, False, True, True, True]
    assert rows[1][1] == ["mprage", "flair: empty"]
    assert rows[3][1] == rows[4][1] == []
    failed.savefig(tmp_path / "failed.png", dpi=30)


def test_a_single_missing_region_is_named(figure):
    registered = figure[1]
    rois = np.zeros(SHAPE, np.uint8)
    rois[6:10, 8:12, 9] = ROI_LABELS["putamen"]
    brain = np.ones(SHAPE, np.uint8)
    nothing = Slices(np.zeros((0, 1, 1, 0)), [], np.zeros((0, 1, 1, 0)), [], None, np.zeros(0, int))
    picture = draw_subject(
        "sub-03", registered["T1"], registered, brain, brain, rois, nothing, VOXEL_MM
    )
    title, shown = rows_of(picture)[3]
    assert "NOT COMPLETE" in title and shown == ["structures, slice 9"]


def test_the_picture_can_be_saved(figure, tmp_path):
    figure[0].savefig(tmp_path / "a.png", dpi=30)
    assert (tmp_path / "a.png").stat().st_size > 5000
