"""Independent random generators, all derived from the study's seed."""

import zlib

import numpy as np


def generator(seed, *names):
    """Make a random generator for one purpose.

    Args:
        seed: Seed of the study.
        names: Strings that name the purpose, such as ("anatomy", "01"). Different names give
            independent streams; adding a subject does not change the others.

    Returns:
        NumPy random generator.
    """
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
