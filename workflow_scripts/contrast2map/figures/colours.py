"""Colour maps (perceptually uniform, readable with any colour vision) and their windows."""

import numpy as np
from cmcrameri import cm

# The colour maps recommended for T1 and T2 (Fuderer et al., MRM 2025).
OF_QUANTITY = {"T1": cm.lipari, "T2": cm.navia}
OF_ERROR = cm.vik
OF_FOLD = OF_SPREAD = cm.batlow
# ASSUME windows in which deep grey matter differs from white matter; CSF saturates.
WINDOWS_MS = {"T1": (500, 1600), "T2": (40, 120)}
ERROR_WINDOWS_MS = {"T1": 300, "T2": 30}
SPREAD_WINDOWS_MS = {"T1": 100, "T2": 15}  # ASSUME windows that show disagreement in tissue
INTERVAL_WINDOWS_MS = {"T1": 500, "T2": 60}  # ASSUME half of a 90 % interval in tissue is shorter


def picture(values, window, quantity):
    """A map in the colours of its quantity.

    Args:
        values: Map in any unit, shape (height, width).
        window: Values of the first and the last colour.
        quantity: T1 or T2.

    Returns:
        uint8, shape (height, width, 3).
    """
    low, high = window
    share = np.nan_to_num((np.asarray(values, np.float64) - low) / max(high - low, 1e-12))
    return OF_QUANTITY[quantity](share, bytes=True)[..., :3]
