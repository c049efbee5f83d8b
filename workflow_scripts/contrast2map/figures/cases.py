"""Choice of the subjects, slices and lesions that a figure shows."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from contrast2map.study.groups import group_words
from contrast2map.study.records import where

MARGIN_VOXELS = 4


@dataclass(frozen=True)
class Case:
    """One slice of one subject; every array has the shape (left-right, posterior-anterior).

    Attributes:
        subject: Label of the subject.
        group: Group of the subject.
        slice_index: Number of the slice in the whole volume.
        inputs: Dict mapping contrast to image.
        reference_s: Dict mapping quantity to reference map in seconds.
        predicted_s: Dict mapping predictor to a dict mapping quantity to predicted map in seconds.
        brain: True inside the brain.
        lesions: True inside lesions.
        voxel_mm: Size of a voxel along both axes.
        first_voxel: Indices of the first voxel of both axes in the whole slice.
    """

    subject: str
    group: str
    slice_index: int
    inputs: dict
    reference_s: dict
    predicted_s: dict
    brain: np.ndarray
    lesions: np.ndarray
    voxel_mm: tuple
    first_voxel: tuple = (0, 0)

    @property
    def title(self):
        """Subject, group (if there are groups) and slice, one per line."""
        lines = [f"sub-{self.subject}", group_words(self.group), f"slice {self.slice_index}"]
        return "\n".join(filter(None, lines))

    def cropped(self, window):
        """The slice cropped to a window, a tuple of two Python slices."""
        return replace(
            self,
            inputs={name: image[window] for name, image in self.inputs.items()},
            reference_s={name: map_s[window] for name, map_s in self.reference_s.items()},
            predicted_s={
                predictor: {name: map_s[window] for name, map_s in maps_s.items()}
                for predictor, maps_s in self.predicted_s.items()
            },
            brain=self.brain[window],
            lesions=self.lesions[window],
            first_voxel=tuple(
                first + axis.indices(n)[0]
                for first, axis, n in zip(self.first_voxel, window, self.brain.shape, strict=True)
            ),
        )


def choose_by_lesions(lesion_voxels, n_cases):
    """Choose the subjects with the largest lesion load, in descending order, never without lesions.

    Args:
        lesion_voxels: Dict mapping subject to number of lesion voxels.
        n_cases: How many subjects to choose at most.
    """
    with_lesions = {subject: n for subject, n in lesion_voxels.items() if n > 0}
    ranked = sorted(with_lesions, key=lambda subject: (-with_lesions[subject], subject))
    return ranked[:n_cases]


def choose_by_error(errors_ms, n_cases):
    """Choose subjects evenly spread from smallest to largest error; the median if only one.

    Args:
        errors_ms: Dict mapping subject to error.
        n_cases: How many subjects to choose at most.
    """
    ranked = sorted(errors_ms, key=lambda subject: (errors_ms[subject], subject))
    n_chosen = min(n_cases, len(ranked))
    if n_chosen == 1:
        return [ranked[(len(ranked) - 1) // 2]]
    positions = np.linspace(0, len(ranked) - 1, n_chosen).round().astype(int)
    return [ranked[position] for position in positions]


def main_errors_ms(errors_by_subject, predictor):
    """Mean absolute error in T1 of each subject, relative to the reference, excluding CSF, in ms.

    Args:
        errors_by_subject: Table of `tables.errors.errors_by_subject`.
        predictor: Name of the predictor.

    Returns:
        Dict mapping subject to mean absolute error.
    """
    ours = where(
        errors_by_subject,
        predictor=predictor,
        against="reference",
        quantity="T1",
        region="excluding_csf",
        convention="paper",
    )
    return ours.set_index("subject")["mae_ms"].to_dict()


def largest_slice(mask, slices):
    """Slice in which a mask is largest; the lowest slice if several are equal.

    Args:
        mask: True inside the structure, shape (x, y, slice).
        slices: Indices of the slices to choose from.
    """
    areas = mask.sum(axis=(0, 1))
    return max(slices, key=lambda index: (areas[index], -index))


def largest_lesion(lesions, slices):
    """Lesion with most voxels in the given slices; voxels that touch at a corner are connected.

    Args:
        lesions: True inside lesions, shape (x, y, slice).
        slices: Indices of the given slices.

    Returns:
        True inside that lesion, same shape; all False if the slices contain no lesion.
    """
    labels, _ = ndimage.label(lesions, np.ones((3, 3, 3)))
    sizes = np.bincount(labels[..., slices].ravel(), minlength=2)
    sizes[0] = 0
    return (labels == sizes.argmax()) & (sizes.max() > 0)


def brain_window(brain):
    """Window around the brain with a margin, as Python slices of both axes.

    Args:
        brain: True inside the brain, shape (x, y).
    """
    if not brain.any():
        return (slice(None), slice(None))
    window = []
    for other_axis in (1, 0):
        (filled,) = np.nonzero(brain.any(axis=other_axis))
        window.append(slice(max(filled[0] - MARGIN_VOXELS, 0), filled[-1] + MARGIN_VOXELS + 1))
    return tuple(window)


def window_around(mask, size_mm, voxel_mm):
    """Square window around a mask, shifted inwards at the edge of the image.

    Args:
        mask: True inside the structure, shape (x, y); not all False.
        size_mm: Edge of the square in mm.
        voxel_mm: Size of a voxel along both axes in mm.
    """
    window = []
    for axis, (n, voxel) in enumerate(zip(mask.shape, voxel_mm, strict=True)):
        (filled,) = np.nonzero(mask.any(axis=1 - axis))
        n_voxels = min(int(round(size_mm / voxel)), n)
        start = int(np.clip((filled[0] + filled[-1] + 1 - n_voxels) // 2, 0, n - n_voxels))
        window.append(slice(start, start + n_voxels))
    return tuple(window)
