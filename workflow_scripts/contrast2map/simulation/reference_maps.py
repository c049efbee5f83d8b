"""Reference T1 and T2 maps with the errors of a fast mapping sequence."""

import numpy as np
from scipy import ndimage

from contrast2map.imaging.random_fields import smooth_field
from contrast2map.simulation.scanner import acquire
from contrast2map.study.terms import QUANTITIES

# Below this proton density a voxel holds air or bone, and no relaxation time can be read.
LEAST_PROTON_DENSITY = 0.2


def relaxation_times(sums):
    """T1 and T2 of voxels from sums of proton density and of rates.

    Args:
        sums: Dict with "PD", "T1", "T2" as `scanner.relaxation_sums` gives them.

    Returns:
        Dict of "T1", "T2" to seconds, float32, 0 where there is next to no proton density.
    """
    tissue = sums["PD"] > LEAST_PROTON_DENSITY
    return {
        quantity: np.divide(sums["PD"], sums[quantity], out=np.zeros_like(sums["PD"]), where=tissue)
        for quantity in QUANTITIES
    }


def acquire_sums(sums, affine, matrix, scan_affine, scan_to_head):
    """The sums of `scanner.relaxation_sums`, averaged over the voxels of a scan."""
    return {
        name: acquire(values, affine, matrix, scan_affine, scan_to_head)
        for name, values in sums.items()
    }


def measure(rng, times_s, voxel_mm, *, noise_sd, systematic_sd, blur_fwhm_mm, ceiling_s):
    """Maps as the mapping sequence gives them: blurred, saturated, with errors.

    Error model (ASSUME, in-silico): measured = saturate(blur(T)) * (1 + smooth + noise); saturate
    bends over at the ceiling, T / (1 + (T / ceiling)^8)^(1/8), below 0.1 % for tissue.

    Args:
        rng: NumPy random generator.
        times_s: Dict of quantity to true seconds on the sequence's grid, shape (x, y, z).
        voxel_mm: Voxel edges in mm.
        noise_sd: Dict of quantity to relative SD of a voxel.
        systematic_sd: Dict of quantity to relative SD of the smooth error (30 mm grain).
        blur_fwhm_mm: In-plane point spread in mm.
        ceiling_s: Dict of quantity to the longest time that the sequence can tell, in s.

    Returns:
        Dict of quantity to measured seconds, float32, 0 where `times_s` is 0.
    """
    sigma = [blur_fwhm_mm / 2.355 / voxel_mm[0], blur_fwhm_mm / 2.355 / voxel_mm[1], 0]
    measured = {}
    for quantity, true_s in times_s.items():
        tissue = true_s > 0
        # Normalised by the blurred support, so that air does not pull the rim down.
        support = ndimage.gaussian_filter(tissue.astype(np.float32), sigma)
        blurred = ndimage.gaussian_filter(true_s, sigma) / np.maximum(support, 1e-3)
        ceiling = ceiling_s[quantity]
        saturated = blurred / (1 + (blurred / ceiling) ** 8) ** 0.125
        smooth = systematic_sd[quantity] * smooth_field(rng, true_s.shape, voxel_mm, 30.0)
        noise = noise_sd[quantity] * rng.standard_normal(true_s.shape, dtype=np.float32)
        error = np.maximum(1 + smooth + noise, 0.1)
        measured[quantity] = np.where(tissue, saturated * error, 0).astype(np.float32)
    return measured
