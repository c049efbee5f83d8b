"""Figure 2: inputs, reference maps, predicted maps and their errors, side by side."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage

from contrast2map import figures
from contrast2map.errors import MS_PER_S

MARGIN_VOXELS = 4
LESION_COLOUR = "#00e5ff"
WIDTH_INCHES, LEFT_INCHES, TOP_INCHES, BOTTOM_INCHES, GAP_INCHES = 14.0, 0.5, 0.3, 0.85, 0.04


@dataclass(frozen=True)
class Case:
    """One slice of one subject; every array has the shape (left-right, posterior-anterior).

    Attributes:
        title: Subject, group and slice in words.
        inputs: Dictionary from contrast to image.
        reference_s: Dictionary from quantity to reference map in seconds.
        predicted_s: Dictionary from quantity to predicted map in seconds.
        brain: True inside the brain.
        lesions: True inside lesions.
        voxel_mm: Size of a voxel along both axes.
    """

    title: str
    inputs: dict
    reference_s: dict
    predicted_s: dict
    brain: np.ndarray
    lesions: np.ndarray
    voxel_mm: tuple


def representative_cases(cases):
    """Rows of cases; columns of inputs and, per quantity, reference, network and error.

    Args:
        cases: List of `Case` with the same contrasts and quantities.

    Returns:
        The figure. The windows of a column are the same in all rows.
    """
    contrasts, quantities = list(cases[0].inputs), list(cases[0].reference_s)
    n_columns = len(contrasts) + 3 * len(quantities)
    tile_width = (WIDTH_INCHES - LEFT_INCHES) / n_columns
    heights = [tile_width * _extent_mm(case)[1] / _extent_mm(case)[0] for case in cases]
    height = TOP_INCHES + sum(heights) + BOTTOM_INCHES
    figure = plt.figure(figsize=(WIDTH_INCHES, height))
    top = height - TOP_INCHES
    for index, (case, tile_height) in enumerate(zip(cases, heights, strict=True)):
        top -= tile_height
        row = [
            _add_axes(
                figure,
                LEFT_INCHES + column * tile_width,
                top,
                tile_width - GAP_INCHES,
                tile_height - GAP_INCHES,
            )
            for column in range(n_columns)
        ]
        _draw_case(row, case)
        if index == 0:
            _name_columns(row, contrasts, quantities)
    for index, quantity in enumerate(quantities):
        left = LEFT_INCHES + (len(contrasts) + 3 * index) * tile_width
        bars = (
            (0, 2, f"{quantity} (ms)", "max"),
            (2, 1, f"{quantity} error (ms)", "both"),
        )
        for column, n_tiles, label, extend in bars:
            bar = _add_axes(
                figure,
                left + (column + 0.1) * tile_width,
                BOTTOM_INCHES - 0.22,
                (n_tiles - 0.2) * tile_width,
                0.1,
            )
            image = row[len(contrasts) + 3 * index + column].images[0]
            figure.colorbar(image, cax=bar, orientation="horizontal", extend=extend, label=label)
    return figure


def _add_axes(figure, left, bottom, width, height):
    """Axes placed in inches."""
    figure_width, figure_height = figure.get_size_inches()
    return figure.add_axes(
        (left / figure_width, bottom / figure_height, width / figure_width, height / figure_height)
    )


def _draw_case(row, case):
    window = _brain_window(case.brain)
    brain = case.brain[window]
    tiles = []
    for image in case.inputs.values():
        inside = np.where(brain, image[window], 0)
        brightest = np.percentile(inside[brain], 99.5) if brain.any() else 1
        tiles.append((inside, "gray", 0, brightest))
    for quantity, reference_s in case.reference_s.items():
        reference_ms = np.where(brain, reference_s[window], 0) * MS_PER_S
        predicted_ms = np.where(brain, case.predicted_s[quantity][window], 0) * MS_PER_S
        low, high = figures.WINDOWS_MS[quantity]
        bound = figures.ERROR_WINDOWS_MS[quantity]
        # Where the reference has no value there is no error either.
        error_ms = np.where(brain & (reference_ms > 0), predicted_ms - reference_ms, np.nan)
        tiles.append((reference_ms, figures.COLOUR_MAPS[quantity], low, high))
        tiles.append((predicted_ms, figures.COLOUR_MAPS[quantity], low, high))
        tiles.append((error_ms, figures.ERROR_COLOUR_MAP, -bound, bound))
    for axis, (image, colours, low, high) in zip(row, tiles, strict=True):
        axis.imshow(
            image.T,
            origin="lower",
            cmap=colours,
            vmin=low,
            vmax=high,
            aspect=case.voxel_mm[1] / case.voxel_mm[0],
            interpolation="nearest",
        )
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
        axis.set_facecolor("white")
        _mark_lesions(axis, case.lesions[window])
    row[0].set_ylabel(case.title, fontsize=9)


def _mark_lesions(axis, lesions):
    """Outline the lesions at one voxel's distance, so that the lesion itself stays visible."""
    if lesions.any():
        around = ndimage.binary_dilation(np.pad(lesions, 2), iterations=2).astype(float)
        x, y = (np.arange(n) - 2 for n in around.shape)
        axis.contour(x, y, around.T, levels=[0.5], colors=[LESION_COLOUR], linewidths=0.7)
        axis.set_xlim(-0.5, lesions.shape[0] - 0.5)
        axis.set_ylim(-0.5, lesions.shape[1] - 0.5)


def _name_columns(row, contrasts, quantities):
    names = [name.upper() for name in contrasts]
    for quantity in quantities:
        names += [f"{quantity} reference", f"{quantity} network", f"{quantity} error"]
    for axis, name in zip(row, names, strict=True):
        axis.set_title(name, fontsize=9)


def _brain_window(brain):
    """Slices of both axes that hold the brain with a margin."""
    if not brain.any():
        return (slice(None), slice(None))
    window = []
    for other_axis in (1, 0):
        (filled,) = np.nonzero(brain.any(axis=other_axis))
        window.append(slice(max(filled[0] - MARGIN_VOXELS, 0), filled[-1] + MARGIN_VOXELS + 1))
    return tuple(window)


def _extent_mm(case):
    shape = case.brain[_brain_window(case.brain)].shape
    return shape[0] * case.voxel_mm[0], shape[1] * case.voxel_mm[1]
