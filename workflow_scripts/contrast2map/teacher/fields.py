"""Smooth random fields that are cheap: sums of waves, splines on coarse grids, a texture bank."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage

COARSE_STEP = 8  # voxels between the nodes at which slow fields are computed
N_WAVES = 8
BANK_SIZE, N_IN_BANK = 512, 6
NOISE_BANK_SIZE = 2**20
TEXTURE_SD_VOXELS = (0.8, 1.5, 3.0)


@dataclass(frozen=True)
class Waves:
    """A smooth random function of position with zero mean and unit variance.

    Attributes:
        wave_numbers: Radians per mm, float32 (N_WAVES, 3).
        phases: Radians, float32 (N_WAVES,).
    """

    wave_numbers: np.ndarray
    phases: np.ndarray

    @classmethod
    def draw(cls, rng, shortest_mm, longest_mm):
        """Draw wavelengths between two limits and all directions."""
        directions = rng.standard_normal((N_WAVES, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths_mm = rng.uniform(shortest_mm, longest_mm, (N_WAVES, 1))
        wave_numbers = (2 * np.pi * directions / lengths_mm).astype(np.float32)
        return cls(wave_numbers, rng.uniform(0, 2 * np.pi, N_WAVES).astype(np.float32))

    def at(self, position_mm):
        """Values at positions of shape (3, n)."""
        phase = self.wave_numbers @ position_mm + self.phases[:, None]
        return np.sqrt(2 / N_WAVES, dtype=np.float32) * np.cos(phase).sum(axis=0)


def coarse_nodes(n):
    """Positions of nodes that cover n voxels, COARSE_STEP apart."""
    return np.arange(0, n + COARSE_STEP, COARSE_STEP, dtype=np.float32)


@cache
def linear_weights(n):
    """Weights that interpolate values at `coarse_nodes` linearly, float32 (n, nodes)."""
    nodes = coarse_nodes(n)
    distance = np.abs(np.arange(n, dtype=np.float32)[:, None] - nodes) / COARSE_STEP
    return np.maximum(1 - distance, 0)


def refine(coarse, height, width):
    """Interpolate values at coarse nodes, shape (..., rows, columns), to (..., height, width)."""
    return linear_weights(height) @ coarse @ linear_weights(width).T


@cache
def _spline_weights(n, step):
    """Cubic B-spline weights, scaled so that white coefficients of SD 1 give about SD 1."""
    position = np.arange(n) / step
    distance = np.abs(position[:, None] - (np.arange(int(n / step) + 4) - 1))
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.maximum(2 - distance, 0) ** 3 / 6
    weights = np.where(distance < 1, near, far)
    return (weights / np.sqrt((weights**2).sum(axis=1).mean())).astype(np.float32)


def spline_field(rng, shape, step, n_fields):
    """Random cubic splines with nodes every `step` voxels, SD about 1.

    Returns:
        float32 (n_fields, *shape).
    """
    rows, columns = (_spline_weights(n, step) for n in shape)
    nodes = (n_fields, rows.shape[1], columns.shape[1])
    return rows @ rng.standard_normal(nodes, dtype=np.float32) @ columns.T


@cache
def _bank(seed):
    """Smoothed white noise of unit SD, periodic, float32 (N_IN_BANK, BANK_SIZE, BANK_SIZE)."""
    rng = np.random.default_rng(seed)
    fields = []
    for index in range(N_IN_BANK):
        white = rng.standard_normal((BANK_SIZE, BANK_SIZE), dtype=np.float32)
        sd = TEXTURE_SD_VOXELS[index % len(TEXTURE_SD_VOXELS)]
        field = ndimage.gaussian_filter(white, sd, mode="wrap")
        fields.append(field / field.std())
    return np.stack(fields)


@cache
def _noise_bank(seed):
    """White complex noise whose real and imaginary parts have an SD of 1, complex64."""
    rng = np.random.default_rng((seed, 1))
    return rng.standard_normal((NOISE_BANK_SIZE, 2), dtype=np.float32).view(np.complex64)[:, 0]


def complex_noise(rng, shape, seed):
    """A random stretch of the bank, turned by a random phase, so that it hardly ever repeats."""
    n = shape[0] * shape[1]
    start = rng.integers(NOISE_BANK_SIZE - n)
    turn = np.complex64(np.exp(2j * np.pi * rng.random()))
    return turn * _noise_bank(seed)[start : start + n].reshape(shape)


def texture(rng, shape, seed):
    """A random window of a random, randomly flipped texture, float32 of the given shape."""
    field = _bank(seed)[rng.integers(N_IN_BANK)]
    top, left = (rng.integers(BANK_SIZE - n + 1) for n in shape)
    window = field[top : top + shape[0], left : left + shape[1]]
    return window[:: rng.choice((-1, 1)), :: rng.choice((-1, 1))]
