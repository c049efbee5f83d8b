"""Whether a training had converged: what the second half of its steps still gained."""

from typing import NamedTuple

import numpy as np

MINIMUM_EPOCHS = 6  # with fewer, the halves have no third


class Halves(NamedTuple):
    """Error at the end of each half of a training, and the share that the second one gained.

    Attributes:
        first, second: Median validation error of the last third of each half; NaN with fewer epochs
            than `MINIMUM_EPOCHS`.
        gain: 1 - second / first; negative if the error rose.
    """

    first: float
    second: float
    gain: float


def of_halves(errors):
    """Compare the ends of both halves of a training by the validation error.

    The second half doubles the number of steps. Where the error falls as a power of the steps
    (Kaplan et al. 2020, arXiv:2001.08361), each doubling gains the same share, so a small gain
    means that as many steps again would gain little. Medians of a third of each half keep single
    epochs from deciding; the lowest error would not do, as it falls with the number of noisy
    epochs. With an odd number of epochs, the one in the middle is left out.

    Where the learning rate falls, its fall adds to the gain: the rule rather calls a converged
    training undertrained than the opposite.

    Args:
        errors: Validation error after each epoch, shape (epoch,).

    Returns:
        `Halves`.
    """
    errors = np.asarray(errors, float)
    if len(errors) < MINIMUM_EPOCHS:
        return Halves(np.nan, np.nan, np.nan)
    n = len(errors) // 2
    first, second = (float(np.median(half[-(n // 3) :])) for half in (errors[:n], errors[-n:]))
    return Halves(first, second, 1 - second / first)
