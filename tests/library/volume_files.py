"""Small volumes, selections of slices and tables, as files of a study."""

import csv

import nibabel
import numpy as np


def save(values, path, affine):
    """Write a float32 NIfTI file, with its folder; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(np.asarray(values, np.float32), affine), path)
    return path


def save_flipped(values, path, affine):
    """The same volume at the same position, stored from right to left."""
    flipped = np.array(affine)
    flipped[:, 3] += (len(values) - 1) * flipped[:, 0]
    flipped[:, 0] *= -1
    return save(values[::-1], path, flipped)


def write_selection(path, n_slices, selected):
    """Write which slices are selected, as `normalise_slices` does; returns the path."""
    rows = "".join(f"{index}\t{index in selected}\n" for index in range(n_slices))
    path.write_text("slice\tselected\n" + rows)
    return path


def read_rows(path, delimiter=","):
    """Rows of a table as dicts of text."""
    with open(path, newline="") as table:
        return list(csv.DictReader(table, delimiter=delimiter))
