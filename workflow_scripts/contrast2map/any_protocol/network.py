"""Network that measures T1 and T2 from any scans whose protocol it is told, for any Keras backend.

A voxel's relaxation times are mostly in that voxel's own signals; its surroundings tell the scans'
scale, the bias field and the tissue. Hence full resolution has only layers of one voxel, which are
cheap, and a U-Net with 3x3 kernels sees the images at half resolution and below.

No layer has statistics over a batch or an image: a network with batch normalisation is trained on
the statistics of patches and used with moving averages on whole slices, which biases its maps. The
optional normalisation is per voxel, over channels, so that it is the same for patches and slices.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from contrast2map.any_protocol.layers import (
    ChannelNormalisation,
    Constants,
    ExactConv2D,
    ExactDense,
    HeStart,
    Outputs,
    OwnKernels,
    ScaleAndOffset,
    TransposedStart,
    WithLogarithms,
)
from contrast2map.learning import precision

CONCATENATION, FILM, HYPER = "concatenation", "film", "hyper_network"
NONE, CHANNELS = "none", "channels"
QUANTITIES = ("T1", "T2")
N_CONSTANT_CHANNELS = 16


@dataclass(frozen=True)
class NetworkConfig:
    """Architecture of the network.

    Attributes:
        filters: Number of filters at full resolution, half resolution, and so on.
        n_convolutions: 3x3 convolutions per resolution, down and up.
        n_units: Units of the two dense layers that read the protocol.
        conditioning: How the protocol acts: "concatenation" (constant channels beside the images),
            "film" (a scale and an offset of each channel in each block; Perez et al. 2018) or
            "hyper_network" (weights of the layers of one voxel).
        normalisation: "none" or "channels" (root mean square over the channels of each voxel).
    """

    filters: tuple[int, ...]
    n_convolutions: int
    n_units: int
    conditioning: str
    normalisation: str

    def __post_init__(self):
        object.__setattr__(self, "filters", tuple(self.filters))  # a configuration has a list
        for name, known in (
            ("conditioning", (CONCATENATION, FILM, HYPER)),
            ("normalisation", (NONE, CHANNELS)),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; known: {', '.join(known)}")

    @property
    def divisor(self):
        """Height and width of images must be multiples of this number."""
        return 2 ** (len(self.filters) - 1)


def build_network(config, n_slots, n_context, seed, compute_in=precision.FLOAT32):
    """Build the network.

    Args:
        config: NetworkConfig.
        n_slots: Number of kinds of scans.
        n_context: Length of the encoded protocol (`encoding.encode`).
        seed: Seed of the initial kernels.
        compute_in: "float32" or "bfloat16"; weights and outputs are float32 in both.

    Returns:
        keras.Model with inputs `images`, shape (batch, height, width, slot), and `context`, shape
        (batch, n_context). Output of shape (batch, height, width, 4): log of T1 and T2 in seconds,
        and log of the spread of each.
    """
    images = keras.Input((None, None, n_slots), name="images")
    context = keras.Input((n_context,), name="context")
    maps = connect(config, images, context, seed, compute_in)
    return keras.Model([images, context], maps, name="any_protocol")


def connect(config, images, context, seed, compute_in=precision.FLOAT32):
    """Connect the layers of the network to symbolic images and context, as of `build_network`.

    Returns:
        Symbolic output of the network.
    """
    # Keras can save layers by the name of a policy only.
    make = _Layers(config, seed, precision.policy_of(compute_in).name)
    code = make.dense(make.dense(context, config.n_units, "read_0"), config.n_units, "read_1")

    finest, *coarser = config.filters
    signals = WithLogarithms(dtype=make.policy, name="with_logarithms")(images)
    voxels = make.voxel_layer(make.with_constants(signals, code), code, finest, "voxel_0")
    voxels = make.voxel_layer(voxels, code, finest, "voxel_1")
    features, skips = voxels, []
    for level, n_filters in enumerate(coarser, start=1):
        features = make.halved(features, n_filters, f"halve_{level}")
        features = make.block(features, code, n_filters, f"down_{level}")
        skips.append(features)  # (batch, height / 2^level, width / 2^level, n_filters)
    skips.pop()
    for level, n_filters in reversed(list(enumerate(coarser[:-1], start=1))):
        features = make.doubled(features, n_filters, f"double_{level}")
        features = layers.Add(dtype=make.policy, name=f"skip_{level}")([skips.pop(), features])
        features = make.block(features, code, n_filters, f"up_{level}")
    features = make.doubled(features, finest, "double_0")
    features = layers.Concatenate(dtype=make.policy, name="skip_0")([voxels, features])
    features = make.voxel_layer(features, code, 2 * finest, "head_0")
    features = make.voxel_layer(features, code, finest, "head_1")
    maps = ExactConv2D(
        2 * len(QUANTITIES),
        1,
        kernel_initializer=make.start(0.1),
        dtype=precision.FLOAT32,
        name="maps",
    )(features)
    return Outputs(dtype=precision.FLOAT32, name="outputs")(maps)


class _Layers:
    """Layers of one network, with seeds derived from one seed."""

    def __init__(self, config, seed, policy):
        self.config, self.policy = config, policy
        self.rng = np.random.default_rng(seed)

    def start(self, gain=1.0):
        return HeStart(gain, int(self.rng.integers(2**31)))

    def dense(self, code, n_units, name, activation="relu", gain=1.0):
        return ExactDense(
            n_units,
            activation=activation,
            kernel_initializer=self.start(gain),
            dtype=precision.FLOAT32,
            name=name,
        )(code)

    def with_constants(self, images, code):
        """Append constant channels if the protocol acts by concatenation."""
        if self.config.conditioning != CONCATENATION:
            return images
        constants = self.dense(code, N_CONSTANT_CHANNELS, "constants")
        return Constants(dtype=self.policy, name="with_constants")(images, constants)

    def voxel_layer(self, features, code, n_filters, name):
        if self.config.conditioning == HYPER:
            n_numbers = (features.shape[-1] + 1) * n_filters
            # Small at first, as the kernel that all images share has the right size already.
            own = self.dense(code, n_numbers, f"{name}_kernels", None, gain=0.1)
            features = OwnKernels(n_filters, self.start(), dtype=self.policy, name=name)(
                features, own
            )
        else:
            features = self._convolution(features, n_filters, 1, name)
            features = self._modulated(features, code, name)
        return layers.ReLU(dtype=self.policy, name=f"{name}_relu")(features)

    def halved(self, features, n_filters, name):
        return self._convolution(features, n_filters, 2, name, strides=2)

    def doubled(self, features, n_filters, name):
        return layers.Conv2DTranspose(
            n_filters,
            2,
            strides=2,
            kernel_initializer=TransposedStart(int(self.rng.integers(2**31))),
            dtype=self.policy,
            name=name,
        )(features)

    def block(self, features, code, n_filters, name):
        """Convolutions whose result is added to the features; the protocol acts on the first."""
        start = features
        if self.config.normalisation == CHANNELS:
            features = ChannelNormalisation(dtype=self.policy, name=f"{name}_norm")(features)
        for number in range(self.config.n_convolutions):
            last = number == self.config.n_convolutions - 1
            features = layers.ReLU(dtype=self.policy, name=f"{name}_relu_{number}")(features)
            # Each block starts near the identity, so that deep networks start without explosion.
            features = self._convolution(
                features, n_filters, 3, f"{name}_conv_{number}", gain=0.3 if last else 1.0
            )
            if number == 0:
                features = self._modulated(features, code, f"{name}_conv_{number}")
        return layers.Add(dtype=self.policy, name=f"{name}_add")([start, features])

    def _modulated(self, features, code, name):
        if self.config.conditioning != FILM:
            return features
        numbers = self.dense(code, 2 * features.shape[-1], f"{name}_film", None, gain=0.1)
        return ScaleAndOffset(dtype=self.policy, name=f"{name}_modulated")(features, numbers)

    def _convolution(self, features, n_filters, size, name, strides=1, gain=1.0):
        return layers.Conv2D(
            n_filters,
            size,
            strides=strides,
            padding="same",
            kernel_initializer=self.start(gain),
            dtype=self.policy,
            name=name,
        )(features)
