"""Choose the planes shown on the quality-control pages, their crop and their grey levels."""

from typing import NamedTuple

import numpy as np

AXES = {"sagittal": 0, "coronal": 1, "axial": 2}
AXES_OF_PICTURE = {"sagittal": (1, 2), "coronal": (0, 2), "axial": (0, 1)}
N_AXIAL, N_BELOW_BRAIN, N_SIDE = 9, 3, 5
# ASSUME a slice shows the head if more than LEAST_SHARE_OF_HEAD of its voxels exceed
# LEAST_BRIGHTNESS times the bright level of the image; noise in air does not.
LEAST_SHARE_OF_HEAD = 0.02
LEAST_BRIGHTNESS = 0.2


class View(NamedTuple):
    """A plane of a RAS volume (sagittal, coronal or axial) and its index."""

    plane: str
    index: int


def cut(volume, view):
    """Cut a plane out of a volume, with superior or anterior at the top and left on the left.

    Args:
        volume: Shape (x, y, z), RAS.
        view: Plane to cut.

    Returns:
        Array of rows from top to bottom, shape (height, width).
    """
    return np.take(volume, view.index, axis=AXES[view.plane]).T[::-1]


def pixel_mm(voxel_mm, plane):
    """Width and height of a pixel of a plane.

    Args:
        voxel_mm: Voxel edges along x, y, z.
        plane: One of the names in `AXES`.
    """
    return tuple(float(voxel_mm[axis]) for axis in AXES_OF_PICTURE[plane])


def extent(mask, axis):
    """First and last index of the mask's extent along an axis; None if the mask is empty."""
    others = tuple(other for other in range(mask.ndim) if other != axis)
    inside = np.flatnonzero((mask > 0).any(axis=others))
    return (int(inside[0]), int(inside[-1])) if inside.size else None


def head_box(target, brain, margin_voxels=2):
    """Bounding box of the head, to crop the air around it.

    Args:
        target: Image, shape (x, y, z).
        brain: Brain mask, same shape, possibly empty.
        margin_voxels: Margin on all sides.

    Returns:
        Tuple of three slices; the whole volume if nothing is bright.
    """
    bright = target > LEAST_BRIGHTNESS * np.percentile(target, 99)
    box = []
    for axis, size in enumerate(target.shape):
        others = tuple(other for other in range(3) if other != axis)
        of_head = np.flatnonzero(bright.mean(axis=others) > LEAST_SHARE_OF_HEAD)
        ends = [*of_head[[0, -1]]] if of_head.size else [0, size - 1]
        ends += extent(brain, axis) or ()
        first, last = int(min(ends)) - margin_voxels, int(max(ends)) + margin_voxels
        box.append(slice(max(first, 0), min(last + 1, size)))
    return tuple(box)


def spread(first, last, n):
    """At most n different indices, evenly spaced between two ends and without the ends."""
    return sorted({int(index) for index in np.linspace(first, last, n + 2)[1:-1].round()})


def views_of_brain(brain, box):
    """Views throughout the brain, and axial views below it down to the neck.

    Args:
        brain: Brain mask, shape (x, y, z); if it is empty, the box is used instead.
        box: Bounding box returned by `head_box`.

    Returns:
        Dict mapping plane to a list of View; sagittal and coronal lists have the mid-brain view in
        the middle.
    """
    ends = {
        plane: extent(brain, axis) or (box[axis].start, box[axis].stop - 1)
        for plane, axis in AXES.items()
    }
    lowest = ends["axial"][0]
    indices = {
        "sagittal": spread(*ends["sagittal"], N_SIDE),
        "coronal": spread(*ends["coronal"], N_SIDE),
        "axial": sorted(
            {*spread(box[2].start, lowest, N_BELOW_BRAIN), *spread(*ends["axial"], N_AXIAL)}
        ),
    }
    return {plane: [View(plane, index) for index in found] for plane, found in indices.items()}


def few_views(brain, box):
    """Views in which registered scans are compared: three axial, one coronal, one sagittal."""
    views = views_of_brain(brain, box)
    axial = views["axial"][-N_AXIAL:]
    chosen = [axial[len(axial) * part // 6] for part in (1, 3, 5)]
    return [*chosen, *(views[side][len(views[side]) // 2] for side in ("coronal", "sagittal"))]


def grey_window(volume, brain):
    """Black and white levels of an image.

    Args:
        volume: Image, shape (x, y, z).
        brain: Brain mask, same shape; if it is empty, the whole image is used.
    """
    bright = volume > 0
    inside = volume[bright & (brain > 0)]
    inside = inside if inside.size else volume[bright]
    return 0.0, float(np.percentile(inside, 99.5)) if inside.size else 1.0


def level_of(labels, numbers):
    """Axial view with the most voxels of the given labels; None if no voxel has one.

    Args:
        labels: Labels, shape (x, y, z).
        numbers: Labels to count.
    """
    areas = np.isin(labels, list(numbers)).sum(axis=(0, 1))
    return View("axial", int(np.argmax(areas))) if areas.any() else None
