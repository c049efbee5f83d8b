"""The slices of the training subjects, in memory or on disk."""

import logging
import os
import tempfile
from typing import NamedTuple

import numpy as np

from contrast2map.preprocessing import slices
from contrast2map.study import opened_files

logger = logging.getLogger(__name__)


class TrainingSet(NamedTuple):
    """Slices of several subjects.

    Attributes:
        images: Normalised images, float32 (slice, height, width, contrast).
        maps: Scaled maps, float32 (slice, height, width, quantity).
    """

    images: np.ndarray
    maps: np.ndarray


def load_recorded(paths_to_slices, contrasts, path_to_table, **options):
    """Read the slices of several subjects, or of none, and write the table of the files read.

    Args:
        paths_to_slices, contrasts: As of `load`.
        path_to_table: Table to write (`opened_files.COLUMNS`).
        **options: As of `load`.

    Returns:
        TrainingSet, or None without subjects; SHA-256 of the table.

    Raises:
        ValueError: See `load`.
    """
    opened_files.write_rows([], path_to_table)
    found = None
    if paths_to_slices:
        with opened_files.recording() as read_files:
            found = load(paths_to_slices, contrasts, **options)
        opened_files.write_table(read_files, path_to_table)
    return found, opened_files.file_sha256(path_to_table)


def load(paths_to_slices, contrasts, *, memory_bytes, folder):
    """Read the slices of several subjects, one subject at a time, each file once.

    A set that does not fit into memory is mapped from files; its values are the same. The files
    are unlinked as soon as they are mapped, so no file remains however the process ends.

    Args:
        paths_to_slices: File of slices of each subject.
        contrasts: Names of the contrasts, in the order of the network's channels.
        memory_bytes: Memory that the set may occupy.
        folder: Existing folder with space for the mapped files.

    Returns:
        TrainingSet.

    Raises:
        ValueError: The slices of two subjects differ in size; the message names the second file.
    """
    shapes = [slices.shapes(path) for path in paths_to_slices]
    size, n_quantities = shapes[0]["maps"][1:3], shapes[0]["maps"][3]
    for path, shape in zip(paths_to_slices, shapes, strict=True):
        if shape["maps"][1:3] != size:
            raise ValueError(
                f"{path}: slices have {shape['maps'][1:3]} voxels, those of {paths_to_slices[0]} "
                f"{size}; all subjects of a study need the same matrix"
            )
    n_slices = sum(shape["maps"][0] for shape in shapes)
    wanted = [(n_slices, *size, len(contrasts)), (n_slices, *size, n_quantities)]
    n_bytes = sum(np.prod(shape, dtype=np.int64) for shape in wanted) * np.float32().itemsize
    fits = n_bytes <= memory_bytes
    logger.info(
        "%d slices, %.2f GB, %s",
        n_slices,
        n_bytes / 1e9,
        "in memory" if fits else "mapped from disk",
    )
    arrays = [np.empty(s, np.float32) if fits else _mapped(s, folder) for s in wanted]
    first = 0
    for path in paths_to_slices:
        subject = slices.load(path)
        last = first + len(subject.maps)
        arrays[0][first:last] = subject.inputs_of(contrasts)
        arrays[1][first:last] = subject.maps
        first = last
    return TrainingSet(*arrays)


def _mapped(shape, folder):
    number, path = tempfile.mkstemp(prefix=".training-set-", dir=folder)
    os.close(number)
    array = np.memmap(path, np.float32, "w+", shape=shape)
    os.unlink(path)
    return array
