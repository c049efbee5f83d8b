"""Rigid movements and the distance between two of them."""

import numpy as np
import pytest

from contrast2map.imaging.movement import (
    errors_of_scans,
    random_movement,
    rigid_matrix,
    rms_displacement_mm,
)

CENTRE_MM = np.array([3.0, -20.0, 15.0])


def points_in_sphere(n_points, centre_mm, radius_mm, seed=0):
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(n_points, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii_mm = radius_mm * rng.uniform(size=(n_points, 1)) ** (1 / 3)
    return centre_mm + radii_mm * directions


def moved(matrix, points_mm):
    return points_mm @ matrix[:3, :3].T + matrix[:3, 3]


def test_no_movement_is_the_identity():
    np.testing.assert_array_equal(rigid_matrix((0, 0, 0), (0, 0, 0), CENTRE_MM), np.eye(4))


@pytest.mark.parametrize(
    ("rotation_deg", "before", "after"),
    [
        ((90, 0, 0), (0, 1, 0), (0, 0, 1)),
        ((0, 90, 0), (0, 0, 1), (1, 0, 0)),
        ((0, 0, 90), (1, 0, 0), (0, 1, 0)),
        ((90, 0, 90), (0, 0, 1), (1, 0, 0)),  # about x to -y, then about z to +x
    ],
)
def test_rotations_are_right_handed_and_applied_about_x_then_y_then_z(rotation_deg, before, after):
    matrix = rigid_matrix(rotation_deg, (0, 0, 0), CENTRE_MM)
    np.testing.assert_allclose(moved(matrix, CENTRE_MM + before), CENTRE_MM + after, atol=1e-12)


def test_the_centre_moves_by_the_translation_alone():
    matrix = rigid_matrix((5, -3, 8), (1, 2, -4), CENTRE_MM)
    np.testing.assert_allclose(moved(matrix, CENTRE_MM), CENTRE_MM + [1, 2, -4])


def test_distances_and_handedness_are_preserved():
    matrix = rigid_matrix((25, -13, 68), (1, 2, -4), CENTRE_MM)
    np.testing.assert_allclose(matrix[:3, :3].T @ matrix[:3, :3], np.eye(3), atol=1e-14)
    assert np.linalg.det(matrix) == pytest.approx(1.0)
    np.testing.assert_array_equal(matrix[3], [0, 0, 0, 1])


def test_a_movement_and_its_inverse_cancel():
    matrix = random_movement(np.random.default_rng(1), 3.0, 4.0, CENTRE_MM)
    points_mm = points_in_sphere(50, CENTRE_MM, 80.0)
    back_mm = moved(np.linalg.inv(matrix), moved(matrix, points_mm))
    np.testing.assert_allclose(back_mm, points_mm, atol=1e-10)
    identity = np.linalg.inv(matrix) @ matrix
    assert rms_displacement_mm(identity, np.eye(4), CENTRE_MM) == pytest.approx(0, abs=1e-10)


def test_random_movements_follow_their_seed_and_have_the_given_sds():
    first, again = (random_movement(np.random.default_rng(7), 2.0, 3.0, CENTRE_MM) for _ in "ab")
    np.testing.assert_array_equal(first, again)
    rng = np.random.default_rng(0)
    shifts_mm = [moved(random_movement(rng, 2.0, 3.0, CENTRE_MM), CENTRE_MM) for _ in range(4000)]
    np.testing.assert_allclose(np.std(shifts_mm, axis=0), 3.0, rtol=0.05)
    angles = [random_movement(rng, 2.0, 3.0, CENTRE_MM)[2, 1] for _ in range(4000)]
    assert np.rad2deg(np.std(angles)) == pytest.approx(2.0, rel=0.05)


def test_a_pure_translation_displaces_by_exactly_its_length():
    true = rigid_matrix((0, 0, 0), (0, 0, 0), CENTRE_MM)
    estimated = rigid_matrix((0, 0, 0), (3, 0, -4), CENTRE_MM)
    assert rms_displacement_mm(estimated, true, CENTRE_MM) == 5.0
    assert rms_displacement_mm(estimated, true, (100, 0, 0), radius_mm=10) == 5.0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("radius_mm", [50, 80])
def test_rms_displacement_is_that_of_points_all_over_the_sphere(seed, radius_mm):
    rng = np.random.default_rng(seed)
    true = random_movement(rng, 4.0, 5.0, CENTRE_MM)
    estimated = random_movement(rng, 4.0, 5.0, (0, 0, 0)) @ true
    centre_mm = rng.uniform(-40, 40, 3)
    points_mm = points_in_sphere(200_000, centre_mm, radius_mm)
    distances_mm = np.linalg.norm(moved(estimated, points_mm) - moved(true, points_mm), axis=1)
    expected = np.sqrt(np.mean(distances_mm**2))
    actual = rms_displacement_mm(estimated, true, centre_mm, radius_mm=radius_mm)
    assert actual == pytest.approx(expected, rel=3e-3)


def test_rms_displacement_is_symmetric_and_invariant_to_a_common_movement():
    rng = np.random.default_rng(3)
    first, second, shared = (random_movement(rng, 4.0, 5.0, CENTRE_MM) for _ in "abc")
    forth = rms_displacement_mm(first, second, CENTRE_MM)
    assert rms_displacement_mm(second, first, CENTRE_MM) == pytest.approx(forth)
    assert rms_displacement_mm(shared @ first, shared @ second, CENTRE_MM) == pytest.approx(forth)


def test_rms_displacement_grows_with_the_radius_under_rotation():
    estimated = rigid_matrix((0, 0, 1), (0, 0, 0), CENTRE_MM)
    near = rms_displacement_mm(estimated, np.eye(4), CENTRE_MM, radius_mm=40)
    far = rms_displacement_mm(estimated, np.eye(4), CENTRE_MM, radius_mm=80)
    assert far == pytest.approx(2 * near)
    # A rotation by angle a moves a point at distance r from the axis by 2 r sin(a / 2); mean r^2 is
    # 2 / 5 of the squared radius.
    assert near == pytest.approx(2 * np.sin(np.deg2rad(0.5)) * 40 * np.sqrt(2 / 5))


def test_errors_are_given_for_scans_that_moved_only():
    true, estimated = np.eye(4), np.eye(4)
    true[:3, 3], estimated[:3, 3] = [3.0, 4.0, 0.0], [3.0, 4.0, 0.6]
    matrices = {"mprage": np.eye(4), "flair": true, "reference": true}
    found = {"mprage": np.eye(4), "flair": estimated, "reference": true}
    rows = errors_of_scans(found, {n: m.tolist() for n, m in matrices.items()}, [1, 2, 3])
    assert [row[0] for row in rows] == ["flair", "reference"]
    np.testing.assert_allclose([row[1:] for row in rows], [[0.6, 5.0], [0.0, 5.0]], atol=1e-12)
