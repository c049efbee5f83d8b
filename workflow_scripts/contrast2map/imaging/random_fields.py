"""Smooth random fields and random diffeomorphisms."""

import numpy as np
from scipy import ndimage


def smooth_field(rng, shape, voxel_mm, smoothness_mm):
    """Gaussian random field with zero mean and unit SD.

    If the smoothness is much larger than a voxel, the field is drawn on a coarser grid and
    interpolated.

    Args:
        rng: NumPy random generator.
        shape: Number of voxels along each axis.
        voxel_mm: Voxel edge along each axis in mm.
        smoothness_mm: SD of the Gaussian kernel that smooths white noise, in mm.

    Returns:
        float32 array of shape `shape`.
    """
    voxel_mm = np.broadcast_to(np.asarray(voxel_mm, float), (len(shape),))
    step = np.maximum(1, np.floor(smoothness_mm / 2 / voxel_mm).astype(int))
    coarse_shape = [int(np.ceil((size - 1) / s)) + 2 for size, s in zip(shape, step, strict=True)]
    noise = rng.standard_normal(coarse_shape, dtype=np.float32)
    field = ndimage.gaussian_filter(noise, smoothness_mm / (voxel_mm * step), mode="wrap")
    field = (field - field.mean()) / field.std()
    if (step == 1).all():
        return field[tuple(slice(size) for size in shape)]
    return ndimage.affine_transform(field, np.diag(1.0 / step), output_shape=tuple(shape), order=1)


def random_diffeomorphism(rng, shape, voxel_mm, sd_mm, smoothness_mm, n_squarings=6):
    """Displacement field of a random diffeomorphism.

    The exponential of a smooth stationary velocity field by scaling and squaring (Arsigny et al.,
    MICCAI 2006).

    Args:
        rng: NumPy random generator.
        shape: Number of voxels along x, y, z.
        voxel_mm: Edge of the isotropic voxels in mm.
        sd_mm: SD of each component of the velocity, in mm.
        smoothness_mm: SD of its Gaussian smoothness in mm.
        n_squarings: Number of squarings of the exponential.

    Returns:
        Displacement in mm, shape (3, *shape).

    Raises:
        ValueError: The deformation folds: its Jacobian determinant is not positive everywhere.
    """
    velocity = sd_mm * np.stack(
        [smooth_field(rng, shape, voxel_mm, smoothness_mm) for _ in range(3)]
    )
    voxels = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"))
    displacement = velocity / 2**n_squarings
    for _ in range(n_squarings):
        moved = voxels + displacement / voxel_mm
        displacement = displacement + np.stack(
            [
                ndimage.map_coordinates(component, moved, order=1, mode="nearest")
                for component in displacement
            ]
        )
    if jacobian_determinant(displacement, voxel_mm).min() <= 0:
        raise ValueError(
            f"the random deformation (SD {sd_mm} mm, smoothness {smoothness_mm} mm) folds; "
            "lower displacement_sd_mm or raise displacement_smoothness_mm"
        )
    return displacement.astype(np.float32)


def jacobian_determinant(displacement, voxel_mm):
    """Jacobian determinant of x + displacement(x).

    Args:
        displacement: Displacement in mm, shape (3, x, y, z).
        voxel_mm: Edge of the isotropic voxels in mm.

    Returns:
        Determinant at each voxel, shape (x, y, z).
    """
    gradient = np.stack([np.stack(np.gradient(component, voxel_mm)) for component in displacement])
    jacobian = np.moveaxis(gradient, (0, 1), (-2, -1)) + np.eye(3)
    return np.linalg.det(jacobian)
