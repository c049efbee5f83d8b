"""Errors of single voxels: their histogram, and how well a spread predicts them."""

import numpy as np

N_TENTHS = 10


def histogram(errors_ms, edges_ms):
    """Share of the errors in each bin; errors beyond the ends are counted in the outermost bins.

    Args:
        errors_ms: Errors in ms, any shape, finite.
        edges_ms: Increasing edges of the bins, shape (bin + 1,).

    Returns:
        Number of voxels per bin, shape (bin,).
    """
    inside = np.clip(np.ravel(errors_ms), edges_ms[0], np.nextafter(edges_ms[-1], -np.inf))
    counts, _ = np.histogram(inside, edges_ms)
    return counts


def calibration(errors_ms, spread_ms, n_bins=N_TENTHS):
    """Root mean square error and spread of voxels sorted by spread into bins of equal size.

    A calibrated spread equals the root mean square error in each bin (Levi et al., Sensors
    2022;22:5540).

    Args:
        errors_ms: Error of each voxel in ms, shape (voxel,), finite.
        spread_ms: Spread of each voxel in ms, same shape.
        n_bins: Number of bins.

    Returns:
        List of dicts, one per bin from the smallest spread on: n_voxels, spread_ms, error_ms. With
        fewer voxels than bins there is one bin per voxel.
    """
    order = np.argsort(spread_ms, kind="stable")
    parts = np.array_split(order, min(n_bins, len(order))) if len(order) else []
    return [
        {
            "n_voxels": len(part),
            "spread_ms": float(np.sqrt(np.mean(np.square(spread_ms[part], dtype=float)))),
            "error_ms": float(np.sqrt(np.mean(np.square(errors_ms[part], dtype=float)))),
        }
        for part in parts
    ]
