"""The ICBM152 templates, and putamen and thalamus as shapes in MNI space.

The templates have no labels. Both structures are approximated by ellipsoids whose centre, size and
orientation follow their outlines in the ICBM152 2009a average.
"""

import importlib.resources

import nibabel as nib
import numpy as np

# Right hemisphere in MNI mm; the left one is its mirror image. The yaw rotates the ellipsoid about
# the superior axis (its posterior end moves laterally).
PUTAMEN = {"centre_mm": (25.5, 3.0, 0.5), "semi_axes_mm": (4.8, 15.0, 9.0), "yaw_deg": 12.0}
THALAMUS = {"centre_mm": (11.0, -18.5, 7.5), "semi_axes_mm": (7.0, 12.0, 7.5), "yaw_deg": 28.0}
STRUCTURES = {"putamen": PUTAMEN, "thalamus": THALAMUS}


def structure_fraction(name, mni_mm, edge_mm):
    """Share of each voxel that a structure (both hemispheres) fills.

    Args:
        name: "putamen" or "thalamus".
        mni_mm: MNI coordinates of the voxels in mm, shape (3, ...).
        edge_mm: Width of the transition from 1 to 0 at the structure's surface.

    Returns:
        float32 between 0 and 1, shape (...).
    """
    shape = STRUCTURES[name]
    centre = np.reshape(shape["centre_mm"], (3,) + (1,) * (mni_mm.ndim - 1))
    mirrored = np.stack([np.abs(mni_mm[0]), mni_mm[1], mni_mm[2]]) - centre.astype(np.float32)
    yaw = np.deg2rad(shape["yaw_deg"])
    along_x = np.cos(yaw) * mirrored[0] + np.sin(yaw) * mirrored[1]
    along_y = -np.sin(yaw) * mirrored[0] + np.cos(yaw) * mirrored[1]
    a, b, c = shape["semi_axes_mm"]
    radius = np.sqrt((along_x / a) ** 2 + (along_y / b) ** 2 + (mirrored[2] / c) ** 2)
    # Distance to the surface along the ray from the centre, exact on the axes.
    distance_to_centre = np.sqrt((mirrored**2).sum(axis=0))
    inside_mm = np.where(radius > 0, distance_to_centre * (1 / np.maximum(radius, 1e-6) - 1), a)
    return np.clip(0.5 + inside_mm / edge_mm, 0, 1).astype(np.float32)


def load_icbm152(quantity):
    """Load one of the ICBM152 2009a templates from the nilearn package.

    Args:
        quantity: "t1" (skull-stripped average image), "gm" or "wm" (tissue probability).

    Returns:
        Values scaled to 0-1, float32 (x, y, z), and the voxel-to-world matrix in MNI mm.
    """
    name = f"mni_icbm152_{quantity}_tal_nlin_sym_09a_converted.nii.gz"
    with importlib.resources.as_file(
        importlib.resources.files("nilearn") / "datasets" / "data" / name
    ) as path:
        image = nib.load(path)
        return np.asarray(image.dataobj, np.float32) / 255, image.affine
