"""The network for any protocol as the network of a study: its contrasts in, its scaled maps out.

Such a network has the same inputs and outputs as `learning.unet.build_unet`, so that everything
after the training is the same for both.
"""

import keras
import numpy as np
from keras import layers, ops

from contrast2map.any_protocol import encoding, weights
from contrast2map.any_protocol.network import NetworkConfig, connect
from contrast2map.learning import (
    precision,
    unet,  # noqa: F401, registers the layers that `load` reads
)


def build(path_to_weights, protocol, gains, map_scale_s, compute_in=precision.FLOAT32):
    """Build the network with the weights of a file.

    Args:
        path_to_weights: File that `weights.save` wrote.
        protocol: Dict mapping slot to (contrast, numbers), `sequences.slots_and_numbers`; its order
            is that of the input's channels.
        gains: Factor of each channel that gives its brain a median of 1, as in the network's own
            training.
        map_scale_s: Relaxation time in seconds for a scaled value of 1.
        compute_in: "float32" or "bfloat16"; weights and output are float32 in both.

    Returns:
        keras.Model with input of shape (batch, height, width, contrast) and output of shape (batch,
        height, width, 2): scaled T1 and T2, 0 where all images are 0.

    Raises:
        ValueError: See `weights.load`; or a slot or a field is unknown to the network.
    """
    trained, head = weights.load(path_to_weights)
    slots, fields = head["slots"], head["fields"]
    values = np.full((1, len(slots), len(fields)), np.nan)
    for slot, (_, numbers) in protocol.items():
        for field, value in numbers.items():
            values[0, slots.index(slot), fields.index(field)] = value
    present = np.array([[slot in protocol for slot in slots]])
    numbers = encoding.encode(values, present, [False], fields)[0]
    policy = precision.policy_of(compute_in).name

    images = keras.Input((None, None, len(protocol)), name="images")
    positions = [slots.index(slot) for slot in protocol]
    in_slots = IntoSlots(positions, len(slots), gains, dtype=policy, name="slots")(images)
    context = OneContext(numbers.tolist(), dtype=precision.FLOAT32, name="context")(images)
    maps = connect(
        NetworkConfig(**head["network"]), in_slots, context, seed=0, compute_in=compute_in
    )
    scaled = ScaledMaps(map_scale_s, dtype=precision.FLOAT32, name="scaled_maps")(maps, images)
    model = keras.Model(images, scaled, name="pretrained")
    weights.assign(model, weights.arrays(trained), path_to_weights)
    return model


def load(path):
    """Load a trained network of a study for prediction, pretrained or not.

    Args:
        path: `.keras` file written by `train_unet`.

    Returns:
        keras.Model.
    """
    return keras.saving.load_model(path, compile=False)


def gains_of(images):
    """Factors by which the median of each contrast's brain becomes 1.

    Args:
        images: Normalised images, shape (slice, height, width, contrast); 0 outside the brain.

    Raises:
        ValueError: A contrast is 0 everywhere.
    """
    medians = []
    for channel in range(images.shape[-1]):
        values = images[..., channel]
        positive = values[values > 0]
        if not positive.size:
            raise ValueError(f"channel {channel} of the training images is 0 everywhere")
        medians.append(float(np.median(positive)))
    return [1 / median for median in medians]


@keras.saving.register_keras_serializable("contrast2map")
class IntoSlots(layers.Layer):
    """Put the channels of images, times a gain, into the slots of the network.

    Args:
        positions: Slot of each channel.
        n_slots: Number of slots; those without a channel become 0.
        gains: Factor of each channel.
    """

    def __init__(self, positions, n_slots, gains, **options):
        super().__init__(**options)
        self.positions, self.n_slots, self.gains = list(positions), n_slots, list(gains)

    def call(self, images):
        """Images of shape (batch, height, width, channel) to (batch, height, width, slot)."""
        chosen = np.zeros((len(self.positions), self.n_slots), np.float32)
        chosen[np.arange(len(self.positions)), self.positions] = self.gains
        return ops.matmul(ops.maximum(images, 0), ops.convert_to_tensor(chosen, images.dtype))

    def get_config(self):
        """Constructor arguments, for saving."""
        own = {"positions": self.positions, "n_slots": self.n_slots, "gains": self.gains}
        return super().get_config() | own


@keras.saving.register_keras_serializable("contrast2map")
class OneContext(layers.Layer):
    """The same encoded protocol for every image of a batch.

    Args:
        numbers: Encoded protocol, a list.
    """

    needs_float32 = True

    def __init__(self, numbers, **options):
        super().__init__(**options)
        self.numbers = list(numbers)

    def call(self, images):
        """Images of shape (batch, height, width, channel) to (batch, number)."""
        numbers = ops.convert_to_tensor(np.asarray(self.numbers, np.float32))
        return ops.broadcast_to(numbers, (ops.shape(images)[0], len(self.numbers)))

    def get_config(self):
        """Constructor arguments, for saving."""
        return super().get_config() | {"numbers": self.numbers}


@keras.saving.register_keras_serializable("contrast2map")
class ScaledMaps(layers.Layer):
    """Turn logs of relaxation times into scaled maps that are 0 where all images are.

    Args:
        map_scale_s: Relaxation time in seconds for a scaled value of 1.
    """

    needs_float32 = True

    def __init__(self, map_scale_s, **options):
        super().__init__(**options)
        self.map_scale_s = map_scale_s

    def call(self, maps, images):
        """Maps (batch, height, width, 4) and images of the same size to scaled T1 and T2."""
        inside = ops.any(ops.not_equal(images, 0), axis=-1, keepdims=True)
        return ops.exp(maps[..., :2]) * ops.cast(inside, maps.dtype) / self.map_scale_s

    def get_config(self):
        """Constructor arguments, for saving."""
        return super().get_config() | {"map_scale_s": self.map_scale_s}
