"""Convolution as one matrix product, for JAX on a GPU without cuDNN autotuning.

XLA times cuDNN's algorithms for each convolution before the first step, which takes minutes on a
new machine. Without this autotuning cuDNN gets no workspace, and a step takes seconds. A matrix
product needs neither autotuning nor workspace, but more memory: nine copies of the features.
"""

import jax.numpy as jnp
from keras import layers, ops
from keras.src.layers.convolutional.base_conv import BaseConv


def use():
    """Use matrix products for all convolutions and average poolings of this process."""
    BaseConv.convolution_op = _convolve
    layers.AveragePooling2D.call = _pool


def _convolve(self, images, kernel):
    """Convolution of stride 1, padded to the same size; images (batch, height, width, channel)."""
    kernel = ops.convert_to_tensor(kernel).astype(images.dtype)
    size, (batch, height, width, _) = kernel.shape[:2], images.shape
    around = [((n - 1) // 2, n - 1 - (n - 1) // 2) for n in size]
    padded = jnp.pad(images, [(0, 0), *around, (0, 0)])
    shifted = [
        padded[:, top : top + height, left : left + width]
        for top in range(size[0])
        for left in range(size[1])
    ]
    rows = jnp.concatenate(shifted, axis=-1).reshape(batch * height * width, -1)
    return (rows @ kernel.reshape(-1, kernel.shape[-1])).reshape(batch, height, width, -1)


def _pool(self, images):
    """Average pooling over 2 x 2 points."""
    quarters = [images[:, top::2, left::2] for top in (0, 1) for left in (0, 1)]
    return sum(quarters) * 0.25
