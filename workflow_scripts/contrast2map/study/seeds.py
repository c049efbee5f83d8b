"""Independent random generators from the study's one seed."""

import zlib

import numpy as np


def generator(seed, *names):
    """Random generator of a purpose.

    Args:
        seed: Seed of the study.
        names: Strings that name the purpose, such as ("anatomy", "01"). Another name gives an
            independent stream; adding a subject changes no other subject.

    Returns:
        NumPy random generator.
    """
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
