"""Brain masks of T1-weighted heads: FSL's BET, or an embedded engine where there is no FSL."""

import contextlib
import io
from dataclasses import dataclass
from importlib import metadata

import nibabel
import numpy as np
from scipy import ndimage

from contrast2map import fsl

PADDING_MM = 30.0


@dataclass(frozen=True)
class BrainExtraction:
    """A brain mask and what made it.

    Attributes:
        mask: nibabel image, uint8, 1 in the brain, on the grid of the head, shape (x, y, z).
        engine: "fsl" or "embedded".
        version: What ran, e.g. "FSL 6.0.0" or "brainextractor 0.3.0".
    """

    mask: nibabel.Nifti1Image
    engine: str
    version: str


def extract_brain(image, engine="auto", fractional_intensity=0.5, robust=True):
    """Find the brain in a T1-weighted image of a head.

    Args:
        image: nibabel image with skull, shape (x, y, z); any orientation and voxel size.
        engine: "fsl" (BET), "embedded" (the same method, Smith 2002, from PyPI), or "auto": FSL
            where it is installed.
        fractional_intensity: BET's -f, between 0 and 1; smaller gives a larger brain.
        robust: Whether to repeat the extraction from the centre of the brain found before.

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
        mask = _embedded(intensities, image.affine, fractional_intensity, robust)
    if not mask.any():
        raise ValueError("No brain was found in the image.")
    return BrainExtraction(on_grid_of(image, mask.astype(np.uint8)), name, version)


def describe_engine(engine="auto"):
    """What `extract_brain` would run.

    Returns:
        "fsl" or "embedded", and its version, e.g. ("embedded", "brainextractor 0.3.0").
    """
    name = fsl.resolve_engine(engine, "bet")
    if name == "fsl":
        return name, fsl.version()
    return name, f"brainextractor {metadata.version('brainextractor')}"


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


def _embedded(intensities, affine, fractional_intensity, robust):
    """The embedded engine.

    Args:
        intensities: The head, shape (x, y, z).
        affine: Voxel to world in mm, shape (4, 4).
        fractional_intensity: BET's -f.
        robust: Not used yet.

    Returns:
        True in the brain, shape (x, y, z).
    """
    from brainextractor import BrainExtractor  # compiles with numba: slow to import

    voxel_sizes_mm = nibabel.affines.voxel_sizes(affine)
    size_mm = float(np.clip(voxel_sizes_mm.min(), 1, 2))
    scale = voxel_sizes_mm / size_mm
    padding = int(np.ceil(PADDING_MM / size_mm))
    shape = np.ceil(intensities.shape * scale).astype(int) + 2 * padding
    working = ndimage.affine_transform(
        intensities, 1 / scale, offset=-padding / scale, output_shape=tuple(shape), order=1
    )
    n_padded = shape.prod() - (shape - 2 * padding).prod()
    low, high = (
        (n_padded + quantile * (shape.prod() - n_padded)) / shape.prod()
        for quantile in (0.02, 0.98)
    )
    head = nibabel.Nifti1Image(working - working.min(), np.diag([size_mm] * 3 + [1]))
    with contextlib.redirect_stdout(io.StringIO()):
        extractor = BrainExtractor(head, t02t=low, t98t=high, bt=fractional_intensity)
        extractor.run()
        grid = extractor.surface.voxelized(1).fill()
    mask = np.zeros(shape, dtype=np.float32)
    start = np.rint(grid.translation).astype(int)
    mask[tuple(slice(a, a + n) for a, n in zip(start, grid.matrix.shape, strict=True))] = (
        grid.matrix
    )
    mask = ndimage.affine_transform(
        mask, scale, offset=padding, output_shape=intensities.shape, order=1
    )
    return largest_component(mask > 0.5)


def largest_component(mask):
    """The largest connected part of a mask, holes filled, shape (x, y, z)."""
    labels, n_labels = ndimage.label(mask)
    if n_labels > 1:
        mask = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
    return ndimage.binary_fill_holes(mask)
