"""Rigid registration finds a known movement, and applying it aligns the scan."""

import os
from pathlib import Path

import nibabel
import numpy as np
import pytest
from scipy import ndimage

from contrast2map.imaging import grids, images
from contrast2map.imaging.movement import rigid_matrix, rms_displacement_mm
from contrast2map.preprocessing import alignment, registration
from contrast2map.simulation import scanner

SHAPE, VOXEL_MM = (44, 50, 40), 3.5
GRID = grids.CentredGrid(SHAPE, [VOXEL_MM] * 3)
AFFINE = GRID.affine
MOVEMENT = rigid_matrix((3.0, -2.0, 4.0), (4.0, -3.0, 2.0), (0, 0, 0))


@pytest.fixture(scope="module")
def brain():
    """An asymmetric object of four tissues, float32, shape `SHAPE`."""
    x, y, z = grids.world_coordinates(SHAPE, AFFINE)
    r = np.sqrt((x / 50) ** 2 + (y / 65) ** 2 + (z / 48) ** 2)
    bumps = 0.15 * np.sin(x / 9 + 1) * np.cos(y / 11) + 0.1 * np.sin(z / 8 + x / 20)
    tissue = np.select([r + bumps < 0.45, r + bumps < 0.75, r < 1], [3, 2, 1], 0).astype(np.float32)
    tissue[(x - 20) ** 2 + (y - 25) ** 2 + (z + 5) ** 2 < 100] = 1.5
    return ndimage.gaussian_filter(tissue, 0.7)


@pytest.fixture(scope="module")
def moved(brain):
    """The brain scanned after the movement, in another contrast."""
    scan = scanner.acquire(brain, AFFINE, GRID, np.linalg.inv(MOVEMENT))
    return registration.to_ants(np.where(scan > 0.05, 4 - scan, 0), AFFINE)


def found(brain, moved, seed=1):
    target = registration.to_ants(brain, AFFINE)
    return registration.register_linear(target, moved, sampling_share=0.5, seed=seed)


def test_registration_finds_a_movement_with_its_direction_and_is_reproducible(brain, moved):
    matrix = found(brain, moved)
    assert rms_displacement_mm(np.eye(4), MOVEMENT, (0, 0, 0)) > 5
    assert rms_displacement_mm(matrix, MOVEMENT, (0, 0, 0)) < 0.5
    np.testing.assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-6)
    np.testing.assert_array_equal(found(brain, moved), matrix)


@pytest.mark.parametrize("interpolation", ["linear", "bSpline", "nearestNeighbor"])
def test_applying_the_movement_aligns_the_scan_with_the_target(brain, interpolation):
    scan = scanner.acquire(brain, AFFINE, GRID, np.linalg.inv(MOVEMENT))
    home = registration.apply(
        MOVEMENT,
        registration.to_ants(scan, AFFINE),
        registration.to_ants(brain, AFFINE),
        interpolation,
    ).numpy()
    errors = [np.sqrt(np.mean((image - brain)[brain > 0.5] ** 2)) for image in (home, scan)]
    assert errors[0] < 0.5 * errors[1]


def test_nearest_neighbour_interpolation_creates_no_new_values(brain):
    labels = np.rint(brain)
    target = registration.to_ants(brain, AFFINE)
    home = registration.apply(
        MOVEMENT, registration.to_ants(labels, AFFINE), target, "nearestNeighbor"
    )
    assert set(np.unique(home.numpy())) <= set(np.unique(labels))


def test_a_translation_of_points_moves_the_image_in_the_opposite_direction(brain):
    target_to_moving = np.eye(4)
    target_to_moving[:3, 3] = [2 * VOXEL_MM, 0, -VOXEL_MM]
    image = registration.to_ants(brain, AFFINE)
    shifted = registration.apply(target_to_moving, image, image, "linear").numpy()
    np.testing.assert_allclose(shifted[:-2, :, 1:], brain[2:, :, :-1], atol=1e-4)
    assert shifted[-2:].max() == 0  # beyond the moving image


def test_a_matrix_is_preserved_by_ants():
    np.testing.assert_allclose(
        registration.matrix_of(registration.transform_of(MOVEMENT)), MOVEMENT, atol=1e-9
    )
    transform = registration.transform_of(MOVEMENT)
    point = np.array([10.0, 20.0, 30.0])
    expected = (MOVEMENT @ [*point, 1])[:3]
    lps = np.array(transform.apply_to_point(tuple(point * [-1, -1, 1])))
    np.testing.assert_allclose(lps * [-1, -1, 1], expected, atol=1e-6)


def test_a_centre_of_rotation_is_part_of_the_matrix():
    transform = registration.transform_of(np.eye(4))
    transform.set_parameters([0, -1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0])  # a quarter turn, in LPS
    transform.set_fixed_parameters([10.0, 0, 0])
    lps = registration.LPS_TO_RAS @ registration.matrix_of(transform) @ registration.LPS_TO_RAS
    np.testing.assert_allclose(lps @ [10, 0, 0, 1], [10, 0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(lps @ [11, 0, 0, 1], [10, 1, 0, 1], atol=1e-9)


def test_an_ants_image_has_the_position_of_its_affine(tmp_path, brain):
    affine = rigid_matrix((10, 20, 30), (5, 6, 7), (0, 0, 0)) @ np.diag([1.0, 2.0, 3.0, 1.0])
    nibabel.save(nibabel.Nifti1Image(brain, affine), tmp_path / "a.nii.gz")
    read = registration.ants.image_read(str(tmp_path / "a.nii.gz"))
    image = registration.to_ants(brain, affine)
    np.testing.assert_allclose(image.spacing, [1, 2, 3], rtol=1e-5)
    np.testing.assert_allclose(image.origin, read.origin, atol=1e-4)
    np.testing.assert_allclose(image.direction, read.direction, atol=1e-5)
    np.testing.assert_array_equal(image.numpy(), brain)


def test_a_label_is_warped_with_its_template(brain):
    shift = np.eye(4)
    shift[:3, 3] = [6.0, -4.0, 3.0]
    label = np.zeros(SHAPE, np.float32)
    label[18:24, 22:30, 17:23] = 1
    target = scanner.acquire(brain, AFFINE, GRID, np.linalg.inv(shift))
    expected = scanner.acquire(label, AFFINE, GRID, np.linalg.inv(shift)) > 0.5
    share = registration.register_template(
        registration.to_ants(target, AFFINE),
        registration.to_ants(brain, AFFINE),
        {"spot": registration.to_ants(label, AFFINE)},
        seed=1,
    )["spot"]
    overlap = 2 * (expected & (share > 0.5)).sum() / (expected.sum() + (share > 0.5).sum())
    assert share.shape == SHAPE and overlap > 0.85


@pytest.mark.parametrize("visit", [1, 2])
def test_a_real_thick_slice_scan_is_registered_as_by_the_authors_of_the_dataset(visit):
    folder = Path(os.environ.get("CONTRAST2MAP_DATA") or "") / "openms" / "patient12"
    if not os.environ.get("CONTRAST2MAP_DATA") or not folder.is_dir():
        pytest.skip("CONTRAST2MAP_DATA names no folder with the openms patient")
    scans = {}
    for name in ("FLAIR", "T1W"):
        image = grids.to_canonical(images.load(folder / f"study{visit}_{name}.nii.gz"))
        values = images.values(image)[::2, ::2]  # subsampled within slices for speed
        scans[name] = registration.scan_of(values, image.affine @ np.diag([2.0, 2, 1, 1]))
    theirs = registration.read_matrix(folder / f"study{visit}_T1W_intrastudy_to_FLAIR.txt")
    found = registration.register(scans["FLAIR"], scans["T1W"], sampling_share=0.1, seed=1)
    points = alignment.head_points(scans["FLAIR"].coarse)
    difference = found.matrix - theirs  # theirs is affine; its stretch is 0.2 mm across the head
    distances_mm = difference[:3, :3] @ points.world_mm + difference[:3, 3:]
    assert np.sqrt((distances_mm**2).sum(axis=0).mean()) < 1.0
    assert found.distinctness > 1.2 and found.overlap > 0.9
