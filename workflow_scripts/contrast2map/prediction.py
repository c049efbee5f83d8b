"""Apply a trained network to whole slices."""

import keras
import numpy as np

SLICES_AT_ONCE = 8


def predict_slices(model, images):
    """Maps of whole slices.

    Args:
        model: Trained keras.Model.
        images: Normalised images, float32 (slice, height, width, contrast), any size.

    Returns:
        Scaled maps, float32 (slice, height, width, quantity).
    """
    divisor = 2 ** sum(layer.name.startswith("pool_") for layer in model.layers)
    height, width = images.shape[1:3]
    padded = np.pad(images, [(0, 0), (0, -height % divisor), (0, -width % divisor), (0, 0)])
    batches = [
        keras.ops.convert_to_numpy(model(padded[start : start + SLICES_AT_ONCE], training=False))
        for start in range(0, len(padded), SLICES_AT_ONCE)
    ]
    return np.concatenate(batches)[:, :height, :width].astype(np.float32)
