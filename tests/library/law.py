"""A small world with a known law, in which a network can learn in seconds."""

import contextlib
import itertools

import numpy as np

from contrast2map.any_protocol import network, training
from contrast2map.teacher.batch import Batch

SLOTS = ("short", "long")
FIELDS = ("TR_s", "flip_angle_deg")
TISSUES = {"one": [1], "other": [2, 3]}
NETWORK = network.NetworkConfig((4, 8), 1, 8, network.FILM, network.CHANNELS)
TRAINING = training.TrainingSettings(
    n_steps=20,
    n_warm_up_steps=5,
    learning_rate=1e-2,
    weight_decay=1e-4,
    gradient_norm=1.0,
    average_momentum=0.8,
    segment_steps=5,
    validation_segments=2,
)


def batch(seed, step, n_images=4, size=16):
    """Two scans, which are functions of T1 and T2 and of a TR; either may be absent."""
    rng = np.random.default_rng([seed, step])
    tissue = rng.integers(1, 3, (n_images, size, size)).astype(np.uint8)
    T1_s = rng.uniform(0.5, 2, (n_images, 1, 1)) * np.where(tissue == 1, 1.0, 1.5)
    T2_s = np.full(tissue.shape, 0.1)
    TR_s = rng.uniform(0.5, 2, (n_images, 2))
    images = 1 - np.exp(-TR_s[:, None, None] / T1_s[..., None])
    present = np.ones((n_images, 2), bool)
    present[:, 1] = rng.random(n_images) < 0.5
    protocol = np.stack([TR_s, np.full_like(TR_s, np.nan)], axis=-1).astype(np.float32)
    mask = rng.random(tissue.shape) < 0.9
    return Batch(
        np.where(present[:, None, None], images, 0).astype(np.float32),
        protocol,
        present,
        np.zeros(n_images, bool),
        T1_s.astype(np.float32),
        T2_s.astype(np.float32),
        mask,
        tissue,
    )


def batches(seed, change=lambda step, batch: batch):
    """Function of a step, whose context has an iterator of (step, batch) from there."""

    def from_step(step):
        return contextlib.nullcontext(
            (number, change(number, batch(seed, number))) for number in itertools.count(step)
        )

    return from_step
