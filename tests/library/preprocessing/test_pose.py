"""Pose of a head in its slices, and the grid on which it has the training pose."""

import nibabel as nib
import numpy as np
import pytest

from contrast2map.anatomy.templates import load_icbm152
from contrast2map.imaging import grids, movement
from contrast2map.preprocessing import pose as head_pose


def turn_by(degrees):
    return movement.rigid_matrix([degrees, 0, 0], [0, 0, 0], [0, 0, 0])[:3, :3]


def test_angles_and_means_of_rotations():
    assert head_pose.angle_deg(turn_by(5), turn_by(17)) == pytest.approx(12)
    mean = head_pose.mean_rotation([turn_by(4), turn_by(10), turn_by(1)])
    np.testing.assert_allclose(mean, turn_by(5), atol=1e-3)
    assert np.linalg.det(mean) == pytest.approx(1)


@pytest.fixture(scope="module")
def turned_head():
    """The template, rotated by 20 degrees about the left-right axis, and its brain."""
    values, affine = load_icbm152("t1")
    turned = movement.rigid_matrix([20, 0, 0], [0, 5, -8], [0, -17, 5])
    grid = grids.centred_affine([56, 64, 56], [3.5, 3.5, 3.5])
    grid[:3, 3] += [0, -17, 5]
    head = grids.resample(values, affine, [56, 64, 56], grid, np.linalg.inv(turned))
    return nib.Nifti1Image(head, grid), head > 0.1, turned


def test_the_pose_of_a_rotated_head_is_found(turned_head):
    scan, brain, turned = turned_head
    pose = head_pose.estimate(scan, brain, seed=1)
    found = np.linalg.inv(turned)
    assert head_pose.angle_deg(pose.rotation, found[:3, :3]) < 2
    levels = head_pose.levels_mm(brain, scan.affine, pose)
    known = levels[np.isfinite(levels)]
    assert -80 < known.min() < -30 and 50 < known.max() < 90 and np.all(np.diff(known) > 0)


def test_on_the_working_grid_the_head_has_the_training_pose(turned_head):
    scan, brain, turned = turned_head
    back = np.linalg.inv(turned)
    pose = head_pose.Pose(back[:3, :3], back)
    grid = head_pose.working_grid(
        brain, scan.affine, pose, turn_by(3), np.array([2.0, 2.0, 3.0]), [100, 120, 10]
    )
    np.testing.assert_allclose(nib.affines.voxel_sizes(grid.affine), [2, 2, 3])
    rotation = pose.to_template[:3, :3] @ head_pose.directions(grid.affine)
    np.testing.assert_allclose(rotation, turn_by(3), atol=1e-6)
    there = grids.resample(brain.astype(float), scan.affine, grid.shape, grid.affine) > 0.5
    assert there.sum() * 12 == pytest.approx(brain.sum() * 3.5**3, rel=0.02)
    assert not any(face.any() for face in (there[0], there[-1], there[:, 0], there[:, -1]))
    assert grid.shape[0] == 100 and not there[:, :, 0].any()
