"""Likelihood of true relaxation times given a network's maps, as loss and metrics of Keras."""

import keras
import numpy as np
from keras import ops

QUANTITIES = ("T1", "T2")


def targets(T1_s, T2_s, mask):
    """Stack what a network is taught.

    Args:
        T1_s, T2_s: True relaxation times in seconds, shape (batch, height, width).
        mask: True where they count, same shape.

    Returns:
        float32 of shape (batch, height, width, 3): log T1, log T2 and mask.
    """
    mask = np.asarray(mask, bool)
    logs = [np.log(np.where(mask, times_s, 1.0)) for times_s in (T1_s, T2_s)]
    return np.stack([*logs, mask], axis=-1).astype(np.float32)


def negative_log_likelihood(targets, maps):
    """Laplace: |error of log T| / spread + log(2 spread), summed over T1 and T2.

    Args:
        targets: `targets`.
        maps: Output of the network: log T1, log T2 and the log of the spread of each.

    Returns:
        Mean over the voxels of the mask.
    """
    log_spread = maps[..., 2:]
    error = ops.abs(targets[..., :2] - maps[..., :2])
    each = error * ops.exp(-log_spread) + log_spread + float(np.log(2))
    return _masked_mean(ops.sum(each, axis=-1), targets)


def metrics():
    """Keras metrics: mean absolute error of log T1 and log T2, about the relative error."""
    return [
        keras.metrics.MeanMetricWrapper(
            lambda targets, maps, n=number: _masked_mean(
                ops.abs(targets[..., n] - maps[..., n]), targets
            ),
            name=f"{name}_error",
        )
        for number, name in enumerate(QUANTITIES)
    ]


def _masked_mean(values, targets):
    mask = targets[..., 2]
    return ops.sum(values * mask) / ops.maximum(ops.sum(mask), 1.0)
