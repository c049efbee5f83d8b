"""Rows of images: tiles, their grid, and the colour bars below it."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import Colormap
from scipy import ndimage

from contrast2map.figures import colours, style
from contrast2map.figures.cases import Case
from contrast2map.study.terms import MS_PER_S

LESION_COLOUR = "#00e5ff"
LEFT_INCHES, TOP_INCHES, BOTTOM_INCHES, GAP_INCHES = 0.42, 0.15, 0.41, 0.025
NARROW_INCHES = 0.9  # narrower tiles have no room for three numbers at the colour bar


class Tile(NamedTuple):
    """An image with its colour map and window, shape (left-right, posterior-anterior)."""

    image: np.ndarray
    colours: str | Colormap
    low: float
    high: float


class Panel(NamedTuple):
    """A tile with its content and case.

    Attributes:
        shows: Contrast or quantity.
        of: "image", "reference", the name of a network, or that name and " minus reference".
        case: The `Case`, cropped as shown.
        tile: The `Tile`.
    """

    shows: str
    of: str
    case: Case
    tile: Tile


def image_tile(image, brain):
    """A weighted image within the brain, in grey.

    Args:
        image: Signal in any unit, shape (x, y).
        brain: True inside the brain, same shape.
    """
    inside = np.where(brain, image, 0)
    brightest = np.percentile(inside[brain], 99.5) if brain.any() else 1
    return Tile(inside, "gray", 0, brightest)


def map_tile(map_s, brain, quantity):
    """A map within the brain, in the colours and window of its quantity.

    Args:
        map_s: Relaxation times in seconds, shape (x, y).
        brain: True inside the brain, same shape.
        quantity: T1 or T2.
    """
    inside_ms = np.where(brain, map_s, 0) * MS_PER_S
    return Tile(inside_ms, colours.OF_QUANTITY[quantity], *colours.WINDOWS_MS[quantity])


def error_tile(predicted_s, reference_s, brain, quantity):
    """Predicted minus reference where the reference has a value.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (x, y).
        reference_s: Reference relaxation times in seconds, same shape.
        brain: True inside the brain, same shape.
        quantity: T1 or T2.
    """
    known = brain & (reference_s > 0)
    error_ms = np.where(known, predicted_s - reference_s, np.nan) * MS_PER_S
    bound = colours.ERROR_WINDOWS_MS[quantity]
    return Tile(error_ms, colours.OF_ERROR, -bound, bound)


def tile_grid(extents_mm, n_columns, width_inches):
    """Create a figure with rows of axes that fit its images, names and colour bars.

    Args:
        extents_mm: Width and height of the image of each row, from top to bottom.
        n_columns: Number of tiles per row.
        width_inches: Width of the figure.

    Returns:
        The figure and its axes as a list of rows.
    """
    tile_inches = (width_inches - LEFT_INCHES) / n_columns
    heights = [tile_inches * height / width for width, height in extents_mm]
    top = TOP_INCHES + sum(heights) + BOTTOM_INCHES
    figure = plt.figure(figsize=(width_inches, top))
    rows, bottom = [], top - TOP_INCHES
    for height in heights:
        bottom -= height
        size = (tile_inches - GAP_INCHES, height - GAP_INCHES)
        lefts = [LEFT_INCHES + column * tile_inches for column in range(n_columns)]
        rows.append([_add_axes(figure, left, bottom, *size) for left in lefts])
    return figure, rows


def draw_panel(axis, panel):
    """Draw a tile with the lesions of its case."""
    draw_tile(axis, panel.tile, panel.case.lesions, panel.case.voxel_mm)


def draw_tile(axis, tile, lesions, voxel_mm):
    """Draw an image with its lesions outlined.

    Args:
        axis: Axes to draw in.
        tile: Tile to draw.
        lesions: True inside lesions, same shape as the image.
        voxel_mm: Size of a voxel along both axes.
    """
    axis.imshow(
        tile.image.T,
        origin="lower",
        cmap=tile.colours,
        vmin=tile.low,
        vmax=tile.high,
        aspect=voxel_mm[1] / voxel_mm[0],
        interpolation="nearest",
    )
    hide_frame(axis)
    if lesions.any():
        # Two voxels outside the lesion, so that the lesion itself stays visible.
        around = ndimage.binary_dilation(np.pad(lesions, 2), iterations=2).astype(float)
        x, y = (np.arange(n) - 2 for n in around.shape)
        axis.contour(x, y, around.T, levels=[0.5], colors=[LESION_COLOUR], linewidths=0.7)
        axis.set_xlim(-0.5, lesions.shape[0] - 0.5)
        axis.set_ylim(-0.5, lesions.shape[1] - 0.5)


def hide_frame(axis):
    """Remove ticks and lines of axes."""
    axis.set(xticks=[], yticks=[], facecolor="white")
    axis.spines[:].set_visible(False)


def draw_colour_bar(figure, axes, label):
    """Draw the colour bar of adjacent axes below the grid, for the first one's image.

    Args:
        figure: Figure of `tile_grid`.
        axes: Adjacent axes above the bar.
        label: Quantity and unit.
    """
    width, _ = figure.get_size_inches()
    left, right = axes[0].get_position().x0 * width, axes[-1].get_position().x1 * width
    tile = (right - left) / len(axes)
    place = left + 0.1 * tile, right - 0.1 * tile
    _draw_bar(figure, axes[0].images[0], place, label, tile, len(axes) > 1)


def draw_colour_bars(figure, bars):
    """Draw colour bars below the grid, evenly across the whole width.

    Args:
        figure: Figure of `tile_grid`.
        bars: List of image and label.
    """
    width, _ = figure.get_size_inches()
    share = (width - LEFT_INCHES) / len(bars)
    for number, (image, label) in enumerate(bars):
        left = LEFT_INCHES + number * share
        _draw_bar(figure, image, (left, left + 0.8 * share), label, share, False)


def _draw_bar(figure, image, place, label, tile_inches, is_wide):
    """Draw a colour bar between two places, in inches from the left.

    Its ends show at which end of the window values are clipped: no value is below zero, except
    those of errors.
    """
    left, right = place
    bar = _add_axes(figure, left, BOTTOM_INCHES - 0.12, right - left, 0.06)
    # Ticks at the ends of the window show the values at which the image is clipped.
    low, high = image.get_clim()
    ticks = np.linspace(low, high, 5 if is_wide else 3)
    extend = "max" if low == 0 else "both"
    drawn = figure.colorbar(image, bar, orientation="horizontal", extend=extend, ticks=ticks)
    drawn.set_label(label, labelpad=1, fontsize=style.SMALL_POINTS)
    bar.tick_params(pad=1.5)
    if not is_wide:  # numbers of narrow bars would overlap
        narrow = tile_inches < NARROW_INCHES
        names = [f"{tick:g}".replace("-", "\N{MINUS SIGN}") for tick in ticks]
        bar.set_xticks(ticks, [names[0], "" if narrow else names[1], names[2]])
        first, _, last = bar.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")


def extent_mm(case):
    """Width and height of a case's slice."""
    return tuple(n * size for n, size in zip(case.brain.shape, case.voxel_mm, strict=True))


def _add_axes(figure, left, bottom, width, height):
    """Axes at a position in inches."""
    figure_width, figure_height = figure.get_size_inches()
    return figure.add_axes(
        (left / figure_width, bottom / figure_height, width / figure_width, height / figure_height)
    )
