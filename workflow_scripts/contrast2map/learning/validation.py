"""Slices of the subjects that are held back for validation, as batches of Keras."""

import keras
import numpy as np

N_SLICES = 16  # used at most, evenly spaced, so that a validation takes a fraction of an epoch
SLICES_AT_ONCE = 8


class ValidationSlices(keras.utils.PyDataset):
    """Whole slices without augmentation, cropped to the brain, always the same.

    Args:
        slices: training_set.TrainingSet of the validation subjects.
        divisor: Number of which height and width of the cropped slices are multiples; slices that
            are smaller are padded with 0.

    Raises:
        ValueError: The images are 0 everywhere.
    """

    def __init__(self, slices, divisor):
        super().__init__()
        step = -(-len(slices.images) // N_SLICES)
        images, maps = slices.images[::step], slices.maps[::step]
        inside = (images != 0).any(axis=(0, 3))
        if not inside.any():
            raise ValueError("the validation images are 0 everywhere")
        box = [_extent(inside.any(axis=axis), divisor) for axis in (1, 0)]
        self.images, self.maps = _cropped(images, box), _cropped(maps, box)

    def __len__(self):
        return -(-len(self.images) // SLICES_AT_ONCE)

    def __getitem__(self, index):
        chosen = slice(index * SLICES_AT_ONCE, (index + 1) * SLICES_AT_ONCE)
        return self.images[chosen], self.maps[chosen]


def _extent(inside, divisor):
    """First position and size, a multiple of the divisor, that include all true positions."""
    positions = np.flatnonzero(inside)
    first, n = positions[0], positions[-1] + 1 - positions[0]
    return first, -(-n // divisor) * divisor


def _cropped(arrays, box):
    """Arrays of shape (slice, height, width, channel) within a box, 0 beyond their edges."""
    (top, height), (left, width) = box
    cut = np.asarray(arrays[:, top : top + height, left : left + width])
    missing = [(0, 0), (0, height - cut.shape[1]), (0, width - cut.shape[2]), (0, 0)]
    return np.pad(cut, missing)
