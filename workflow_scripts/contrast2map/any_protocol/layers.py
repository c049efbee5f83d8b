"""Layers and initial kernels of the network for any protocol, for any Keras backend."""

import math

import keras
import numpy as np
from keras import layers, ops

from contrast2map.learning import precision

TYPICAL_S = (1.2, 0.08)  # relaxation times at which training starts
SPREADS = (0.01, 1.5)  # bounds of the spread of log T
START_SPREAD = 0.4  # about the error of the typical values


@keras.saving.register_keras_serializable("contrast2map")
class ExactDense(layers.Dense):
    """Dense layer that computes in float32 in every form of the network."""

    needs_float32 = True


@keras.saving.register_keras_serializable("contrast2map")
class ExactConv2D(layers.Conv2D):
    """Convolution that computes in float32 in every form of the network."""

    needs_float32 = True


@keras.saving.register_keras_serializable("contrast2map")
class Outputs(layers.Layer):
    """Shift the logs of T to typical values and bound the logs of the spread."""

    needs_float32 = True

    def call(self, maps):
        """Maps of shape (batch, height, width, 4) to the network's output, same shape."""
        lowest, highest = (math.log(spread) for spread in SPREADS)
        typical = ops.convert_to_tensor(np.log(np.float32(TYPICAL_S)))
        log_T = maps[..., :2] + typical
        share = (math.log(START_SPREAD) - lowest) / (highest - lowest)
        start = math.log(share / (1 - share))
        log_spread = lowest + (highest - lowest) * ops.sigmoid(maps[..., 2:] + start)
        return ops.concatenate([log_T, log_spread], axis=-1)


@keras.saving.register_keras_serializable("contrast2map")
class WithLogarithms(layers.Layer):
    """Append log(1 + 20 signal) to signals: there, scales and bias fields are nearly offsets."""

    def call(self, images):
        """Images of shape (batch, height, width, slot) to (batch, height, width, 2 slot)."""
        logs = ops.log(1 + 20 * ops.maximum(images, 0)) / 3  # ONNX has no log1p
        return ops.concatenate([images, logs], axis=-1)


@keras.saving.register_keras_serializable("contrast2map")
class ChannelNormalisation(layers.Layer):
    """Divide by the root mean square over the channels of each voxel, then scale each channel."""

    def build(self, features_shape):
        """Create the scale of each channel."""
        self.scale = self.add_weight(shape=(features_shape[-1],), initializer="ones", name="scale")

    def call(self, features):
        """Normalise features of shape (batch, height, width, channel)."""
        power = ops.mean(ops.square(features), axis=-1, keepdims=True)
        return features * ops.rsqrt(power + 1e-4) * self.scale


@keras.saving.register_keras_serializable("contrast2map")
class ScaleAndOffset(layers.Layer):
    """Scale each channel by 1 + the first half of a code, and add the second half (FiLM)."""

    def call(self, features, code):
        """Features of shape (batch, height, width, channel), code (batch, 2 channel)."""
        scale, offset = ops.split(code[:, None, None], 2, axis=-1)
        return features * (1 + scale) + offset


@keras.saving.register_keras_serializable("contrast2map")
class OwnKernels(layers.Layer):
    """Layer of one voxel whose kernel and offset are different for each image of a batch.

    Args:
        n_filters: Number of output channels.
        initializer: Start of the kernel that all images share.
    """

    def __init__(self, n_filters, initializer, **options):
        super().__init__(**options)
        self.n_filters = n_filters
        self.initializer = keras.initializers.get(initializer)

    def build(self, features_shape, code_shape):
        """Create the shared kernel."""
        self.kernel = self.add_weight(
            shape=(features_shape[-1], self.n_filters), initializer=self.initializer, name="kernel"
        )

    def call(self, features, code):
        """Features of shape (batch, height, width, channel), code (batch, (channel + 1) filter)."""
        own = ops.reshape(code, (-1, features.shape[-1] + 1, self.n_filters))
        kernels = self.kernel + own[:, 1:]
        return ops.einsum("nhwi,nio->nhwo", features, kernels) + own[:, None, :1]

    def get_config(self):
        """Constructor arguments, for saving."""
        initializer = keras.initializers.serialize(self.initializer)
        return super().get_config() | {"n_filters": self.n_filters, "initializer": initializer}


@keras.saving.register_keras_serializable("contrast2map")
class HeStart(keras.initializers.Initializer):
    """Normal random numbers with variance 2 / inputs (He et al. 2015), equal on all backends.

    Args:
        gain: Factor of the SD.
        seed: Seed of the generator.
    """

    def __init__(self, gain, seed):
        self.gain, self.seed = gain, seed

    def __call__(self, shape, dtype=None):
        """Draw a kernel of shape (..., input, output)."""
        sd = self.gain * math.sqrt(2 / math.prod(shape[:-1]))
        numbers = sd * np.random.default_rng(self.seed).standard_normal(shape)
        return ops.convert_to_tensor(numbers, dtype or precision.FLOAT32)

    def get_config(self):
        """Constructor arguments, for saving."""
        return {"gain": self.gain, "seed": self.seed}


@keras.saving.register_keras_serializable("contrast2map")
class Constants(layers.Layer):
    """Append numbers to images as constant channels."""

    def call(self, images, numbers):
        """Images of shape (batch, height, width, channel), numbers (batch, number)."""
        ones = ops.ones_like(images[..., :1])
        return ops.concatenate([images, ones * numbers[:, None, None]], axis=-1)


@keras.saving.register_keras_serializable("contrast2map")
class TransposedStart(HeStart):
    """He's start for transposed convolutions, whose kernels are (height, width, output, input).

    With a stride equal to the kernel's size, each output voxel has one input voxel.
    """

    def __init__(self, seed):
        super().__init__(1.0, seed)

    def __call__(self, shape, dtype=None):
        """Draw a kernel of shape (height, width, output, input)."""
        numbers = np.random.default_rng(self.seed).standard_normal(shape) / math.sqrt(shape[-1])
        return ops.convert_to_tensor(numbers, dtype or precision.FLOAT32)

    def get_config(self):
        """Constructor arguments, for saving."""
        return {"seed": self.seed}
