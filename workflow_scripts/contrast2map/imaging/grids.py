"""Voxel grids in world space (mm): their size, position and comparison, and resampling."""

from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

from contrast2map.imaging.size_words import shape_words

SAME_GRID_MM = 1e-3  # tolerance between the affines of two images on the same grid


def voxel_size_mm(image_or_affine):
    """Edges of a voxel along the three axes in mm, shape (3,).

    Args:
        image_or_affine: nibabel image, or voxel-to-world matrix in mm.
    """
    return nib.affines.voxel_sizes(getattr(image_or_affine, "affine", image_or_affine))


def grid_difference(image, like):
    """Describe the difference between the grids of two nibabel images; None if there is none."""
    if image.shape != like.shape:
        return f"{shape_words(image.shape)} instead of {shape_words(like.shape)} voxels"
    if np.allclose(image.affine, like.affine, atol=SAME_GRID_MM):
        return None
    corners = np.stack(np.meshgrid(*[(0, size - 1) for size in image.shape[:3]], [1]), axis=-1)
    moved_mm = np.linalg.norm((corners @ (image.affine - like.affine).T)[..., :3], axis=-1)
    return f"corners up to {moved_mm.max():.3g} mm apart"


def require_same_grid(image, like, name, like_name):
    """Raise an error if two images differ in shape or affine.

    Args:
        image: nibabel image.
        like: nibabel image on the required grid.
        name: File or description of `image`, for the message.
        like_name: File or description of `like`.

    Raises:
        ValueError: One line that names both images and their difference.
    """
    difference = grid_difference(image, like)
    if difference:
        raise ValueError(
            f"{name}: is not on the grid of {like_name} ({difference}); resample it to that grid"
        )


def centred_affine(matrix, voxel_mm):
    """Affine of a RAS grid whose centre is the origin of world space.

    Args:
        matrix: Number of voxels along x, y, z.
        voxel_mm: Voxel edge along x, y, z in mm.

    Returns:
        Voxel-to-world matrix in mm, shape (4, 4).
    """
    affine = np.diag([*np.asarray(voxel_mm, float), 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.asarray(matrix, float) - 1) / 2)
    return affine


@dataclass(frozen=True)
class CentredGrid:
    """A RAS grid whose centre is the origin of world space.

    Attributes:
        matrix: Number of voxels along x, y, z.
        voxel_mm: Voxel edge along x, y, z in mm.
    """

    matrix: tuple[int, int, int]
    voxel_mm: tuple[float, float, float]

    @property
    def affine(self):
        """Voxel-to-world matrix in mm, shape (4, 4)."""
        return centred_affine(self.matrix, self.voxel_mm)


def world_coordinates(shape, affine):
    """World coordinates of each voxel centre in mm, float32, shape (3, *shape).

    The grid must be aligned with the world axes.
    """
    axes = [
        affine[axis, axis] * np.arange(size, dtype=np.float32) + affine[axis, 3]
        for axis, size in enumerate(shape)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)


def resample(values, affine, shape, target_affine, target_to_source=None, order=1):
    """Resample an image to another grid; 0 outside the image.

    Args:
        values: Image, shape (x, y, z).
        affine: Its voxel-to-world matrix.
        shape: Shape of the target grid.
        target_affine: Voxel-to-world matrix of the target grid.
        target_to_source: World-to-world matrix from target to image; identity if None.
        order: Order of the spline interpolation.

    Returns:
        float32 image of shape `shape`.
    """
    between = np.eye(4) if target_to_source is None else target_to_source
    voxel_to_voxel = np.linalg.inv(affine) @ between @ target_affine
    return ndimage.affine_transform(
        np.asarray(values, np.float32),
        voxel_to_voxel[:3, :3],
        voxel_to_voxel[:3, 3],
        output_shape=tuple(shape),
        order=order,
        mode="constant",
        cval=0.0,
    )


def extent(mask):
    """First and last index of a mask along each axis, two integer arrays of shape (3,).

    Raises:
        ValueError: The mask is empty.
    """
    ends = []
    for axis in range(3):
        there = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        ends.append((there.min(), there.max()))
    return np.transpose(ends)


def bounding_box(mask, affine, margin_voxels):
    """Bounding box of a mask with a margin, clipped to the grid.

    Args:
        mask: Boolean, shape (x, y, z), not empty.
        affine: Voxel-to-world matrix in mm.
        margin_voxels: Width of the margin.

    Returns:
        Tuple of slices, and the voxel-to-world matrix of the box.
    """
    first, last = extent(mask)
    first = np.maximum(first - margin_voxels, 0)
    last = np.minimum(last + margin_voxels + 1, mask.shape)
    shifted = np.array(affine, float)
    shifted[:3, 3] = affine[:3, :3] @ first + affine[:3, 3]
    return tuple(slice(a, b) for a, b in zip(first, last, strict=True)), shifted


def averaged(values, affine, edge_mm):
    """Average an image over blocks of whole voxels with edges close to a given length.

    Args:
        values: Image, shape (x, y, z).
        affine: Its voxel-to-world matrix in mm.
        edge_mm: Desired edge of a block. An axis whose voxels are about that long is not averaged.

    Returns:
        float32 image and its voxel-to-world matrix. Voxels of an incomplete last block are cut off.
    """
    steps = np.maximum(1, np.round(edge_mm / voxel_size_mm(affine)).astype(int))
    n_blocks = np.array(values.shape) // steps
    whole = values[tuple(slice(count) for count in n_blocks * steps)]
    blocks = whole.reshape([size for pair in zip(n_blocks, steps, strict=True) for size in pair])
    moved = affine @ nib.affines.from_matvec(np.diag(steps.astype(float)), (steps - 1) / 2)
    return blocks.mean(axis=(1, 3, 5), dtype=np.float32), moved


def to_canonical(image):
    """Reorient the axes of a nibabel image to right, anterior, superior (RAS)."""
    return nib.as_closest_canonical(image)


def in_orientation_of(image, like, name="the image", like_name="the image to match"):
    """Reorient a nibabel image to the axes of another image; the inverse of `to_canonical`.

    Args:
        image: nibabel image.
        like: nibabel image on the same grid, except for axis order and direction.
        name: File or description of `image`, for the message.
        like_name: File or description of `like`.

    Raises:
        ValueError: The two are on different grids.
    """
    turn = nib.orientations.ornt_transform(
        nib.io_orientation(image.affine), nib.io_orientation(like.affine)
    )
    turned = image.as_reoriented(turn)
    require_same_grid(turned, like, name, like_name)
    return turned


def to_slices(volume):
    """Turn a RAS volume (x, y, z) into axial slices (slice, anterior-posterior, left-right)."""
    return np.ascontiguousarray(np.swapaxes(volume, 0, 2))


def from_slices(slices):
    """Turn axial slices (z, y, x) into a RAS volume (x, y, z); the inverse of `to_slices`."""
    return np.ascontiguousarray(np.swapaxes(slices, 0, 2))


def save_centred(values, voxel_mm, path):
    """Write an array as NIfTI on a RAS grid centred on the origin; create the folder."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(values, centred_affine(values.shape, voxel_mm))
    image.header.set_xyzt_units("mm")
    nib.save(image, path)
