"""Panels of the report's viewer: content, window and colours."""

import numpy as np

from contrast2map.figures import colours
from contrast2map.study.contrast_names import usual_name


def panels_of(quantity, target):
    """The panels of a quantity from left to right.

    Args:
        quantity: T1 or T2.
        target: Name of the target scan.

    Returns:
        List of dicts: name, title, unit, low, high, colours (a `colour_table`).
    """
    low, high = colours.WINDOWS_MS[quantity]
    bound = colours.ERROR_WINDOWS_MS[quantity]
    of_map = colour_table(colours.OF_QUANTITY[quantity])
    of_error, of_spread = map(colour_table, (colours.OF_ERROR, colours.OF_SPREAD))
    grey = "".join(f"{level:02x}" * 3 for level in range(256))
    panels = [
        ("scan", usual_name(target), "% of bright brain", 0, 100, grey),
        ("reference", f"{quantity} reference", "ms", low, high, of_map),
        ("network", f"{quantity} network", "ms", low, high, of_map),
        ("error", f"{quantity} error", "ms", -bound, bound, of_error),
        ("spread", f"{quantity} spread", "ms", 0, colours.SPREAD_WINDOWS_MS[quantity], of_spread),
    ]
    keys = ("name", "title", "unit", "low", "high", "colours")
    return [dict(zip(keys, panel, strict=True)) for panel in panels]


def colour_table(colours):
    """A colour map as one string of 256 hexadecimal rrggbb values.

    Args:
        colours: Function that maps an array of numbers from 0 to 1 to RGBA values from 0 to 1.
    """
    table = np.rint(255 * np.asarray(colours(np.linspace(0, 1, 256)))[:, :3]).astype(np.uint8)
    return table.tobytes().hex()
