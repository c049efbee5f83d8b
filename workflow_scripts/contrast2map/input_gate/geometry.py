"""Check the geometry of an image: voxels, orientation, field of view, overlap with the target."""

import numpy as np
from nibabel.spatialimages import HeaderDataError

from contrast2map.imaging import grids, images
from contrast2map.imaging.size_words import shape_words, size_words
from contrast2map.study.findings import fail, warn

LEAST_N_VOXELS = 16  # along each axis, for registration and slice selection
LEAST_VOXEL_MM, LARGEST_VOXEL_MM = 0.05, 10.0
# ASSUME a head with its scalp measures at least 140 mm; a slab cannot be the target scan.
LEAST_TARGET_EXTENT_MM, LEAST_EXTENT_MM, LARGEST_EXTENT_MM = 100.0, 30.0, 600.0
LARGEST_SHEAR = 0.02  # cosine of the angle between two axes: 1 degree from a right angle
HEADER_TOLERANCE_MM = 1.0  # between sform and qform, at the corners of the image
# Fraction of the smaller field of view inside the other.
LEAST_OVERLAP, USUAL_OVERLAP = 0.1, 0.7
N_LATTICE = 16  # points along an axis at which the overlap is sampled
UNIT_NAMES = {1: "metres", 3: "micrometres"}


def check_grid_alone(image, path, is_target):
    """Check the grid of one image by itself; return the findings.

    Args:
        image: nibabel image with its header as stored.
        path: File of the image.
        is_target: Whether the other scans are registered to this image.
    """
    affine = np.asarray(image.affine, float)
    findings = _check_voxels(image, path, affine)
    if findings:
        return findings
    findings += _check_axes(path, affine) + _check_header(image, path, affine)
    extent_mm = grids.voxel_size_mm(affine) * image.shape
    least_mm = LEAST_TARGET_EXTENT_MM if is_target else LEAST_EXTENT_MM
    if min(extent_mm) < least_mm or max(extent_mm) > LARGEST_EXTENT_MM:
        part = "the scan that all others are registered to" if is_target else "a scan of the head"
        findings.append(
            fail(
                path,
                f"its field of view of {size_words(extent_mm)} is implausible for "
                f"{part} ({least_mm:g} to {LARGEST_EXTENT_MM:g} mm)",
                "check the voxel size in its header, or use another scan",
            )
        )
    return findings


def check_overlap(image, target, path):
    """Check the overlap of the fields of view of an image and the target; return the findings.

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
            f"hardly overlaps the target scan ({share:.0%} of the smaller field of view is inside "
            "the larger one): its affine is shifted, or it shows another part of the body"
        )
        return [
            fail(path, problem, "correct its affine, or convert both scans of the session again")
        ]
    problem = (
        f"overlaps little with the target scan ({share:.0%} of the smaller field of view is inside "
        "the larger one)"
    )
    return [warn(path, problem, "check its registration on the quality-control page")]


def overlap(image, other):
    """Fraction of the smaller of two fields of view that is inside the other."""
    return max(_share_inside(image, other), _share_inside(other, image))


def check_grid(image, target, path, what):
    """Check that two images have the same grid, whatever the order of axes; return the findings.

    Args:
        image: nibabel image.
        target: nibabel image.
        path: File of the image.
        what: Name of the target image in messages.
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
                "use a 3-D scan of the whole head, not a localiser or a few slices",
            )
        )
    if min(sizes) < LEAST_VOXEL_MM or max(sizes) > LARGEST_VOXEL_MM:
        unit = UNIT_NAMES.get(int(image.header["xyzt_units"]) & 7)
        hint = f" (its header says {unit})" if unit else ""
        findings.append(
            fail(
                path,
                f"its voxels of {size_words(sizes)} are implausible{hint}",
                "correct the voxel size (mm) in the header",
            )
        )
    return findings


def _check_axes(path, affine):
    directions = affine[:3, :3] / grids.voxel_size_mm(affine)
    shear = np.abs(directions.T @ directions - np.eye(3)).max()
    if shear <= LARGEST_SHEAR:
        return []
    angle_deg = np.degrees(np.arcsin(min(shear, 1.0)))
    problem = f"its grid is sheared: axes deviate from a right angle by {angle_deg:.0f} degrees"
    return [fail(path, problem, "resample it to an orthogonal grid")]


def _check_header(image, path, affine):
    header = image.header
    codes = int(header["sform_code"]), int(header["qform_code"])
    if codes == (0, 0):
        return [
            fail(
                path,
                "its header gives no orientation (sform and qform codes are 0)",
                "copy the geometry of the scan that it was derived from (e.g. with `fslcpgeom`)",
            )
        ]
    findings = []
    sizes, stated = grids.voxel_size_mm(affine), np.abs(header["pixdim"][1:4].astype(float))
    if not np.allclose(sizes, stated, rtol=0.02, atol=0.01):
        findings.append(
            warn(
                path,
                f"its header gives voxels of {size_words(stated)}, but its affine gives "
                f"{size_words(sizes)}; the affine is used",
                "convert it again, or correct the header",
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
                    "its header gives two different positions (sform and qform); the sform is used",
                    "set both to the correct one",
                )
            )
    return findings


def _share_inside(image, other):
    """Fraction of the points of a lattice in an image that are inside another image."""
    ticks = [np.linspace(-0.5, n - 0.5, 2 * N_LATTICE + 1)[1::2] for n in image.shape]
    points = np.stack(np.meshgrid(*ticks, [1.0], indexing="ij"), axis=-1).reshape(-1, 4)
    there = points @ (np.linalg.inv(other.affine) @ image.affine).T
    inside = (there[:, :3] >= -0.5) & (there[:, :3] <= np.array(other.shape) - 0.5)
    return float(inside.all(axis=1).mean())


def _corners(shape):
    """Corners of a grid in homogeneous voxel coordinates, shape (8, 4)."""
    ends = [(0, n - 1) for n in shape]
    return np.stack(np.meshgrid(*ends, [1], indexing="ij"), axis=-1).reshape(-1, 4).astype(float)
