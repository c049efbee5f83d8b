"""The paper's network (Qiu et al. 2022, Figure 1) in Keras, for any backend."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from contrast2map.learning import precision
from contrast2map.learning.layers import BilinearUpsampling, FusedBatchNormalization

HE = "he"
# Scaled maps are about 0.3 (T1) and 0.03 (T2). With He's SD the first maps have a range of about 1,
# and a training spends hundreds of steps on shrinking them.
OUTPUT_SD = 0.02


@dataclass(frozen=True)
class UNetConfig:
    """Architecture of the U-Net.

    Attributes:
        n_filters: Filters at full resolution, doubled at each level.
        n_levels: Number of down-sampling steps; there are as many up-sampling steps.
        n_convolutions: Convolutions per resolution, each followed by batch normalisation and
            rectifier.
        initialiser_sd: SD of the normal distribution of the initial kernels, or "he": the SD
            sqrt(2 / inputs of a kernel), which keeps the scale of features through rectifiers (He
            et al., ICCV 2015), and `OUTPUT_SD` for the last layer.
        normalisation_momentum: Fraction of the moving statistics kept at each training step.
    """

    n_filters: int
    n_levels: int
    n_convolutions: int
    initialiser_sd: float | str
    normalisation_momentum: float


def build_unet(config, n_contrasts, n_quantities, seed, compute_in=precision.FLOAT32):
    """Build the network for images whose height and width are multiples of 2^n_levels.

    Args:
        config: UNetConfig.
        n_contrasts: Channels of the input.
        n_quantities: Channels of the output, which is linear.
        seed: Seed of the initial kernels.
        compute_in: "float32" or "bfloat16"; weights, statistics and output are float32 in both.

    Returns:
        keras.Model with input of shape (batch, height, width, contrast) and output of shape (batch,
        height, width, quantity).
    """
    start, policy = _Starts(config.initialiser_sd, seed), precision.policy_of(compute_in)
    images = keras.Input((None, None, n_contrasts), name="images")
    features, skips = images, []
    for level in range(config.n_levels):
        features = _group(features, config, level, f"down_{level}", start, policy)
        skips.append(features)  # (batch, height / 2^level, width / 2^level, n_filters 2^level)
        features = layers.AveragePooling2D(2, dtype=policy, name=f"pool_{level}")(features)
    features = _group(features, config, config.n_levels, "bottom", start, policy)
    for level in reversed(range(config.n_levels)):
        n_filters = config.n_filters * 2**level
        features = BilinearUpsampling(dtype=policy, name=f"upsample_{level}")(features)
        features = layers.Conv2D(
            n_filters,
            2,
            padding="same",
            kernel_initializer=start(),
            dtype=policy,
            name=f"upconv_{level}",
        )(features)
        features = layers.Concatenate(dtype=policy, name=f"skip_{level}")([skips[level], features])
        features = _group(features, config, level, f"up_{level}", start, policy)
    maps = layers.Conv2D(
        n_quantities,
        1,
        kernel_initializer=start(of_he=OUTPUT_SD),
        dtype=precision.FLOAT32,
        name="maps",
    )(features)
    return keras.Model(images, maps, name="unet")


def _group(features, config, level, name, start, policy):
    """Apply convolution, batch normalisation and rectifier n_convolutions times."""
    for number in range(config.n_convolutions):
        features = layers.Conv2D(
            config.n_filters * 2**level,
            3,
            padding="same",
            use_bias=False,  # the batch normalisation adds one
            kernel_initializer=start(),
            dtype=policy,
            name=f"{name}_conv_{number}",
        )(features)
        features = FusedBatchNormalization(
            momentum=config.normalisation_momentum, dtype=policy, name=f"{name}_norm_{number}"
        )(features)
        features = layers.ReLU(dtype=policy, name=f"{name}_relu_{number}")(features)
    return features


@keras.saving.register_keras_serializable("contrast2map")
class NormalStart(keras.initializers.Initializer):
    """Normal random numbers with mean 0, drawn by NumPy and therefore equal on all backends.

    JAX's own initialiser compiles a function for each kernel shape, which takes 20 s.

    Args:
        sd: SD of the numbers; "he": see `UNetConfig.initialiser_sd`.
        seed: Seed of the generator.
    """

    def __init__(self, sd, seed):
        self.sd, self.seed = sd, seed

    def __call__(self, shape, dtype=None):
        """Draw numbers of a shape, as a tensor of the backend."""
        sd = np.sqrt(2 / np.prod(shape[:-1])) if self.sd == HE else self.sd
        numbers = sd * np.random.default_rng(self.seed).standard_normal(shape)
        return keras.ops.convert_to_tensor(numbers, dtype or precision.FLOAT32)

    def get_config(self):
        """Constructor arguments, for saving."""
        return {"sd": self.sd, "seed": self.seed}


class _Starts:
    """Kernel initialisers with different seeds derived from one seed."""

    def __init__(self, sd, seed):
        self.sd, self.rng = sd, np.random.default_rng(seed)

    def __call__(self, of_he=HE):
        """Next initialiser; its SD is `of_he` if the network starts as He's."""
        return NormalStart(of_he if self.sd == HE else self.sd, int(self.rng.integers(2**31)))
