"""One picture a subject: registration, brain mask, tissue, regions, normalised slices.

A step that failed leaves an empty mask, no label or no slice; its row then says so.
"""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from contrast2map.figures import colours as colour_maps
from contrast2map.imaging.masks import ROI_LABELS
from contrast2map.quality.pictures import BRAIN_COLOUR, ROI_COLOURS, TISSUE_COLOURS
from contrast2map.quality.views import (
    View,
    cut,
    few_views,
    grey_window,
    head_box,
    level_of,
    pixel_mm,
)

STRUCTURES = (ROI_LABELS["putamen"], ROI_LABELS["thalamus"])
SLAB = (ROI_LABELS["gm"], ROI_LABELS["wm"])


def draw_subject(title, target, registered, brain, tissue, rois, slices, voxel_mm):
    """Draw the steps of one subject's preprocessing.

    Args:
        title: Heading of the figure.
        target: Target image, shape (x, y, z), RAS.
        registered: Dict of name to image on its grid; its brain contour must fit all of them.
        brain: Brain mask, same shape.
        tissue: Tissue labels (1 CSF, 2 GM, 3 WM), same shape.
        rois: Labels of `masks.ROI_LABELS`, same shape.
        slices: slices.Slices of the subject.
        voxel_mm: Voxel edges along x, y, z.

    Returns:
        matplotlib Figure.
    """
    _, axial, _, coronal, sagittal = few_views(brain, head_box(target, brain))
    planes = [sagittal, coronal, axial]
    levels = {"structures": level_of(rois, STRUCTURES), "slab": _middle(np.isin(rois, SLAB))}
    regions = {name: view for name, view in levels.items() if view is not None}
    figure = Figure(figsize=(12, 14.5), layout="constrained")
    figure.suptitle(title, fontsize=13)
    rows = figure.subfigures(5, 1)

    def show(ax, volume, view, words):
        window = grey_window(volume, brain)
        _draw(ax, cut(volume, view), pixel_mm(voxel_mm, view.plane), words, window)

    axes = _row(rows[0], "Brain mask on the target image", planes, (brain > 0).any())
    for ax, view in zip(axes, planes, strict=True):
        show(ax, target, view, view.plane)
        _contour(ax, cut(brain, view))
    level = levels["structures"] or axial
    axes = _row(rows[1], "Registered scans with the same contour", registered)
    for ax, (name, image) in zip(axes, registered.items(), strict=True):
        show(ax, image, level, name if np.any(image) else f"{name}: empty")
        _contour(ax, cut(brain, level))
    words = "Tissue: CSF blue, grey matter orange, white matter yellow"
    axes = _row(rows[2], words, planes, (tissue > 0).any())
    for ax, view in zip(axes, planes, strict=True):
        show(ax, target, view, view.plane)
        _overlay(ax, cut(tissue, view), TISSUE_COLOURS)
    words = "Regions: putamen red, thalamus green (left); grey and white matter (right)"
    axes = _row(rows[3], words, regions, np.isin([*STRUCTURES, *SLAB], rois).all())
    for ax, (name, view) in zip(axes, regions.items(), strict=True):
        show(ax, target, view, f"{name}, slice {view.index}")
        _overlay(ax, cut(rois, view), ROI_COLOURS)
    n_slices = len(slices.slice_indices)
    channels = [*slices.contrasts, *slices.quantities] if n_slices else []
    axes = _row(rows[4], "Normalised slice: inputs and scaled reference maps", channels)
    for channel, (ax, name) in enumerate(zip(axes, channels, strict=True)):
        number = n_slices // 2
        stack = np.concatenate([slices.inputs[number], slices.maps[number]], axis=-1)
        image = stack[::-1, :, channel]
        colours = colour_maps.OF_QUANTITY.get(name, "gray")
        window = (0, np.percentile(image, 99.5))
        _draw(ax, image, pixel_mm(voxel_mm, "axial"), name, window, colours)
    return figure


def _row(subfigure, title, shown, is_complete=True):
    """Axes of a row of pictures; none, or a word in the title, where something is missing."""
    missing = "" if len(shown) and is_complete else " - EMPTY, OR NOT COMPLETE"
    subfigure.suptitle(title + missing, fontsize=11, x=0.01, ha="left")
    axes = np.atleast_1d(subfigure.subplots(1, len(shown))) if len(shown) else []
    for ax in axes:
        ax.set_axis_off()
    return axes


def _middle(mask):
    """Axial view through the middle of a mask; None where it is empty."""
    inside = np.argwhere(mask)
    return View("axial", int(np.median(inside[:, 2]))) if len(inside) else None


def _draw(ax, plane, pixel_size_mm, title, window, colours="gray"):
    """A plane of `quality_views.cut`."""
    width_mm, height_mm = pixel_size_mm
    low, high = window
    ax.imshow(plane, cmap=colours, vmin=low, vmax=high, aspect=height_mm / width_mm)
    ax.set_title(title, fontsize=9)


def _contour(ax, plane):
    if (plane > 0).any() and (plane == 0).any():
        ax.contour(plane > 0, levels=[0.5], colors=BRAIN_COLOUR, linewidths=0.9)


def _overlay(ax, labels, colours):
    """Labels in colours over the picture that was drawn before."""
    shown = ListedColormap(["#00000000", *(colours[number] for number in sorted(colours))])
    aspect = ax.get_aspect()
    ax.imshow(
        labels, cmap=shown, vmin=0, vmax=shown.N - 1, alpha=0.6, interpolation="nearest",
        aspect=aspect,
    )  # fmt: skip
