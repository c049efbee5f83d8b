"""Reference T1 and T2 maps with the errors of a fast mapping sequence."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast2map.imaging.grids import CentredGrid
from contrast2map.imaging.random_fields import smooth_field
from contrast2map.simulation.scanner import acquire

# Below this proton density a voxel contains air or bone: its relaxation times are not measurable.
LEAST_PROTON_DENSITY = 0.2
SYSTEMATIC_SMOOTHNESS_MM = 30.0
FWHM_PER_SD = 2.355


@dataclass(frozen=True)
class MappingErrors:
    """Errors of a mapping sequence.

    Attributes:
        noise_sd: Dict mapping "T1", "T2" to relative SD of a voxel.
        systematic_sd: Dict mapping "T1", "T2" to relative SD of a smooth error.
        blur_fwhm_mm: FWHM of the in-plane point spread function.
        ceiling_s: Dict mapping "T1", "T2" to the longest time that the sequence can resolve.
    """

    noise_sd: dict
    systematic_sd: dict
    blur_fwhm_mm: float
    ceiling_s: dict


@dataclass(frozen=True)
class ReferenceMaps:
    """Grid and errors of the reference maps."""

    grid: CentredGrid
    errors: MappingErrors

    @classmethod
    def from_config(cls, section):
        """Settings from section `simulation.reference_maps`."""
        errors = dict(section)
        grid = CentredGrid(errors.pop("matrix"), errors.pop("voxel_mm"))
        return cls(grid, MappingErrors(**errors))


def relaxation_times(sums):
    """Compute T1 and T2 of voxels from proton density and relaxation rates.

    Args:
        sums: Dict with "PD", "T1", "T2" from `scanner.relaxation_sums`.

    Returns:
        Dict mapping "T1", "T2" to seconds, float32, 0 where the proton density is too low.
    """
    tissue = sums["PD"] > LEAST_PROTON_DENSITY
    return {
        quantity: np.divide(sums["PD"], sums[quantity], out=np.zeros_like(sums["PD"]), where=tissue)
        for quantity in ("T1", "T2")
    }


def acquire_sums(sums, affine, grid, scan_to_head):
    """Average the sums of `scanner.relaxation_sums` over the voxels of a CentredGrid."""
    return {name: acquire(values, affine, grid, scan_to_head) for name, values in sums.items()}


def measure(rng, times_s, voxel_mm, errors):
    """Simulate measured maps: blurred, saturated, with systematic error and noise.

    Error model (ASSUME, in silico): measured = saturate(blur(T)) * (1 + systematic + noise) with
    saturate(T) = T / (1 + (T / ceiling)^8)^(1/8), which changes soft tissue by less than 0.1 %.

    Args:
        rng: NumPy random generator.
        times_s: Dict mapping quantity to true seconds on the sequence's grid, shape (x, y, z).
        voxel_mm: Voxel edges in mm.
        errors: MappingErrors.

    Returns:
        Dict mapping quantity to measured seconds, float32, 0 where `times_s` is 0.
    """
    sd_mm = errors.blur_fwhm_mm / FWHM_PER_SD
    sd_voxels = [sd_mm / voxel_mm[0], sd_mm / voxel_mm[1], 0]
    measured = {}
    for quantity, true_s in times_s.items():
        tissue = true_s > 0
        # Divided by the blurred support, so that air does not lower values at the rim.
        support = ndimage.gaussian_filter(tissue.astype(np.float32), sd_voxels)
        blurred = ndimage.gaussian_filter(true_s, sd_voxels) / np.maximum(support, 1e-3)
        saturated = blurred / (1 + (blurred / errors.ceiling_s[quantity]) ** 8) ** 0.125
        field = smooth_field(rng, true_s.shape, voxel_mm, SYSTEMATIC_SMOOTHNESS_MM)
        systematic = errors.systematic_sd[quantity] * field
        noise = errors.noise_sd[quantity] * rng.standard_normal(true_s.shape, dtype=np.float32)
        factor = np.maximum(1 + systematic + noise, 0.1)
        measured[quantity] = np.where(tissue, saturated * factor, 0).astype(np.float32)
    return measured
