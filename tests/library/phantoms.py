"""Heads and brains made of ellipsoids."""

import nibabel
import numpy as np

CENTRE_MM = np.array([0.0, -10.0, 15.0])
SEMI_AXES_MM = np.array([66.0, 80.0, 60.0])  # of the brain: 1.3 litres


def radius(shape, affine):
    """Distance from the centre of the brain, 1 on its rim, shape (x, y, z)."""
    indices = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    world_mm = nibabel.affines.apply_affine(affine, indices)
    return np.linalg.norm((world_mm - CENTRE_MM) / SEMI_AXES_MM, axis=-1)


def affine_around(shape, voxel_sizes_mm):
    """RAS affine whose volume is centred on the brain, shape (4, 4)."""
    affine = np.diag([*voxel_sizes_mm, 1.0])
    affine[:3, 3] = CENTRE_MM - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return affine


def head(shape=(88, 106, 82), voxel_sizes_mm=(2.0, 2.0, 2.0), noise=2.0):
    """A T1-weighted head, nibabel image, and where its brain is, each of shape (x, y, z)."""
    affine = affine_around(shape, voxel_sizes_mm)
    r = radius(shape, affine)
    brain = r < 1
    intensities = np.select([r < 0.7, r < 1, r < 1.08, r < 1.16, r < 1.28], [100, 70, 20, 5, 90], 0)
    rng = np.random.default_rng(1)
    real, imaginary = rng.normal(0, noise, (2, *shape))
    noisy = np.hypot(intensities + real, imaginary).astype(np.float32)
    return nibabel.Nifti1Image(noisy, affine), brain


def brain(shape=(56, 64, 48), voxel_sizes_mm=(3.0, 3.0, 3.0), noise=3.0, bias=0.2):
    """A brain of three tissues under a smooth field.

    Returns:
        Intensities, labels (0 none, 1 CSF, 2 GM, 3 WM) and bias field, each of shape (x, y, z).
    """
    affine = affine_around(shape, voxel_sizes_mm)
    r = radius(shape, affine)
    folds = 0.12 * np.sin(np.arange(shape[0]) / 2)[:, None, None]
    folds = folds * np.sin(np.arange(shape[1]) / 2)[:, None]
    folded = r + folds
    labels = np.select([r >= 1, folded < 0.2, folded < 0.7, folded < 0.9], [0, 1, 3, 2], 1)
    x, y, _ = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    field = 1 + bias * (0.7 * x + 0.5 * y**2 - 0.2)
    intensities = np.array([0, 30, 65, 100.0])[labels] * field
    intensities = intensities + np.random.default_rng(2).normal(0, noise, shape)
    return (
        np.where(labels, intensities, 0).astype(np.float32),
        labels.astype(np.uint8),
        field,
    )


def dice(one, other):
    """Overlap of two masks, 1 where they are the same."""
    return 2 * np.count_nonzero(one & other) / (np.count_nonzero(one) + np.count_nonzero(other))
