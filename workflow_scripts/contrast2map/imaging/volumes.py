"""Volumes of one subject, read onto one orientation, and the slices that count."""

import csv

import nibabel
import numpy as np


def open_volume(path):
    """A NIfTI with its axes from left to right, posterior to anterior, inferior to superior."""
    return nibabel.as_closest_canonical(nibabel.load(path))


def load_volume(path, like):
    """Voxels of a NIfTI that must lie on the grid of another one.

    Args:
        path: File to read.
        like: Image of `open_volume`.

    Returns:
        Voxels in float32, shape (x, y, slice), axes as in `open_volume`.
    """
    image = open_volume(path)
    if image.shape != like.shape or not np.allclose(image.affine, like.affine, atol=1e-3):
        raise ValueError(
            f"{path} lies on a grid of {image.shape} voxels that is not the grid of the subject's "
            f"maps ({like.shape}): same head, same study?"
        )
    return image.get_fdata(dtype=np.float32)


def selected_slices(path):
    """Indices of the selected slices of a slice_selection.tsv, inferior to superior."""
    with open(path, newline="") as file:
        return [
            int(row["slice"])
            for row in csv.DictReader(file, delimiter="\t")
            if row["selected"].lower() in ("true", "1")
        ]
