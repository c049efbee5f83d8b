"""Sizes of voxels and grids in words."""

import numpy as np

from contrast2map.imaging.size_words import shape_words, size_words


def test_sizes_are_written_with_their_unit_and_without_rounding_noise():
    assert size_words(np.array([0.9375, 1.2], np.float32)) == "0.9375 × 1.2 mm"
    assert size_words([]) == ""
    assert shape_words((128, 96)) == "128 × 96"
