"""Brain masks of T1-weighted heads: FSL's BET, or an embedded engine where there is no FSL."""

import contextlib
import importlib.metadata
import io
from dataclasses import dataclass

import nibabel
import numpy as np
from scipy import ndimage

from contrast2map import fsl

# `brainextractor` works on isotropic voxels of the scan's finest edge, within these bounds. The
# margin keeps its search for intensities, 20 mm along each normal, inside the image.
FINEST_MM, COARSEST_MM = 1.0, 2.0
MARGIN_MM = 30.0


@dataclass(frozen=True)
class BrainExtraction:
    """A brain mask and what made it.

    Attributes:
        mask: nibabel image, uint8, 1 in the brain, on the grid of the head, shape (x, y, z).
        engine: "fsl" or "embedded".
        version: What ran, "FSL 6.0.0" or "brainextractor 0.3.0".
    """

    mask: nibabel.Nifti1Image
    engine: str
    version: str


def extract_brain(image, engine="auto", fractional_intensity=0.5, robust=True):
    """Find the brain in a T1-weighted image of a head.

    Args:
        image: nibabel image with skull, shape (x, y, z); any orientation and voxel size.
        engine: "fsl" (BET), "embedded" (the package brainextractor, the same method), or "auto":
            FSL where it is installed.
        fractional_intensity: BET's -f, between 0 and 1; smaller gives a larger brain.
        robust: Whether BET repeats the extraction from the centre of the brain found before; the
            embedded engine does not.

    Returns:
        The BrainExtraction.

    Raises:
        ValueError: The engine is unknown, the image is not a finite 3-D volume with contrast, or
            the fractional intensity is not between 0 and 1.
        contrast2map.fsl.FSLError: FSL is asked for and missing, or failed.
    """
    name, version = describe_engine(engine)
    if not 0 < fractional_intensity < 1:
        raise ValueError(f"fractional_intensity is {fractional_intensity}, not between 0 and 1.")
    intensities = volume(image)
    if name == "fsl":
        mask = fsl.bet(image, fractional_intensity, robust)
    else:
        mask = _embedded(image, intensities, fractional_intensity)
    if not mask.any():
        raise ValueError("No brain was found in the image.")
    return BrainExtraction(on_grid_of(image, mask.astype(np.uint8)), name, version)


def describe_engine(engine="auto"):
    """What `extract_brain` would run.

    Returns:
        "fsl" or "embedded", and its version, e.g. ("fsl", "FSL 6.0.0").
    """
    name = fsl.resolve_engine(engine, "bet")
    if name == "fsl":
        return name, fsl.version()
    return name, f"brainextractor {importlib.metadata.version('brainextractor')}"


def volume(image):
    """Intensities of a nibabel image, shape (x, y, z), with NaN and infinity as 0.

    Raises:
        ValueError: The image is not 3-D, or has one value throughout.
    """
    intensities = np.asarray(image.dataobj, dtype=np.float32)
    if intensities.ndim != 3:
        raise ValueError(f"The image has shape {intensities.shape}, not (x, y, z).")
    intensities = np.nan_to_num(intensities, posinf=0, neginf=0)
    if intensities.min() == intensities.max():
        raise ValueError("The image is constant.")
    return intensities


def on_grid_of(image, array):
    """A NIfTI image of an array, shape (x, y, z), with the geometry of another image."""
    header = nibabel.Nifti1Header.from_header(image.header)
    header.set_data_dtype(array.dtype)
    header["cal_min"] = header["cal_max"] = 0
    return nibabel.Nifti1Image(array, image.affine, header)


def _embedded(image, intensities, fractional_intensity):
    """Brain by `brainextractor`, made safe.

    It assumes isotropic voxels, fails where its search leaves the image, shifts the mask that it
    makes of its surface by a voxel, and writes to standard output. So the head is resampled to
    isotropic voxels with a margin, and its surface is filled here.

    Args:
        image: nibabel image of the head, for its grid.
        intensities: Its finite values, shape (x, y, z).
        fractional_intensity: BET's -f.

    Returns:
        True in the brain, shape (x, y, z).
    """
    from brainextractor import BrainExtractor  # here, because numba takes seconds to load

    darkest, brightest = np.quantile(intensities, (0.02, 0.98))
    if darkest == brightest:
        raise ValueError("There is no head in the image: nearly all of it has one value.")
    axes = nibabel.io_orientation(image.affine)
    head = nibabel.apply_orientation(intensities - intensities.min(), axes)
    voxel_sizes_mm = nibabel.affines.voxel_sizes(nibabel.as_closest_canonical(image).affine)
    edge_mm = float(np.clip(voxel_sizes_mm.min(), FINEST_MM, COARSEST_MM))
    scale = voxel_sizes_mm / edge_mm
    inside = np.ceil(head.shape * scale).astype(int)
    margin = int(np.ceil(MARGIN_MM / edge_mm))
    shape = inside + 2 * margin
    isotropic = ndimage.affine_transform(
        head,
        np.diag(1 / scale),
        offset=-margin / scale,
        output_shape=tuple(shape),
        order=1,
        mode="grid-constant",
    )
    # Its thresholds are quantiles of all voxels: those of the head alone, whatever the margin.
    n_margin = shape.prod() - inside.prod()
    low, high = ((n_margin + share * inside.prod()) / shape.prod() for share in (0.02, 0.98))
    with contextlib.redirect_stdout(io.StringIO()):
        extractor = BrainExtractor(
            nibabel.Nifti1Image(isotropic, np.diag([edge_mm] * 3 + [1])),
            t02t=low,
            t98t=high,
            bt=fractional_intensity,
        )
        extractor.run()
        filled = extractor.surface.voxelized(1).fill()
    start = np.rint(filled.translation).astype(int)
    brain = _placed(filled.matrix, start, shape)
    brain = ndimage.affine_transform(
        brain, np.diag(scale), offset=margin, output_shape=head.shape, order=1
    )
    back = nibabel.orientations.ornt_transform(
        nibabel.orientations.axcodes2ornt("RAS"), nibabel.io_orientation(image.affine)
    )
    return nibabel.apply_orientation(_largest_component(brain > 0.5), back)


def _placed(part, start, shape):
    """An array of zeros, float32, and a part put in; what sticks out is cut off."""
    whole = np.zeros(shape, np.float32)
    first = np.maximum(start, 0)
    last = np.minimum(start + part.shape, shape)
    target = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
    source = tuple(slice(a, b) for a, b in zip(first - start, last - start, strict=True))
    whole[target] = part[source]
    return whole


def _largest_component(mask):
    """The largest connected part of a mask, its holes filled."""
    labels, n_labels = ndimage.label(mask)
    if n_labels > 1:
        mask = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
    return ndimage.binary_fill_holes(mask)
