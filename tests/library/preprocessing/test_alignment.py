"""Measures that distinguish successful from failed registrations."""

import numpy as np
import pytest

import phantoms
from contrast2map.imaging.movement import rigid_matrix
from contrast2map.preprocessing import alignment

MOVEMENT = rigid_matrix((4.0, -3.0, 6.0), (5.0, -4.0, 3.0), (0, 0, 0))


@pytest.fixture(scope="module")
def head():
    image, _ = phantoms.head(shape=(52, 60, 50), voxel_sizes_mm=(3.5, 3.5, 3.5))
    values = np.asarray(image.dataobj)
    x, y, z = np.indices(values.shape)
    # Asymmetric, so that rotations are detectable.
    return values * (1 + 0.3 * np.sin(x / 4 + 1) * np.cos(y / 5) * np.sin(z / 6)), image.affine


@pytest.fixture(scope="module")
def points(head):
    return alignment.head_points(alignment.smoothed(*head))


@pytest.fixture(scope="module")
def moved(head):
    """The same head after a movement, in another contrast."""
    values, affine = head
    return alignment.smoothed(np.where(values > 15, 130 - values, 0), MOVEMENT @ affine)


def test_points_are_in_the_head_and_about_one_step_apart(head, points):
    values, affine = head
    voxels = np.linalg.inv(affine)[:3] @ np.vstack(
        [points.world_mm, np.ones(points.world_mm.shape[1])]
    )
    assert np.abs(voxels - np.rint(voxels)).max() < 1e-6
    assert 0.7 < points.world_mm.shape[1] / np.count_nonzero(values > 10) < 1.3
    np.testing.assert_allclose(points.centre_mm, phantoms.CENTRE_MM, atol=4)


def test_similarity_is_highest_at_the_correct_alignment(points, moved):
    right = alignment.similarity(points, moved, MOVEMENT)
    for step in np.concatenate([np.eye(3), -np.eye(3)]):
        wrong = rigid_matrix((0, 0, 0), 4 * step, (0, 0, 0)) @ MOVEMENT
        assert alignment.similarity(points, moved, wrong) < right
    assert 0 <= alignment.similarity(points, moved, np.eye(4)) < right <= 1


def test_a_correct_alignment_is_distinct_and_a_wrong_one_is_not(points, moved):
    assert alignment.distinctness(points, moved, MOVEMENT) > 1.3
    off = rigid_matrix((0, 0, 0), (0, 0, 15), (0, 0, 0)) @ MOVEMENT
    assert alignment.distinctness(points, moved, off) < 1.1


def test_noise_has_no_distinct_alignment(points, rng):
    noise = alignment.smoothed(rng.normal(100, 10, (50, 60, 50)), np.diag([4.0, 4, 4, 1]))
    assert alignment.distinctness(points, noise, MOVEMENT) < 1.1


def test_overlap_is_the_share_of_the_head_in_view(head, points, moved):
    values, affine = head
    assert alignment.overlap(points, moved, MOVEMENT) > 0.99
    half = alignment.smoothed(values[: len(values) // 2], affine)
    assert abs(alignment.overlap(points, half, np.eye(4)) - 0.5) < 0.05
    away = rigid_matrix((0, 0, 0), (1000, 0, 0), (0, 0, 0))
    assert alignment.overlap(points, moved, away) == 0
    assert alignment.similarity(points, moved, away) == 0
    assert alignment.distinctness(points, moved, away) == 0


def test_a_movement_has_an_angle_and_a_displacement_of_the_heads_centre():
    rotation_deg, translation_mm = alignment.movement_of(
        rigid_matrix((0, 0, 20), (3, 4, 0), (50, 60, 70)), np.array([50.0, 60, 70])
    )
    assert abs(rotation_deg - 20) < 1e-6 and abs(translation_mm - 5) < 1e-9


def test_one_start_is_close_to_the_movement_of_a_slab_with_another_origin(head, points):
    values, affine = head
    shifted = rigid_matrix((0, 0, 0), (40, -55, 60), (0, 0, 0))
    slab = values[:, :, 15:33]
    slab_affine = affine.copy()
    slab_affine[:3, 3] += affine[:3, 2] * 15
    found = alignment.starts(points, alignment.smoothed(slab, shifted @ slab_affine))
    assert list(found) == ["header", "centres", "search"]
    errors_mm = {
        name: np.linalg.norm((matrix - shifted) @ [*points.centre_mm, 1])
        for name, matrix in found.items()
    }
    assert errors_mm["search"] < 15 < errors_mm["header"]


@pytest.mark.parametrize("values", [np.zeros((20, 20, 20)), np.full((20, 20, 20), 7.0)])
def test_a_scan_without_a_head_is_refused(values):
    with pytest.raises(ValueError, match="no head"):
        alignment.head_points(alignment.smoothed(values, np.diag([4.0, 4, 4, 1])))
