"""Where an image says that it lies: voxels, orientation, field of view, and other images."""

import numpy as np
from nibabel.spatialimages import HeaderDataError

from contrast2map.imaging import grids, images
from contrast2map.imaging.sizes import shape_words, size_words
from contrast2map.study.findings import fail, warn

LEAST_N_VOXELS = 16  # along an axis; registration and slices need some
LEAST_VOXEL_MM, LARGEST_VOXEL_MM = 0.05, 10.0
# ASSUME a head with its scalp takes 140 mm at least; slabs of a part of it are not registered to.
LEAST_TARGET_EXTENT_MM, LEAST_EXTENT_MM, LARGEST_EXTENT_MM = 100.0, 30.0, 600.0
LARGEST_SHEAR = 0.02  # cosine between two axes of the grid: 1 degree off the right angle
HEADER_TOLERANCE_MM = 1.0  # between the two places that a header gives, at the image's corners
# Share of the smaller image that lies within the other one.
LEAST_OVERLAP, USUAL_OVERLAP = 0.1, 0.7
N_LATTICE = 16  # points along an axis at which the overlap is told
UNIT_NAMES = {1: "metres", 3: "micrometres"}


def check_place(image, path, is_target):
    """Findings about an image's own grid.

    Args:
        image: nibabel image with its header as stored.
        path: Its file.
        is_target: Whether others are registered to it.
    """
    affine = np.asarray(image.affine, float)
    findings = _check_voxels(image, path, affine)
    if findings:
        return findings
    findings += _check_axes(path, affine) + _check_header(image, path, affine)
    extent_mm = grids.voxel_size_mm(affine) * image.shape
    least_mm = LEAST_TARGET_EXTENT_MM if is_target else LEAST_EXTENT_MM
    if min(extent_mm) < least_mm or max(extent_mm) > LARGEST_EXTENT_MM:
        part = "the head that all scans are registered to" if is_target else "a scan of the head"
        findings.append(
            fail(
                path,
                f"its field of view of {size_words(extent_mm)} is implausible for "
                f"{part} ({least_mm:g} to {LARGEST_EXTENT_MM:g} mm)",
                "check the voxel size in its header, or take a scan that covers more",
            )
        )
    return findings


def check_overlap(image, target, path):
    """Findings where an image's field of view misses the target's.

    Args:
        image: nibabel image.
        target: The target scan, nibabel image.
        path: File of the image.
    """
    share = overlap(image, target)
    if share >= USUAL_OVERLAP:
        return []
    if share < LEAST_OVERLAP:
        problem = (
            f"does not lie where the target scan lies ({share:.0%} of the smaller field of view is "
            "in the other): its affine is shifted, or it shows another part"
        )
        return [fail(path, problem, "correct its affine, or convert both scans of one visit anew")]
    problem = f"only {share:.0%} of the smaller field of view lies in that of the target scan"
    return [warn(path, problem, "look at the page of its registration")]


def overlap(image, other):
    """Share of the smaller of two fields of view that lies within the other one."""
    return max(_share_inside(image, other), _share_inside(other, image))


def check_grid(image, target, path, what):
    """A finding where an image is not, up to the order of its axes, on the grid of another.

    Args:
        image: nibabel image.
        target: nibabel image.
        path: File of the image.
        what: Words for the other image.
    """
    turned, wanted = grids.to_canonical(image), grids.to_canonical(target)
    difference = grids.grid_difference(turned, wanted)
    if not difference:
        return []
    return [
        fail(
            path,
            f"is not on the grid of {what} ({difference})",
            f"resample it to the grid of {what}",
        )
    ]


def _check_voxels(image, path, affine):
    sizes = grids.voxel_size_mm(affine)
    findings = []
    if min(image.shape) < LEAST_N_VOXELS:
        findings.append(
            fail(
                path,
                f"has {shape_words(image.shape)} voxels; at least {LEAST_N_VOXELS} along "
                "each axis are needed",
                "take a 3-D scan of the whole head, not a localiser or a few slices",
            )
        )
    if min(sizes) < LEAST_VOXEL_MM or max(sizes) > LARGEST_VOXEL_MM:
        unit = UNIT_NAMES.get(int(image.header["xyzt_units"]) & 7)
        hint = f" (its header says {unit})" if unit else ""
        findings.append(
            fail(
                path,
                f"its voxels of {size_words(sizes)} are implausible{hint}",
                "correct the header's voxel size, in mm",
            )
        )
    return findings


def _check_axes(path, affine):
    directions = affine[:3, :3] / grids.voxel_size_mm(affine)
    shear = np.abs(directions.T @ directions - np.eye(3)).max()
    if shear <= LARGEST_SHEAR:
        return []
    angle_deg = np.degrees(np.arcsin(min(shear, 1.0)))
    problem = f"its grid is sheared: axes are {angle_deg:.0f} degrees off the right angle"
    return [fail(path, problem, "resample it to a grid of right angles")]


def _check_header(image, path, affine):
    header = image.header
    codes = int(header["sform_code"]), int(header["qform_code"])
    if codes == (0, 0):
        return [
            fail(
                path,
                "its header gives no orientation (sform and qform codes are 0)",
                "copy the geometry from the scan that it was made from (as `fslcpgeom`)",
            )
        ]
    findings = []
    sizes, told = grids.voxel_size_mm(affine), np.abs(header["pixdim"][1:4].astype(float))
    if not np.allclose(sizes, told, rtol=0.02, atol=0.01):
        findings.append(
            warn(
                path,
                f"its header gives voxels of {size_words(told)}, its affine of "
                f"{size_words(sizes)}; the affine is used",
                "convert it anew, or correct the header",
            )
        )
    elif min(codes) > 0:
        try:
            with images.quiet():
                qform = image.header.get_qform()
            corners = _corners(image.shape)
            moved_mm = np.abs((corners @ (qform - affine).T)[:, :3]).max()
        except (ValueError, HeaderDataError):
            moved_mm = np.nan
        if not moved_mm <= HEADER_TOLERANCE_MM:
            findings.append(
                warn(
                    path,
                    "its header gives two different places (sform and qform); the sform is used",
                    "write one of them into both",
                )
            )
    return findings


def _share_inside(image, other):
    """Share of a lattice of points of an image's grid that lies within another's grid."""
    ticks = [np.linspace(-0.5, n - 0.5, 2 * N_LATTICE + 1)[1::2] for n in image.shape]
    points = np.stack(np.meshgrid(*ticks, [1.0], indexing="ij"), axis=-1).reshape(-1, 4)
    there = points @ (np.linalg.inv(other.affine) @ image.affine).T
    inside = (there[:, :3] >= -0.5) & (there[:, :3] <= np.array(other.shape) - 0.5)
    return float(inside.all(axis=1).mean())


def _corners(shape):
    """Corners of a grid in voxels, homogeneous, shape (8, 4)."""
    ends = [(0, n - 1) for n in shape]
    return np.stack(np.meshgrid(*ends, [1], indexing="ij"), axis=-1).reshape(-1, 4).astype(float)
