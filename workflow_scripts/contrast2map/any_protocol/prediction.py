"""Measure T1 and T2 in volumes of any subset of the scans."""

from typing import NamedTuple

import keras
import numpy as np

from contrast2map.any_protocol import encoding, weights
from contrast2map.any_protocol.network import NetworkConfig

SLICES_AT_ONCE = 8


class RelaxationMaps(NamedTuple):
    """Maps of a visit, each of shape (x, y, z), float32.

    Attributes:
        T1_s, T2_s: Relaxation times in seconds.
        T1_spread, T2_spread: Laplace scale of the logarithm of each: about the relative error that
            the network expects. Not calibrated.
    """

    T1_s: np.ndarray
    T2_s: np.ndarray
    T1_spread: np.ndarray
    T2_spread: np.ndarray


class Measurer:
    """A trained network, ready for whole volumes.

    Args:
        model: keras.Model of `network.build_network`.
        slots: Names of the kinds of scans, in the order of its input.
        fields: Names of the fields of a protocol, in the order of its input.
        divisor: Height and width of slices are padded to multiples of this number.
    """

    def __init__(self, model, slots, fields, divisor):
        self.model, self.slots, self.fields = model, tuple(slots), tuple(fields)
        self.divisor = divisor

    @classmethod
    def of_file(cls, path):
        """The Measurer of a file that `weights.save` wrote.

        Raises:
            ValueError: See `weights.load`.
        """
        model, head = weights.load(path)
        return cls(model, head["slots"], head["fields"], NetworkConfig(**head["network"]).divisor)

    def __call__(self, scans, protocol, common_scale):
        """Predict maps slice by slice (the last axis).

        Args:
            scans: Scaled images by slot, each of shape (x, y, z); any non-empty subset.
            protocol: By slot, a dict of values by field; missing fields are unknown.
            common_scale: Whether one scale divides all scans.

        Returns:
            RelaxationMaps.

        Raises:
            ValueError: No scan, or a slot or field that the network does not know.
        """
        context = self.context(scans, protocol, common_scale)
        shape = next(iter(scans.values())).shape
        slices = np.zeros((shape[2], *shape[:2], len(self.slots)), np.float32)
        for name, scan in scans.items():
            slices[..., self.slots.index(name)] = np.moveaxis(scan, 2, 0)
        maps = self.slices(slices, np.repeat(context, shape[2], axis=0))
        maps = np.exp(np.moveaxis(maps, 0, 2))
        return RelaxationMaps(*(np.ascontiguousarray(maps[..., n]) for n in range(4)))

    def slices(self, images, context):
        """Apply the network to slices.

        Args:
            images: float32 of shape (slice, height, width, slot), any height and width.
            context: Encoded protocol of each slice, shape (slice, n_context).

        Returns:
            Output of the network, float32 of shape (slice, height, width, 4).
        """
        height, width = images.shape[1:3]
        padding = [(0, 0), (0, -height % self.divisor), (0, -width % self.divisor), (0, 0)]
        padded = np.pad(images, padding)
        n_slices = len(images)
        batches = []
        for start in range(0, n_slices, SLICES_AT_ONCE):
            inputs = [part[start : start + SLICES_AT_ONCE] for part in (padded, context)]
            # A last batch of another size would be compiled again.
            missing = (SLICES_AT_ONCE - len(inputs[0])) if start else 0
            inputs = [np.concatenate([part, part[:1].repeat(missing, axis=0)]) for part in inputs]
            batches.append(keras.ops.convert_to_numpy(self.model.predict_on_batch(inputs)))
        return np.concatenate(batches)[:n_slices, :height, :width]

    def context(self, scans, protocol, common_scale):
        """Encode the protocol of a visit, shape (1, n_context); arguments as of `__call__`.

        Raises:
            ValueError: No scan, or a slot or field that the network does not know.
        """
        unknown = [name for name in [*scans, *protocol] if name not in self.slots]
        unknown += [key for values in protocol.values() for key in values if key not in self.fields]
        if unknown or not scans:
            raise ValueError(
                f"scans {', '.join(scans) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
            )
        values = np.full((1, len(self.slots), len(self.fields)), np.nan)
        for slot, of_slot in protocol.items():
            for field, value in of_slot.items():
                values[0, self.slots.index(slot), self.fields.index(field)] = value
        present = np.array([[name in scans for name in self.slots]])
        return encoding.encode(values, present, [common_scale], self.fields)
