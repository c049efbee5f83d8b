"""New persons from the training subjects: other relaxation times, and the images that follow.

A cohort has few persons, and a network that sees few values of T1 and T2 learns their mean instead
of reading them. Where the reference maps give T1 and T2 and the sequence is known, the signal
equation says by which factor a voxel's signal changes with other relaxation times. Proton density,
coil fields, noise and anatomy stay those of the scan, so nothing of them need be known.
"""

from dataclasses import dataclass

import numpy as np

from contrast2map.imaging.signal_equations import equation_parameters, simulate_signal
from contrast2map.preprocessing.normalisation import PERCENTILE

# T1 in seconds at which changes are drawn, about those of white matter, deep and cortical grey
# matter; between them a change is interpolated. Above the last, it falls to 0: fluid stays.
NODES_S = (0.75, 0.95, 1.15, 1.40)
UNCHANGED_S = 2.2
SHARED = 0.5  # share of the variance of the changes that a person's tissues share
RATIOS = (0.3, 3.0)  # of signals; beyond, a signal is near a null and its ratio uncertain
METHODS = ("slice_p95",)  # of normalisation, whose level can be found anew in a slice


@dataclass(frozen=True)
class NewPersons:
    """Draws persons for the slices of a training set.

    Attributes:
        sequences: Sequence of each contrast (dict with `type` and parameters), in the order of the
            images' channels.
        map_scale_s: Relaxation time in seconds for a scaled value of 1.
        T1_sd: SD of the logarithm of a tissue's T1 between new persons and the training subject.
        T2_sd: The same of T2.
    """

    sequences: list
    map_scale_s: float
    T1_sd: float
    T2_sd: float

    def draw(self, rng, images, maps):
        """Turn a slice into that of another person.

        Args:
            rng: NumPy random generator.
            images: Normalised images, float32 (height, width, contrast), 0 outside the brain.
            maps: Scaled T1 and T2, float32 (height, width, 2), 0 where there is no reference.

        Returns:
            Images, normalised anew, and maps; same shapes and types.
        """
        known = (maps > 0).all(axis=-1) & (images != 0).any(axis=-1)
        T1_s, T2_s = self.map_scale_s * maps[known].T
        position = np.log(T1_s)
        new_s = [
            old_s * np.exp(np.interp(position, _NODES, self._changes(rng, sd)))
            for old_s, sd in ((T1_s, self.T1_sd), (T2_s, self.T2_sd))
        ]
        new_images, new_maps = images.copy(), maps.copy()
        new_maps[known] = np.stack(new_s, axis=-1) / self.map_scale_s
        for channel, sequence in enumerate(self.sequences):
            before, after = (_signal(sequence, *times) for times in ((T1_s, T2_s), new_s))
            ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
            new_images[..., channel][known] *= np.clip(ratio, *RATIOS)
        return _normalised(new_images, images), new_maps

    @staticmethod
    def _changes(rng, sd):
        """Change of log T at each node, 0 at the last."""
        own = rng.standard_normal(len(NODES_S))
        changes = np.sqrt(1 - SHARED) * own + np.sqrt(SHARED) * rng.standard_normal()
        return np.append(sd * changes, 0.0)


_NODES = np.log([*NODES_S, UNCHANGED_S])


def _signal(sequence, T1_s, T2_s):
    """Signal at nominal transmit and a PD of 1."""
    return simulate_signal(sequence["type"], T1_s, T2_s, 1.0, 1.0, equation_parameters(sequence))


def _normalised(images, before):
    """Divide each image by its level relative to that before, as `slice_p95` does."""
    for channel in range(images.shape[-1]):
        inside = before[..., channel] != 0
        if inside.any():
            level = np.percentile(images[..., channel][inside], PERCENTILE)
            level_before = np.percentile(before[..., channel][inside], PERCENTILE)
            images[..., channel] *= np.float32(level_before / level) if level > 0 else 1
    return images
