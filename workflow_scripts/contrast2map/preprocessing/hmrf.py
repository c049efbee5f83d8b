"""Tissue segmentation of a T1-weighted brain by a hidden Markov random field.

After Zhang, Brady and Smith, IEEE TMI 20:45 (2001), the method of FSL's FAST: expectation
maximisation with one Gaussian per class on the logarithm of the intensities, in which the coil
sensitivity is an additive smooth field. A mean-field term favours equal classes in neighbouring
voxels.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

CLASSES = ("CSF", "GM", "WM")  # dark to bright in a T1-weighted image
MIN_VOXELS = 100
N_WEAK, N_PER_BIAS, N_FINAL = 5, 3, 4  # EM iterations before, during and after bias estimation
WEAK_MRF_WEIGHT = 0.02  # until the bias field has been estimated
FWHM_PER_SIGMA = np.sqrt(8 * np.log(2))
N_BINS = 1024
# Range of intensity over the median; ASSUME brighter voxels are vessels and tell nothing more.
RATIOS = (0.02, 5.0)
# Steps to the neighbours that share a face or an edge with a voxel, one of each opposite pair.
NEIGHBOURS = tuple(
    step
    for step in itertools.product((-1, 0, 1), repeat=3)
    if step > (0, 0, 0) and np.count_nonzero(step) < 3
)
MIN_CONTRAST = 1e-3  # smallest difference between the log means of two classes
NO_CLASSES = "The intensities of the brain do not fall into three classes."


@dataclass(frozen=True)
class Segmentation:
    """Classes of the voxels of a brain, in the order of `CLASSES`.

    Attributes:
        labels: 0 outside the brain, 1 CSF, 2 GM, 3 WM; uint8, shape (x, y, z).
        fractions: Partial volumes that sum to 1 in the brain and are 0 outside, (class, x, y, z).
        bias_field: Ratio of the image to the bias-corrected image, 1 outside, shape (x, y, z).
        means: Bias-corrected intensity of each class relative to the brain's median, (class,).
    """

    labels: np.ndarray
    fractions: np.ndarray
    bias_field: np.ndarray
    means: np.ndarray


def segment(intensities, mask, voxel_mm, n_bias=4, mrf_weight=0.1, bias_fwhm_mm=20.0):
    """Segment a brain into CSF, grey and white matter.

    Args:
        intensities: T1-weighted image, shape (x, y, z).
        mask: True in the brain, shape (x, y, z).
        voxel_mm: Voxel edges in mm, shape (3,).
        n_bias: Iterations of bias field estimation; 0 for none.
        mrf_weight: Log-odds that a neighbour of the same class adds, at a distance of 1 mm.
        bias_fwhm_mm: FWHM of the Gaussian that smooths the bias field.

    Returns:
        The Segmentation.

    Raises:
        ValueError: Shapes differ, the mask has fewer than `MIN_VOXELS` voxels, or the brain's
            intensities are not finite, not positive or do not fall into three classes.
    """
    if np.shape(intensities) != np.shape(mask):
        raise ValueError(
            f"Image and brain mask differ in shape: {np.shape(intensities)}, {np.shape(mask)}."
        )
    mask = np.asarray(mask, dtype=bool)
    n_voxels = np.count_nonzero(mask)
    if n_voxels < MIN_VOXELS:
        raise ValueError(f"The brain mask has {n_voxels} voxels; {MIN_VOXELS} are needed.")

    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    inside = mask[box]
    logs = _log(np.asarray(intensities, dtype=np.float32)[box], inside)
    field = _Field(inside, voxel_mm)
    means, variances = _k_means(logs[inside])
    bias = np.zeros_like(logs)
    posteriors = np.zeros((len(CLASSES), *logs.shape), dtype=np.float32)

    def iterate(n_iterations, weight):
        nonlocal means, variances, posteriors
        restored = logs - bias
        for _ in range(n_iterations):
            posteriors = field.posteriors(restored, means, variances, posteriors, weight)
            means, variances = _moments(restored, posteriors)

    iterate(N_WEAK, WEAK_MRF_WEIGHT)
    for _ in range(n_bias):
        bias = _bias(logs, posteriors, means, variances, inside, bias_fwhm_mm / voxel_mm)
        iterate(N_PER_BIAS, WEAK_MRF_WEIGHT)
    iterate(N_FINAL, mrf_weight)

    order = np.argsort(means)
    class_means = np.exp(means[order])
    if np.min(np.diff(means[order])) < MIN_CONTRAST:
        raise ValueError(NO_CLASSES)
    labels = (posteriors[order].argmax(axis=0) + 1) * inside
    fractions = _fractions(np.exp(logs - bias), class_means) * inside
    return Segmentation(
        labels=_uncrop(labels.astype(np.uint8), box, mask.shape, 0),
        fractions=np.stack([_uncrop(one, box, mask.shape, 0) for one in fractions]),
        bias_field=_uncrop(np.exp(bias), box, mask.shape, 1),
        means=class_means,
    )


class _Field:
    """The Markov random field on the voxels of a brain."""

    def __init__(self, inside, voxel_mm):
        self.inside = inside
        self.weights = {
            offset: np.float32(1 / np.linalg.norm(np.multiply(offset, voxel_mm)))
            for offset in NEIGHBOURS
        }

    def posteriors(self, restored, means, variances, posteriors, weight):
        """Update the class probabilities by one mean-field step, shape (class, x, y, z)."""
        energies = np.empty_like(posteriors)
        for k, (mean, variance) in enumerate(zip(means.tolist(), variances.tolist(), strict=True)):
            energies[k] = (restored - mean) ** 2
            energies[k] *= -0.5 / variance
            energies[k] += weight * self._neighbours(posteriors[k]) - 0.5 * math.log(variance)
        energies -= energies.max(axis=0)
        np.exp(energies, out=energies)
        energies *= self.inside / energies.sum(axis=0)
        return energies

    def _neighbours(self, probabilities):
        """Sum over 18 neighbours, weighted by inverse distance in mm, shape (x, y, z)."""
        total = np.zeros_like(probabilities)
        for offset, weight in self.weights.items():
            here = tuple(slice(max(-step, 0), -step if step > 0 else None) for step in offset)
            there = tuple(slice(max(step, 0), step if step < 0 else None) for step in offset)
            total[here] += weight * probabilities[there]
            total[there] += weight * probabilities[here]
        return total


def _log(intensities, inside):
    """Logarithm of intensity / median within `RATIOS`; 0 outside the brain."""
    values = intensities[inside]
    if not np.isfinite(values).all():
        raise ValueError("The image has values in the brain that are not finite.")
    if len(np.unique(values)) < len(CLASSES):
        raise ValueError("The image is (nearly) constant in the brain: it has no tissue contrast.")
    median = np.median(values)
    if median <= 0:
        raise ValueError(f"The median intensity of the brain is {median:g}, not positive.")
    logs = np.log(np.clip(intensities / median, *RATIOS))
    return np.where(inside, logs, 0).astype(np.float32)


def _k_means(values):
    """Find means and variances of three clusters of values, each of shape (3,)."""
    counts, edges = np.histogram(values, bins=N_BINS)
    centres = (edges[1:] + edges[:-1]) / 2
    means = np.quantile(values, [1 / 6, 3 / 6, 5 / 6])
    for _ in range(200):
        nearest = np.abs(centres[:, None] - means).argmin(axis=1)
        sizes = np.bincount(nearest, counts, minlength=3)
        if not sizes.all():
            raise ValueError(NO_CLASSES)
        before, means = (
            means,
            np.bincount(nearest, counts * centres, minlength=3) / sizes,
        )
        if np.allclose(before, means, rtol=0, atol=1e-7):
            break
    variances = np.bincount(nearest, counts * (centres - means[nearest]) ** 2, minlength=3) / sizes
    return means, np.maximum(variances, _floor(edges))


def _floor(edges):
    """Smallest variance of a class, due to rounding intensities to bins."""
    return (edges[1] - edges[0]) ** 2 / 12 + 1e-8


def _moments(values, posteriors):
    """Mean and variance of each class, each of shape (class,)."""
    sizes = posteriors.sum(axis=(1, 2, 3), dtype=np.float64) + 1e-6
    means = np.array([(one * values).sum(dtype=np.float64) for one in posteriors]) / sizes
    squares = [
        (one * (values - mean) ** 2).sum(dtype=np.float64)
        for one, mean in zip(posteriors, means.tolist(), strict=True)
    ]
    variances = np.array(squares) / sizes
    return means, np.maximum(variances, 1e-6)


def _bias(logs, posteriors, means, variances, inside, fwhm_voxels):
    """Smooth the log deviations of the image from its class means, shape (x, y, z)."""
    precision = np.tensordot((1 / variances).astype(np.float32), posteriors, axes=1)
    expected = np.tensordot((means / variances).astype(np.float32), posteriors, axes=1)

    def smooth(values):
        sigma_voxels = fwhm_voxels / FWHM_PER_SIGMA
        return ndimage.gaussian_filter(values, sigma_voxels, mode="constant", truncate=3)

    residual = smooth(precision * logs - expected)
    bias = np.where(inside, residual / np.maximum(smooth(precision), 1e-6), 0)
    return (bias - bias[inside].mean() * inside).astype(np.float32)


def _fractions(restored, means):
    """Partial volumes of the two classes with the nearest mean on either side, (class, x, y, z)."""
    csf, gm, wm = means
    bright = np.clip((restored - gm) / (wm - gm), 0, 1)
    dark = np.clip((gm - restored) / (gm - csf), 0, 1)
    return np.stack([dark, 1 - dark - bright, bright]).astype(np.float32)


def _uncrop(array, box, shape, outside):
    """Insert a cropped array into a volume filled with the value `outside`."""
    full = np.full(shape, outside, dtype=array.dtype)
    full[box] = array
    return full
