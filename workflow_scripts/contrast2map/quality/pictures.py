"""Turn arrays into pictures that are embedded in a page."""

import base64
import io

import numpy as np
from PIL import Image, ImageDraw
from skimage.measure import find_contours

# Colours of Okabe and Ito, distinguishable with any colour vision.
TISSUE_COLOURS = {1: "#0072b2", 2: "#e69f00", 3: "#f0e442"}
ROI_COLOURS = {1: "#e69f00", 2: "#f0e442", 3: "#d55e00", 4: "#009e73"}
BRAIN_COLOUR = "#ff4d4d"
CHECK_MM = 24.0
THUMBNAIL_PIXELS = 96


def grey(plane, window):
    """A plane as an 8-bit grey image.

    Args:
        plane: Values, shape (height, width).
        window: Values that are shown as black (0) and white (255).
    """
    low, high = window
    scaled = (np.asarray(plane, np.float64) - low) / max(high - low, 1e-12)
    return (np.clip(np.nan_to_num(scaled), 0, 1) * 255).round().astype(np.uint8)


def checkerboard(first, second, edge_pixels):
    """Checkerboard with alternating squares of two pictures, the first in the upper left corner.

    Args:
        first: Picture, shape (height, width).
        second: Picture, same shape.
        edge_pixels: Width and height of a square.
    """
    rows, columns = np.indices(first.shape)
    odd = (rows // edge_pixels[1] + columns // edge_pixels[0]) % 2
    return np.where(odd, second, first)


def check_edge(pixel_size_mm):
    """Width and height of a checkerboard square in pixels."""
    return tuple(max(1, round(CHECK_MM / size)) for size in pixel_size_mm)


def coloured(labels, colours):
    """Draw labels in colour on a transparent background.

    Args:
        labels: Integer labels, shape (height, width).
        colours: Dict mapping label to "#rrggbb".

    Returns:
        uint8, shape (height, width, 4).
    """
    picture = np.zeros((*labels.shape, 4), np.uint8)
    for number, colour in colours.items():
        picture[labels == number] = [*bytes.fromhex(colour.removeprefix("#")), 255]
    return picture


def outlines(mask):
    """Trace the outlines of a mask, in half pixels from the upper left corner of the picture.

    Args:
        mask: Shape (height, width).

    Returns:
        List of closed outlines, each an integer array (x, y), shape (point, 2).
    """
    padded = np.pad(np.asarray(mask) > 0, 1).astype(float)
    # A pixel's centre is half a pixel from its corner; padding shifted the outline by one pixel.
    return [
        (2 * line[:, ::-1] - 1).round().astype(int) for line in find_contours(padded, level=0.5)
    ]


def svg_path(lines):
    """Outlines as SVG path data, with one step per straight segment."""
    parts = []
    for line in lines:
        steps = np.diff(line, axis=0)
        turns = np.flatnonzero((steps[1:] != steps[:-1]).any(axis=1)) + 1
        corners = line[[0, *turns]]
        moves = "".join(f" {x} {y}" for x, y in np.diff(corners, axis=0))
        parts.append(f"M{corners[0][0]} {corners[0][1]}" + (f"l{moves[1:]}" if moves else "") + "z")
    return "".join(parts)


def data_uri(picture, lossless=False):
    """Encode a picture as the data URI of a WebP image.

    Args:
        picture: uint8, shape (height, width) or (height, width, 4).
        lossless: Whether to preserve pixels exactly, as needed for labels.
    """
    written = io.BytesIO()
    how = {"lossless": True} if lossless else {"quality": 80}
    Image.fromarray(picture).save(written, "WEBP", method=4, **how)
    return "data:image/webp;base64," + base64.b64encode(written.getvalue()).decode()


def thumbnail(planes, window):
    """Draw views of a head side by side with the brain outlined.

    Args:
        planes: Views from left to right, each with image plane, brain-mask plane and pixel size
            in mm.
        window: Black and white levels.

    Returns:
        PIL picture of `THUMBNAIL_PIXELS` height.
    """
    tiles = [_small(*plane, window) for plane in planes]
    whole = Image.new("RGB", (sum(tile.width for tile in tiles), THUMBNAIL_PIXELS))
    left = 0
    for tile in tiles:
        whole.paste(tile, (left, 0))
        left += tile.width
    if not any((brain > 0).any() for _, brain, _ in planes):
        ImageDraw.Draw(whole).text((4, 2), "no brain mask", fill=BRAIN_COLOUR, font_size=16)
    return whole


def _small(plane, brain, pixel_size_mm, window):
    height, width = plane.shape
    scale = THUMBNAIL_PIXELS / (height * pixel_size_mm[1])
    size = (max(1, round(width * pixel_size_mm[0] * scale)), THUMBNAIL_PIXELS)
    tile = Image.fromarray(grey(plane, window)).resize(size, Image.Resampling.BILINEAR)
    tile = tile.convert("RGB")
    draw = ImageDraw.Draw(tile)
    for line in outlines(brain):
        points = line / 2 * [size[0] / width, size[1] / height]
        draw.line([tuple(point) for point in points], fill=BRAIN_COLOUR, width=1)
    return tile
