"""Validation slices: cropped to the brain, divisible, evenly spaced, always the same."""

import numpy as np
import pytest

from contrast2map.learning.training_set import TrainingSet
from contrast2map.learning.validation import N_SLICES, ValidationSlices

DIVISOR = 16


def slices_of(n, height, width, top, left, size):
    """Slices of a square brain; the images number slice and column."""
    images = np.zeros((n, height, width, 2), np.float32)
    inside = slice(top, top + size), slice(left, left + size)
    images[:, *inside, 0] = 1 + np.arange(n)[:, None, None]
    images[:, *inside, 1] = 1 + np.arange(size)
    return TrainingSet(images, images[..., :1] / 2)


def whole(batches):
    return tuple(
        np.concatenate(part)
        for part in zip(*map(batches.__getitem__, range(len(batches))), strict=True)
    )


@pytest.mark.parametrize(
    ("height", "width", "top", "left", "size", "shape"),
    [
        (40, 50, 3, 20, 16, (16, 16)),
        (40, 50, 20, 30, 17, (32, 32)),  # reaches beyond the edges
        (10, 12, 0, 0, 10, (16, 16)),  # smaller than the divisor
    ],
)
def test_the_whole_brain_is_kept_in_slices_of_a_divisible_size(
    height, width, top, left, size, shape
):
    images, maps = whole(ValidationSlices(slices_of(9, height, width, top, left, size), DIVISOR))
    assert images.shape == (9, *shape, 2) and maps.shape == (9, *shape, 1)
    assert np.count_nonzero(images[..., 0]) == 9 * size**2
    assert images[4, :size, :size, 1].tolist() == [list(range(1, size + 1))] * size
    np.testing.assert_array_equal(maps[..., 0], images[..., 0] / 2)


def test_of_many_slices_evenly_spaced_ones_are_used():
    images, _ = whole(ValidationSlices(slices_of(100, 20, 20, 2, 2, 16), DIVISOR))
    numbers = images.max(axis=(1, 2))[:, 0]
    assert len(numbers) <= N_SLICES and set(np.diff(numbers)) == {7.0} and numbers[-1] > 90


def test_images_without_a_brain_are_refused():
    empty = TrainingSet(np.zeros((2, 16, 16, 1)), np.zeros((2, 16, 16, 2)))
    with pytest.raises(ValueError, match="0 everywhere"):
        ValidationSlices(empty, DIVISOR)
