"""Which subjects and slices stand for a cohort in a picture."""

import numpy as np


def choose_by_lesions(lesion_voxels, n_cases):
    """Subjects with the most lesion, most first; those without any lesion are never chosen.

    Args:
        lesion_voxels: Dictionary from subject to number of lesion voxels.
        n_cases: How many subjects to choose at most.
    """
    with_lesions = {subject: n for subject, n in lesion_voxels.items() if n > 0}
    ranked = sorted(with_lesions, key=lambda subject: (-with_lesions[subject], subject))
    return ranked[:n_cases]


def choose_by_error(errors_ms, n_cases):
    """Subjects spread evenly from the smallest to the largest error.

    Args:
        errors_ms: Dictionary from subject to error.
        n_cases: How many subjects to choose at most.
    """
    ranked = sorted(errors_ms, key=lambda subject: (errors_ms[subject], subject))
    n_chosen = min(n_cases, len(ranked))
    positions = np.linspace(0, len(ranked) - 1, n_chosen).round().astype(int)
    return [ranked[position] for position in positions]


def largest_slice(mask, slices):
    """The slice in which a mask is largest, among some slices; the lowest of equals.

    Args:
        mask: True inside the structure, shape (x, y, slice).
        slices: Indices of the slices to choose from.
    """
    areas = mask.sum(axis=(0, 1))
    return max(slices, key=lambda index: (areas[index], -index))
