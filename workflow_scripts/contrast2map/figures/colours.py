"""Colours of maps, perceptually uniform and told apart with any colour vision."""

import numpy as np
from cmcrameri import cm

# Those agreed on for T1 and T2 (Fuderer et al., MRM 2025).
OF_QUANTITY = {"T1": cm.lipari, "T2": cm.navia}
OF_ERROR = cm.vik
OF_FOLD = cm.batlow


def picture(values, window, quantity):
    """A map in its quantity's colours.

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
