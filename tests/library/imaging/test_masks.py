"""Masks: dilated CSF, eroded tissue, and the slab as in the paper."""

import numpy as np
import pytest

from contrast2map.imaging import masks
from contrast2map.imaging.masks import CSF, GM, ROI_LABELS, STRUCTURE_LABELS, WM

SHAPE = (24, 24, 80)
PAPER = {"erosion_voxels": 1, "slab_distance_mm": 25, "n_slab_slices": 20}


@pytest.mark.parametrize(
    ("radius", "n_dimensions", "n_voxels"),
    [(0, 3, 1), (1, 3, 7), (2, 3, 33), (0, 2, 1), (1, 2, 5), (2, 2, 13)],
)
def test_a_ball_contains_the_voxels_within_its_radius(radius, n_dimensions, n_voxels):
    ball = masks.ball(radius, n_dimensions)
    assert ball.shape == (2 * radius + 1,) * n_dimensions and ball.sum() == n_voxels
    assert ball.dtype == bool


def test_excluding_csf_removes_csf_and_its_neighbours_only():
    tissue = np.full((7, 7, 7), GM)
    tissue[3, 3, 3] = CSF
    brain = np.ones(tissue.shape, np.uint8)
    brain[0] = 0
    kept = masks.exclude_csf(brain, tissue, dilation_voxels=1)
    assert kept.dtype == bool and not kept[0].any()
    taken = (brain > 0) & ~kept
    assert taken.sum() == 7  # the voxel and its six neighbours
    assert taken[2, 3, 3] and taken[3, 3, 4] and not taken[2, 2, 3]
    assert ((brain > 0) & ~masks.exclude_csf(brain, tissue, 2)).sum() == 33
    assert ((brain > 0) & ~masks.exclude_csf(brain, tissue, 0)).sum() == 1


def test_structures_are_labelled_where_they_fill_more_than_half_of_a_voxel():
    shares = {"putamen": np.array([[[0.4, 0.6, 0]]]), "thalamus": np.array([[[0.2, 0.3, 0.9]]])}
    labels = masks.label_structures(shares)
    assert labels.dtype == np.uint8
    assert labels.ravel().tolist() == [0, STRUCTURE_LABELS["putamen"], STRUCTURE_LABELS["thalamus"]]


def structures_on(slices):
    """Putamen and thalamus with given areas, dict of slice to (putamen, thalamus) voxels."""
    labels = np.zeros(SHAPE, np.uint8)
    for index, (putamen, thalamus) in slices.items():
        labels[2, :putamen, index] = STRUCTURE_LABELS["putamen"]
        labels[6, :thalamus, index] = STRUCTURE_LABELS["thalamus"]
    return labels


def test_the_structure_slice_has_large_areas_of_both_structures():
    labels = structures_on({10: (20, 0), 11: (15, 2), 12: (8, 8), 13: (2, 15), 14: (0, 20)})
    assert masks.structure_slice(labels) == 12


def test_structures_that_share_no_slice_are_refused():
    with pytest.raises(ValueError, match="putamen and thalamus"):
        masks.structure_slice(structures_on({10: (5, 0), 11: (0, 5)}))


@pytest.fixture
def head():
    """Grey on the left, white on the right, structures on slice 20, no CSF."""
    tissue = np.full(SHAPE, GM, np.uint8)
    tissue[12:] = WM
    structures = np.zeros(SHAPE, np.uint8)
    for index in (19, 20, 21):
        half = 3 if index == 20 else 2
        structures[6 - half : 6 + half, 6 - half : 6 + half, index] = STRUCTURE_LABELS["putamen"]
        structures[16 - half : 16 + half, 6 - half : 6 + half, index] = STRUCTURE_LABELS["thalamus"]
    return tissue, structures, np.ones(SHAPE, bool)


def slices_with(rois, name):
    return np.flatnonzero((rois == ROI_LABELS[name]).any(axis=(0, 1)))


@pytest.mark.parametrize(
    ("slice_mm", "n_slab_slices", "distance_mm"),
    [(1.0, 20, 25), (2.0, 10, 25), (1.5, 13, 25), (3.0, 7, 30)],
)
def test_the_slab_has_its_slices_and_is_centred_above_the_structures(
    head, slice_mm, n_slab_slices, distance_mm
):
    settings = PAPER | {"slab_distance_mm": distance_mm, "n_slab_slices": n_slab_slices}
    rois = masks.draw_rois(*head, [1.0, 1.0, slice_mm], **settings)
    for name in ("gm", "wm"):
        found = slices_with(rois, name)
        assert len(found) == n_slab_slices and np.ptp(found) == n_slab_slices - 1
        centre_mm = (found.mean() - 20) * slice_mm
        assert abs(centre_mm - distance_mm) <= slice_mm / 2  # no other slice is closer


def test_grey_and_white_matter_are_eroded_in_three_dimensions(head):
    tissue, structures, outside_csf = head
    tissue[:, :, 45] = CSF  # inside the slab: excludes its neighbours in the adjacent slices
    rois = masks.draw_rois(tissue, structures, outside_csf, [1.0] * 3, **PAPER)
    grey = rois[:, :, 40] == ROI_LABELS["gm"]
    assert grey[1:11, 1:-1].all() and grey.sum() == 10 * 22  # less a rim of one voxel
    assert (rois[:, :, 40] == ROI_LABELS["wm"])[13:23, 1:-1].all()
    assert [n for n in range(42, 49) if n in slices_with(rois, "wm")] == [42, 43, 47, 48]
    whole = masks.draw_rois(*head, [1.0] * 3, **(PAPER | {"erosion_voxels": 0}))
    assert (whole[:, :, 40] == ROI_LABELS["gm"]).sum() == 12 * 24


def test_putamen_and_thalamus_are_drawn_on_one_slice_and_eroded_in_it(head):
    rois = masks.draw_rois(*head, [1.0] * 3, **PAPER)
    assert rois.dtype == np.uint8
    for name in ("putamen", "thalamus"):
        assert list(slices_with(rois, name)) == [20]
        assert (rois == ROI_LABELS[name]).sum() == 4 * 4  # 6 x 6 less a rim of one voxel
    assert (rois[4:8, 4:8, 20] == ROI_LABELS["putamen"]).all()


def test_structures_exclude_dilated_csf(head):
    tissue, structures, outside_csf = head
    outside_csf[:6, :, 20] = False
    rois = masks.draw_rois(tissue, structures, outside_csf, [1.0] * 3, **PAPER)
    putamen = np.argwhere(rois == ROI_LABELS["putamen"])
    assert putamen[:, 0].min() == 7 and len(putamen) == 1 * 4


def test_a_slab_beyond_the_image_is_an_error(head):
    tissue, structures, outside_csf = (volume[:, :, :50] for volume in head)
    with pytest.raises(ValueError, match="slab of 20 slices, 25 mm above slice 20.* 50 slices"):
        masks.draw_rois(tissue, structures, outside_csf, [1.0] * 3, **PAPER)


def test_the_reference_tissue_is_white_matter_with_white_matter_around_it():
    tissue = np.full((7, 7, 7), 2)
    tissue[1:6, 1:6, 1:6] = 3
    expected = np.zeros(tissue.shape, bool)
    expected[2:5, 2:5, 2:5] = True
    np.testing.assert_array_equal(masks.inner_white_matter(tissue, 1), expected)
    np.testing.assert_array_equal(masks.inner_white_matter(tissue, 0), tissue == 3)
