"""Read and write images, with one-line errors that name the file and the remedy."""

import contextlib
import csv
import math
import os
import struct
import warnings
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.imageglobals import logger as nibabel_logger
from nibabel.spatialimages import HeaderDataError, HeaderTypeError

from contrast2map.imaging import grids
from contrast2map.imaging.size_words import shape_words
from contrast2map.imaging.spikes import without_spikes

# ASSUME no head scan has more voxels: 0.3 mm over 24 cm gives 0.5 billion, 2 GB as float32.
LARGEST_N_VOXELS = 2**29
# Largest compression ratio of deflate; a header that claims more data is damaged.
LARGEST_COMPRESSION = 1032
EXTENSIONS = (".nii", ".nii.gz")
# Errors that nibabel raises for damaged headers and values (20 000 damaged files raised no other).
UNREADABLE = (
    ImageFileError,
    HeaderDataError,
    HeaderTypeError,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    MemoryError,
    zlib.error,
    struct.error,
)


class ImageError(ValueError):
    """An image that the study cannot use. The message names the file, the problem and the remedy.

    Attributes:
        problem: What is wrong with the image.
        remedy: How to fix it.
    """

    problem = ""
    remedy = ""


def load(path):
    """Read a 3-D NIfTI image.

    Args:
        path: File to read.

    Returns:
        nibabel image with its values in memory, float32.

    Raises:
        ImageError: The file is missing, empty, unreadable, not 3-D, without a valid affine, or has
            values that are not finite.
    """
    image = open_lazily(path)
    with _one_line_errors(path):
        values = np.asarray(image.dataobj, np.float32)
        loaded = nib.Nifti1Image(values, image.affine)
    n_bad = values.size - np.count_nonzero(np.isfinite(values))
    if n_bad:
        raise _refusal(
            path,
            f"has {n_bad} values that are not finite ({n_bad / values.size:.2%} of its voxels)",
            "replace them with 0",
        )
    return loaded


def load_scan(path):
    """Read a weighted 3-D scan as `load`, without its spikes (`spikes.without_spikes`)."""
    return without_spikes_in(load(path))[0]


def without_spikes_in(image):
    """The nibabel image of a scan without its spikes, and their number."""
    cleaned, n_spikes = without_spikes(values(image))
    return (nib.Nifti1Image(cleaned, image.affine) if n_spikes else image), n_spikes


def open_lazily(path):
    """Open a 3-D NIfTI image without reading its values; check that the file can hold them.

    Args:
        path: File to open.

    Returns:
        nibabel image with its header as stored.

    Raises:
        ImageError: As for `load`, if the header reveals the problem.
    """
    path = Path(path)
    _require_file(path)
    with _one_line_errors(path):
        image = nib.load(path)
        dtype, offset = image.header.get_data_dtype(), int(image.dataobj.offset)
        n_bytes = os.stat(path).st_size
    if dtype.kind not in "iuf":
        problem = f"has values of type {dtype}, not real numbers"
        raise _refusal(path, problem, "save its magnitude as float32")
    if image.shape[3:] and set(image.shape[3:]) == {1}:  # a series of one volume is one volume
        proxy = image.dataobj.reshape(image.shape[:3])
        image = type(image)(proxy, image.affine, image.header)
    _require_three_axes(path, image.shape)
    if not _is_regular(image.affine):
        raise _refusal(
            path,
            "its affine is not finite or is singular: its position is unknown",
            "convert the scan again with its geometry",
        )
    n_voxels = math.prod(image.shape)
    claimed = f"its header claims {shape_words(image.shape)} voxels"
    if n_voxels > LARGEST_N_VOXELS:
        problem = f"cannot be read ({claimed}, over the limit of {LARGEST_N_VOXELS})"
        raise _refusal(path, problem, "convert the scan again")
    n_possible = n_bytes * (LARGEST_COMPRESSION if path.name.lower().endswith(".gz") else 1)
    if offset < 0 or offset + n_voxels * dtype.itemsize > n_possible:
        raise _refusal(
            path,
            f"cannot be read ({claimed}, too many for its {n_bytes} bytes)",
            "copy or convert it again: it is truncated or damaged",
        )
    return image


def values(image):
    """Values of an image as an array, shape (x, y, z)."""
    return np.asarray(image.dataobj)


def load_values(path):
    """Read the values of a 3-D NIfTI image, shape (x, y, z); raises the errors of `load`."""
    return values(load(path))


def save(values, like, path):
    """Write values as NIfTI on the grid of another image: floats as float32, others as uint8."""
    dtype = np.float32 if np.issubdtype(values.dtype, np.floating) else np.uint8
    image = nib.Nifti1Image(values.astype(dtype), like.affine)
    image.header.set_xyzt_units("mm")
    try:
        nib.save(image, path)
    except OSError as error:  # nibabel's does not name the file
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextlib.contextmanager
def quiet():
    """Suppress nibabel's and NumPy's warnings about odd headers and values."""
    was_disabled, nibabel_logger.disabled = nibabel_logger.disabled, True
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        nibabel_logger.disabled = was_disabled


@contextlib.contextmanager
def _one_line_errors(path):
    try:
        with quiet():
            yield
    except UNREADABLE as error:
        reason, remedy = " ".join(str(error).split()), "copy or convert it again"
        if isinstance(error, MemoryError):
            reason, remedy = "it does not fit in memory", "use a computer with more memory"
        elif isinstance(error, PermissionError):
            reason, remedy = error.strerror or "no permission", "make it readable for this user"
        reason = reason or type(error).__name__
        raise _refusal(path, f"cannot be read ({reason})", remedy) from error


def _require_file(path):
    if os.path.islink(path) and not os.path.exists(path):
        raise _refusal(
            path, "is a link to a missing file", "fetch it (for example `datalad get`) or copy it"
        )
    if not os.path.exists(path):
        raise _refusal(path, "does not exist", "check the file pattern in the config")
    if not os.path.isfile(path):
        kind = "a folder" if os.path.isdir(path) else "a device"
        raise _refusal(path, f"is {kind}, not a file", "check the file pattern in the config")
    if not path.name.lower().endswith(EXTENSIONS):
        raise _refusal(path, "is not .nii or .nii.gz", "convert it to .nii.gz")
    with _one_line_errors(path), open(path, "rb") as file:
        start = file.read(200)
    if not start:
        hint = " (the layout example has no images; set cohort.path)" * ("example" in str(path))
        raise _refusal(path, "is empty", f"replace it with the image{hint}")
    _require_kind(path, start)


def _require_kind(path, start):
    """Raise an error if the first bytes show a Git pointer, a DICOM file or the wrong extension."""
    is_gzip = start.startswith(b"\x1f\x8b")
    if start.startswith((b"version https://git-lfs", b"/annex/objects")):
        raise _refusal(
            path, "is a Git pointer to a missing file", "fetch it (for example `git lfs pull`)"
        )
    if start[128:132] == b"DICM":
        raise _refusal(path, "cannot be read (it is a DICOM file)", "convert it with dcm2niix")
    if is_gzip != path.name.lower().endswith(".gz"):
        has = "is compressed" if is_gzip else "is not compressed"
        ending = ".nii.gz" if is_gzip else ".nii"
        raise _refusal(
            path,
            f"cannot be read (it {has}, which contradicts its name)",
            f"rename it to {ending} if it is complete",
        )


def _require_three_axes(path, shape):
    if len(shape) == 3 and min(shape) > 0:
        return
    axes = [n for n in shape[3:] if n > 1]
    remedy = "convert the scan again"
    if axes:
        remedy = "save the required volume as a separate file"
    raise _refusal(path, f"has shape {tuple(shape)}; a single 3-D image is needed", remedy)


def _is_regular(affine):
    """Whether an affine is finite and invertible; its voxel size is not checked."""
    with quiet():
        affine = np.asarray(affine, float)
        sizes = grids.voxel_size_mm(affine)
        if not np.isfinite(affine).all() or np.abs(affine).max() > 1e6 or sizes.min() < 1e-6:
            return False
        return abs(np.linalg.det(affine[:3, :3] / sizes)) > 1e-3


def _refusal(path, problem, remedy):
    error = ImageError(f"{path}: {problem}; {remedy}")
    error.problem, error.remedy = problem, remedy
    return error


def open_volume(path):
    """Open a NIfTI image in RAS orientation without checking its values."""
    return grids.to_canonical(nib.load(path))


def load_volume(path, like):
    """Values of a NIfTI image that has to be on the grid of another image.

    Args:
        path: File to read.
        like: Image from `open_volume`.

    Returns:
        float32 values in RAS orientation, shape (x, y, slice).

    Raises:
        ValueError: The file is on another grid.
    """
    image = open_volume(path)
    grids.require_same_grid(image, like, path, "the subject's maps")
    return image.get_fdata(dtype=np.float32)


def selected_slices(path):
    """Indices along z of the selected slices in a slice_selection.tsv, inferior to superior."""
    with open(path, newline="") as file:
        return [
            int(row["slice"])
            for row in csv.DictReader(file, delimiter="\t")
            if row["selected"].lower() in ("true", "1")
        ]
