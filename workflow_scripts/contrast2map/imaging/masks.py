"""Masks and regions of interest from a tissue segmentation.

As in Qiu et al. 2022, section 2.4, CSF is dilated, and grey and white matter are eroded, by a
sphere with a radius of one voxel.
"""

import numpy as np
from scipy import ndimage

CSF, GM, WM = 1, 2, 3  # labels of a tissue segmentation
TISSUE_LABELS = {"csf": CSF, "gm": GM, "wm": WM}
STRUCTURE_LABELS = {"putamen": 1, "thalamus": 2}
ROI_LABELS = {"gm": 1, "wm": 2, "putamen": 3, "thalamus": 4}


def ball(radius_voxels, n_dimensions=3):
    """Spherical structuring element with a radius in voxels, boolean; radius 0 is one voxel."""
    axis = np.arange(-radius_voxels, radius_voxels + 1)
    coordinates = np.meshgrid(*[axis] * n_dimensions, indexing="ij")
    return sum(c**2 for c in coordinates) <= radius_voxels**2


def distance_mm(mask, voxel_mm):
    """Distance in mm from each voxel to the nearest voxel of a mask; infinite if it is empty.

    Args:
        mask: Boolean, any shape.
        voxel_mm: Voxel edges in mm, one per axis.
    """
    if not mask.any():
        return np.full(mask.shape, np.inf)
    return ndimage.distance_transform_edt(~mask, sampling=voxel_mm)


def opened(mask, radius_mm, voxel_mm):
    """Open a mask with a ball of a radius in mm: where no ball fits into it, it is empty.

    Outside of the array counts as inside, so a mask that the image cuts off stays there.
    """
    core = distance_mm(~mask, voxel_mm) > radius_mm
    return distance_mm(core, voxel_mm) <= radius_mm


def inner_white_matter(tissue, erosion_voxels):
    """Eroded white matter, away from other tissue.

    Args:
        tissue: Tissue labels (3 WM), three axes in any order.
        erosion_voxels: Radius of the eroding sphere.

    Returns:
        Boolean mask, same shape.
    """
    return ndimage.binary_erosion(tissue == WM, ball(erosion_voxels))


def exclude_csf(brain, tissue, dilation_voxels):
    """Brain without its dilated CSF.

    Args:
        brain: Brain mask, shape (x, y, z).
        tissue: Tissue labels (0 none, 1 CSF, 2 GM, 3 WM), same shape.
        dilation_voxels: Radius of the dilating sphere.

    Returns:
        Boolean mask, same shape.
    """
    return (brain > 0) & ~ndimage.binary_dilation(tissue == CSF, ball(dilation_voxels))


def label_structures(shares):
    """Label the voxels of which putamen or thalamus fills more than half.

    Args:
        shares: Dict mapping "putamen", "thalamus" to share of each voxel, 0-1, shape (x, y, z).

    Returns:
        uint8 with `STRUCTURE_LABELS`, 0 elsewhere.
    """
    labels = np.zeros(next(iter(shares.values())).shape, np.uint8)
    for name, number in STRUCTURE_LABELS.items():
        labels[shares[name] > 0.5] = number
    return labels


def structure_slice(structures):
    """Index of the slice (axis 2) with the largest product of putamen and thalamus areas.

    Args:
        structures: Labels of `STRUCTURE_LABELS`, shape (x, y, z).

    Raises:
        ValueError: No slice contains both.
    """
    areas = [(structures == number).sum(axis=(0, 1)) for number in STRUCTURE_LABELS.values()]
    product = np.prod(areas, axis=0)
    if product.max() == 0:
        raise ValueError(
            "no slice contains both putamen and thalamus; check the registration of the template"
        )
    return int(np.argmax(product))


def draw_rois(
    tissue, structures, outside_csf, voxel_mm, *, erosion_voxels, slab_distance_mm, n_slab_slices
):
    """Draw the four regions of the paper's Table 2.

    Putamen and thalamus of both hemispheres are drawn in one slice and eroded in plane; grey and
    white matter are eroded in 3-D and drawn in a slab centred a fixed distance above that slice.

    Args:
        tissue: Tissue labels (1 CSF, 2 GM, 3 WM), shape (x, y, z), RAS.
        structures: Labels of `STRUCTURE_LABELS`, same shape.
        outside_csf: Brain without dilated CSF, same shape.
        voxel_mm: Voxel edges in mm.
        erosion_voxels: Radius of the eroding sphere.
        slab_distance_mm: Distance from the slice of the structures up to the slab's centre.
        n_slab_slices: Number of slices in the slab.

    Returns:
        uint8 with `ROI_LABELS`, 0 elsewhere.

    Raises:
        ValueError: No slice contains both structures, or the slab extends beyond the image.
    """
    rois = np.zeros(tissue.shape, np.uint8)
    level = structure_slice(structures)
    first = level + round(slab_distance_mm / voxel_mm[2] - (n_slab_slices - 1) / 2)
    if not 0 <= first <= tissue.shape[2] - n_slab_slices:
        raise ValueError(
            f"the slab of {n_slab_slices} slices, {slab_distance_mm} mm above slice {level}, "
            f"extends beyond the image of {tissue.shape[2]} slices"
        )
    slab = slice(first, first + n_slab_slices)
    for name, number in (("gm", GM), ("wm", WM)):
        eroded = ndimage.binary_erosion(tissue == number, ball(erosion_voxels))
        rois[:, :, slab][eroded[:, :, slab]] = ROI_LABELS[name]
    for name, number in STRUCTURE_LABELS.items():
        drawn = (structures[:, :, level] == number) & outside_csf[:, :, level]
        drawn = ndimage.binary_erosion(drawn, ball(erosion_voxels, n_dimensions=2))
        rois[:, :, level][drawn] = ROI_LABELS[name]
    return rois
