"""Heads as tissue fractions, drawn from the ICBM152 templates.

The fractions of a voxel add up to at most 1; the rest is air. `brain` is everything inside the
surface of the brain, including the CSF of sulci and ventricles.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast2map.anatomy.templates import STRUCTURES, load_icbm152, structure_fraction
from contrast2map.imaging import grids
from contrast2map.imaging.random_fields import random_diffeomorphism, smooth_field

HEAD_TISSUES = "csf gm wm putamen thalamus lesion skull marrow fat muscle skin dura vessels".split()
# Origin of a simulated head's world space in MNI mm: the centre of the brain's bounding box.
HEAD_CENTRE_MNI_MM = np.array([0.0, -17.0, 5.0])
# Layers outside the brain, from inside to outside: tissue and mean thickness in mm.
LAYERS_MM = (
    ("csf", 2.0),
    ("dura", 0.8),
    ("skull", 1.8),
    ("marrow", 2.2),
    ("skull", 1.8),
    ("fat", 3.0),
    ("skin", 2.0),
)


@dataclass(frozen=True)
class Head:
    """Tissue fractions of a head on a RAS grid.

    Attributes:
        fractions: Dict mapping tissue to fraction, float32 between 0 and 1, shape (x, y, z).
        brain: Fraction inside the brain's surface, same shape.
        affine: Voxel-to-world matrix in mm, shape (4, 4).
    """

    fractions: dict
    brain: np.ndarray
    affine: np.ndarray

    @property
    def voxel_mm(self):
        """Edge of the isotropic voxels in mm."""
        return float(grids.voxel_size_mm(self.affine)[0])


def grid_shape(matrix, scan_voxel_mm, voxel_mm, margin_mm=16.0):
    """Shape of a head's grid that covers the field of view of a scan, with a margin."""
    return [
        int(np.ceil((size * edge + margin_mm) / voxel_mm))
        for size, edge in zip(matrix, scan_voxel_mm, strict=True)
    ]


def draw_icbm152_head(
    rng,
    shape,
    affine,
    *,
    size_sd,
    displacement_sd_mm,
    displacement_smoothness_mm,
    fraction_sharpness,
):
    """Draw a head of random shape by deforming the ICBM152 templates.

    Args:
        rng: NumPy random generator.
        shape: Grid of the head.
        affine: Its voxel-to-world matrix in mm; isotropic, aligned with the world axes.
        size_sd: SD of the relative size along each axis.
        displacement_sd_mm: SD of the random diffeomorphism's displacement in mm.
        displacement_smoothness_mm: SD in mm of the Gaussian kernel that smooths the displacement.
        fraction_sharpness: Exponent of the tissue probabilities; above 1, it sharpens the blurred
            average.

    Returns:
        Head without lesions.
    """
    voxel_mm = float(grids.voxel_size_mm(affine)[0])
    mni_mm = _deformed_mni_coordinates(
        rng, shape, affine, size_sd, displacement_sd_mm, displacement_smoothness_mm
    )
    template = {}
    for quantity in ("t1", "gm", "wm"):
        values, template_affine = load_icbm152(quantity)
        if quantity == "t1":
            values = ndimage.binary_fill_holes(values > 0).astype(np.float32)
        voxels = (mni_mm - template_affine[:3, 3, None, None, None]).astype(np.float32)
        template[quantity] = ndimage.map_coordinates(values, voxels, order=1)
    brain = template["t1"]
    fractions = _sharpen(brain, template["gm"], template["wm"], fraction_sharpness)
    shares = {name: structure_fraction(name, mni_mm, edge_mm=1.5) for name in STRUCTURES}
    fractions = with_structures(fractions, shares)
    _add_shells(rng, fractions, brain, mni_mm, voxel_mm)
    return Head(fractions, brain, affine)


def _deformed_mni_coordinates(rng, shape, affine, size_sd, sd_mm, smoothness_mm, coarse_mm=4.0):
    """MNI coordinates in mm of each voxel of a random head, shape (3, x, y, z)."""
    voxel_mm = float(grids.voxel_size_mm(affine)[0])
    extent_mm = np.array(shape) * voxel_mm
    coarse_shape = [int(np.ceil(extent / coarse_mm)) + 1 for extent in extent_mm]
    scale = 1 / (1 + size_sd * rng.standard_normal(3))
    displacement = random_diffeomorphism(rng, coarse_shape, coarse_mm, sd_mm, smoothness_mm)
    coordinates = np.empty((3, *shape), np.float32)
    for axis in range(3):
        moved = ndimage.affine_transform(
            displacement[axis],
            np.eye(3) * voxel_mm / coarse_mm,
            output_shape=tuple(shape),
            order=1,
        )
        line = affine[axis, axis] * np.arange(shape[axis]) + affine[axis, 3]
        line = line.reshape([-1 if a == axis else 1 for a in range(3)])
        coordinates[axis] = (line + moved) * scale[axis] + HEAD_CENTRE_MNI_MM[axis]
    return coordinates


def _sharpen(brain, gm, wm, exponent):
    """Tissue fractions from the template's probabilities; their sum is the brain's fraction."""
    csf = np.clip(brain - gm - wm, 0, 1)
    powers = {"csf": csf**exponent, "gm": gm**exponent, "wm": wm**exponent}
    total = np.maximum(sum(powers.values()), 1e-6)
    return {name: (brain * power / total).astype(np.float32) for name, power in powers.items()}


def _add_shells(rng, fractions, brain, mni_mm, voxel_mm):
    """Add CSF, skull and scalp around the brain, and a neck below, to the fractions (in place)."""
    distance_mm = ndimage.distance_transform_edt(brain <= 0.5).astype(np.float32)
    distance_mm = np.maximum(distance_mm - 0.5, 0) * voxel_mm
    thickness = 1 + 0.15 * np.clip(smooth_field(rng, brain.shape, voxel_mm, 25.0), -2, 2)
    distance_mm /= thickness
    for name in ("skull", "marrow", "fat", "muscle", "skin", "dura"):
        fractions[name] = np.zeros(brain.shape, np.float32)
    fractions["vessels"] = np.zeros(brain.shape, np.float32)
    free = 1 - brain
    start = 0.0
    for name, width in LAYERS_MM:
        fractions[name] = fractions[name] + free * _layer(
            distance_mm, start, start + width, voxel_mm
        )
        start += width
    # Neck: an upright column of muscle, surrounded by fat and skin, behind an airway.
    beyond = free * np.clip((distance_mm - start) / voxel_mm + 0.5, 0, 1)
    x_mm, y_mm, z_mm = mni_mm
    column_mm = 55.0 * (1 - np.sqrt((x_mm / 55) ** 2 + ((y_mm + 38) / 55) ** 2))
    depth_mm = np.minimum(column_mm, -55.0 - z_mm)
    fractions["skin"] = fractions["skin"] + beyond * _layer(depth_mm, 0, 2, voxel_mm)
    fractions["fat"] = fractions["fat"] + beyond * _layer(depth_mm, 2, 7, voxel_mm)
    fractions["muscle"] = beyond * _layer(depth_mm, 7, 1e3, voxel_mm)


def _layer(distance_mm, start_mm, end_mm, voxel_mm):
    """Share of each voxel between two distances, with edges one voxel wide."""
    rise = np.clip((distance_mm - start_mm) / voxel_mm + 0.5, 0, 1)
    fall = np.clip((distance_mm - end_mm) / voxel_mm + 0.5, 0, 1)
    return rise - fall


def with_structures(fractions, shares):
    """Replace grey and white matter by structures in tissue fractions.

    Args:
        fractions: Dict mapping tissue to fraction, shape (x, y, z).
        shares: Dict mapping structure to its share of each voxel, same shape.
    """
    fractions = dict(fractions)
    for name, share in shares.items():
        fractions[name] = share * (fractions["gm"] + fractions["wm"])
        fractions["gm"] = fractions["gm"] * (1 - share)
        fractions["wm"] = fractions["wm"] * (1 - share)
    return fractions


def with_lesions(head, lesion_fraction):
    """Replace white matter of a head by lesions."""
    fractions = dict(head.fractions)
    fractions["wm"] = np.clip(fractions["wm"] - lesion_fraction, 0, 1)
    fractions["lesion"] = lesion_fraction
    return Head(fractions, head.brain, head.affine)
