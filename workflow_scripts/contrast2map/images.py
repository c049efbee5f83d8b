"""Read and write images, and say in one line what is wrong with one."""

import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError


class ImageError(ValueError):
    """An image that the study cannot use; the message names the file and what to do."""


def load(path):
    """Read a 3-D NIfTI image.

    Args:
        path: File to read.

    Returns:
        nibabel image, its values already in memory as float32.

    Raises:
        ImageError: The file is missing, empty, unreadable, not 3-D, or not finite everywhere.
    """
    path = Path(path)
    if not path.is_file():
        raise ImageError(f"{path}: does not exist; check the file pattern in the config")
    if path.stat().st_size == 0:
        hint = " (the layout example has no images; set cohort.path)" * ("example" in str(path))
        raise ImageError(f"{path}: is empty; replace it by the image{hint}")
    try:
        image = nib.load(path)
        values = np.asarray(image.dataobj, np.float32)
    except (ImageFileError, OSError, EOFError, ValueError, zlib.error) as error:
        reason = " ".join(str(error).split())
        raise ImageError(f"{path}: cannot be read ({reason}); write it anew") from error
    if values.ndim != 3:
        raise ImageError(f"{path}: has shape {values.shape}; a single 3-D image is needed")
    if not np.isfinite(values).all():
        raise ImageError(f"{path}: has values that are not finite; replace them by 0")
    return nib.Nifti1Image(values, image.affine)


def values(image):
    """Values of an image as an array, shape (x, y, z)."""
    return np.asarray(image.dataobj)


def save(values, like, path):
    """Write values as NIfTI on the grid of another image; booleans as uint8, floats as float32."""
    dtype = np.float32 if np.issubdtype(values.dtype, np.floating) else np.uint8
    image = nib.Nifti1Image(values.astype(dtype), like.affine)
    image.header.set_xyzt_units("mm")
    nib.save(image, path)


def require_same_grid(images, paths):
    """Raise where images that must share a grid do not.

    Args:
        images: Dict of name to nibabel image.
        paths: Dict of name to file, for the message.

    Raises:
        ImageError: One line that names the two files.
    """
    first, *others = images
    for name in others:
        same = images[name].shape == images[first].shape and np.allclose(
            images[name].affine, images[first].affine, atol=1e-3
        )
        if not same:
            raise ImageError(
                f"{paths[name]}: is not on the grid of {paths[first]}; resample one to the other"
            )
