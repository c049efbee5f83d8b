"""One picture a subject: registration, brain mask, tissue, regions, normalised slices."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from contrast2map.masks import ROI_LABELS

TISSUE_COLOURS = ListedColormap(["#00000000", "#3b6fb6", "#e0a030", "#c0c0c0"])
ROI_COLOURS = ListedColormap(["#00000000", "#e0a030", "#c0c0c0", "#d1495b", "#30a28c"])


def draw_subject(title, target, registered, brain, tissue, rois, structure_level, slices):
    """Draw the steps of one subject's preprocessing.

    Args:
        title: Heading of the figure.
        target: Target image, shape (x, y, z), RAS.
        registered: Dict of name to image on its grid; its brain contour must fit all of them.
        brain: Brain mask, same shape.
        tissue: Tissue labels (1 CSF, 2 GM, 3 WM), same shape.
        rois: Labels of `masks.ROI_LABELS`, same shape.
        structure_level: Slice of the putamen and thalamus regions.
        slices: slices.Slices of the subject.

    Returns:
        matplotlib Figure.
    """
    slab = int(np.median(np.argwhere(rois == ROI_LABELS["wm"])[:, 2]))
    middle = np.argwhere(brain > 0).mean(axis=0).round().astype(int)
    planes = [("sagittal", 0, middle[0] + 4), ("coronal", 1, middle[1]), ("axial", 2, middle[2])]
    figure = Figure(figsize=(12, 14.5), layout="constrained")
    figure.suptitle(title, fontsize=13)
    rows = figure.subfigures(5, 1)

    axes = _row(rows[0], "Brain mask on the target image", len(planes))
    for ax, (name, axis, index) in zip(axes, planes, strict=True):
        _show(ax, target, axis, index, name)
        _contour(ax, brain, axis, index)
    axes = _row(rows[1], "Registered scans with the same contour", len(registered))
    for ax, (name, image) in zip(axes, registered.items(), strict=True):
        _show(ax, image, 2, structure_level, name)
        _contour(ax, brain, 2, structure_level)
    axes = _row(rows[2], "Tissue: CSF blue, grey matter orange, white matter grey", len(planes))
    for ax, (name, axis, index) in zip(axes, planes, strict=True):
        _show(ax, target, axis, index, name)
        _overlay(ax, tissue, axis, index, TISSUE_COLOURS)
    axes = _row(
        rows[3], "Regions: putamen red, thalamus green (left); grey and white matter (right)", 2
    )
    for ax, (name, index) in zip(
        axes, (("structures", structure_level), ("slab", slab)), strict=True
    ):
        _show(ax, target, 2, index, f"{name}, slice {index}")
        _overlay(ax, rois, 2, index, ROI_COLOURS)
    channels = [*slices.contrasts, *slices.quantities]
    number = len(slices.slice_indices) // 2
    axes = _row(rows[4], "Normalised slice: inputs and scaled reference maps", len(channels))
    stack = np.concatenate([slices.inputs[number], slices.maps[number]], axis=-1)
    for channel, (ax, name) in enumerate(zip(axes, channels, strict=True)):
        image = stack[..., channel]
        ax.imshow(image, cmap="gray", origin="lower", vmin=0, vmax=np.percentile(image, 99.5))
        ax.set_title(name, fontsize=9)
    return figure


def _row(subfigure, title, n_columns):
    """Axes of a row of pictures."""
    subfigure.suptitle(title, fontsize=11, x=0.01, ha="left")
    axes = np.atleast_1d(subfigure.subplots(1, n_columns))
    for ax in axes:
        ax.set_axis_off()
    return axes


def _plane(volume, axis, index):
    """A plane of a RAS volume (origin lower): superior or anterior up, left on the left."""
    return np.take(volume, index, axis=axis).T


def _show(ax, volume, axis, index, title):
    ax.imshow(
        _plane(volume, axis, index),
        cmap="gray",
        origin="lower",
        vmin=0,
        vmax=np.percentile(volume, 99),
    )
    ax.set_title(title, fontsize=9)


def _contour(ax, mask, axis, index):
    plane = _plane(mask, axis, index) > 0
    if plane.any():
        ax.contour(plane, levels=[0.5], colors="#ff4d4d", linewidths=0.9)


def _overlay(ax, labels, axis, index, colours):
    ax.imshow(
        _plane(labels, axis, index),
        cmap=colours,
        origin="lower",
        vmin=0,
        vmax=colours.N - 1,
        alpha=0.75,
        interpolation="nearest",
    )
