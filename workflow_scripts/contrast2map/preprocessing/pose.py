"""Estimate the pose of a head, and make a grid on which it has the training pose."""

from typing import NamedTuple

import nibabel as nib
import numpy as np

from contrast2map.anatomy.templates import load_icbm152
from contrast2map.imaging import grids
from contrast2map.preprocessing import registration

# ASSUME finer voxels do not improve the pose: between 2 and 4 mm it changes by half a degree.
COARSE_MM = 3.0
# ASSUME with a third of the voxels the pose changes by up to one degree, in a third of the time.
SAMPLING_SHARE = 0.3
LEVELS = ((100, 50), (2, 1), (1, 0))  # iterations, shrink factors, smoothing
SLICE_MARGIN = 2  # slices beyond the brain on a working grid


class Pose(NamedTuple):
    """Pose of a head relative to the template.

    Attributes:
        rotation: Rotation from the voxel axes to the template's axes, shape (3, 3).
        to_template: World-to-world matrix in mm from the head to the template, shape (4, 4).
    """

    rotation: np.ndarray
    to_template: np.ndarray


def estimate(scan, brain, *, seed):
    """Estimate the pose of a head by rigid registration of its brain to the ICBM152 template.

    Args:
        scan: nibabel image of the head in RAS orientation.
        brain: Boolean, same shape.
        seed: Seed of the registration.

    Returns:
        Pose.
    """
    box, affine = grids.bounding_box(brain, scan.affine, margin_voxels=2)
    values = np.where(brain, np.asarray(scan.dataobj), 0)[box].astype(np.float32)
    to_template = registration.register_linear(
        _to_ants(values, affine),
        _to_ants(*load_icbm152("t1")),
        sampling_share=SAMPLING_SHARE,
        seed=seed,
        levels=LEVELS,
    )
    return Pose(to_template[:3, :3] @ directions(scan.affine), to_template)


def directions(affine):
    """Unit vectors of the voxel axes in world space, as columns, shape (3, 3)."""
    return affine[:3, :3] / grids.voxel_size_mm(affine)


def mean_rotation(rotations):
    """The rotation closest to the mean of rotation matrices (by singular value decomposition)."""
    left, _, right = np.linalg.svd(np.mean(rotations, axis=0))
    return left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right


def angle_deg(rotation, other):
    """Angle between two rotations in degrees."""
    cosine = (np.trace(np.asarray(rotation).T @ np.asarray(other)) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def levels_mm(brain, affine, pose):
    """Height in the template of the brain in each slice.

    Args:
        brain: Boolean, shape (x, y, z).
        affine: Voxel-to-world matrix in mm.
        pose: Pose of the head.

    Returns:
        MNI z coordinate in mm of the brain's centre in each slice, NaN in slices without brain,
        shape (z,).
    """
    levels = np.full(brain.shape[2], np.nan)
    for index in np.flatnonzero(brain.any(axis=(0, 1))):
        x, y = np.argwhere(brain[:, :, index]).mean(axis=0)
        levels[index] = (pose.to_template @ affine @ [x, y, index, 1])[2]
    return levels


def working_grid(brain, affine, pose, rotation, voxel_mm, shape):
    """Make a grid on which a head has the pose of the training set.

    Args:
        brain: Boolean, shape (x, y, z), not empty.
        affine: Its voxel-to-world matrix in mm.
        pose: Pose of the head.
        rotation: Mean rotation of the training poses, shape (3, 3).
        voxel_mm: Voxel edges of the training set along x, y, z.
        shape: Grid of the training set; enlarged if the brain does not fit.

    Returns:
        nibabel image of zeros in the head's world space, its axes close to RAS.
    """
    axes = pose.to_template[:3, :3].T @ rotation
    corners = np.argwhere(_shell(brain))
    world_mm = nib.affines.apply_affine(affine, corners)
    along_mm = world_mm @ axes
    low, high = along_mm.min(axis=0), along_mm.max(axis=0)
    needed = np.ceil((high - low) / voxel_mm).astype(int) + 2 * SLICE_MARGIN + 1
    size = [max(shape[0], needed[0]), max(shape[1], needed[1]), needed[2]]
    grid = np.eye(4)
    grid[:3, :3] = axes * voxel_mm
    grid[:3, 3] = axes @ ((low + high) / 2) - grid[:3, :3] @ ((np.array(size) - 1) / 2)
    return nib.Nifti1Image(np.zeros(size, np.uint8), grid)


def _to_ants(values, affine):
    return registration.to_ants(*grids.averaged(values, affine, COARSE_MM))


def _shell(brain):
    """First and last brain voxel of each line along z; they have the extent of the brain."""
    shell = np.zeros_like(brain)
    lines = brain.any(axis=2)
    first = brain.argmax(axis=2)
    last = brain.shape[2] - 1 - brain[:, :, ::-1].argmax(axis=2)
    x, y = np.nonzero(lines)
    shell[x, y, first[lines]] = shell[x, y, last[lines]] = True
    return shell
