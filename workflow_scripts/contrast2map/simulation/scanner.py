"""What a scanner makes of a head: signal of each sequence, coil fields, voxels, noise."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast2map.imaging.grids import resample
from contrast2map.imaging.random_fields import smooth_field
from contrast2map.imaging.signal_equations import equation_parameters, simulate_signal
from contrast2map.study.terms import QUANTITIES

UNITS_OF_WATER = 10_000  # of the whole magnetisation of water, where all images have one scale


@dataclass(frozen=True)
class Sample:
    """A head with its physics: what every scan of one visit is computed from.

    Attributes:
        fractions: Dict of tissue to fraction, float32 (x, y, z).
        tissues: Dict of tissue to dict with T1_s, T2_s, PD.
        lesion_label: Number of the lesion in each voxel, 0 none, (x, y, z).
        lesion_factors: Dict of "T1", "T2" to factor a lesion, entry 0 is 1.
        texture: Dict of "T1", "T2", "PD" to relative deviation within tissues, (x, y, z).
        transmit: Transmit field relative to nominal, (x, y, z).
        affine: Voxel-to-world matrix in mm, shape (4, 4).
    """

    fractions: dict
    tissues: dict
    lesion_label: np.ndarray
    lesion_factors: dict
    texture: dict
    transmit: np.ndarray
    affine: np.ndarray

    def parameters_of(self, tissue):
        """Where a tissue is, and its T1 (s), T2 (s), PD and fraction there.

        Returns:
            Flat voxel indices and four float32 arrays of the same length.
        """
        fraction = self.fractions[tissue].ravel()
        where = np.flatnonzero(fraction > 0)
        values = {}
        for quantity, key in (("T1", "T1_s"), ("T2", "T2_s"), ("PD", "PD")):
            values[key] = self.tissues[tissue][key] * (1 + self.texture[quantity].ravel()[where])
            if tissue == "lesion" and quantity in self.lesion_factors:
                number = self.lesion_label.ravel()[where]
                values[key] = values[key] * self.lesion_factors[quantity][number]
        T1_s, T2_s, PD = (values[key].astype(np.float32) for key in ("T1_s", "T2_s", "PD"))
        return where, T1_s, T2_s, PD, fraction[where]


def signal(sample, sequence):
    """Signal of each voxel: the sum over its tissues, each by the sequence's signal equation.

    Args:
        sample: Sample.
        sequence: Dict with `type` and the parameters of the signal equation.

    Returns:
        float32 signal in units of proton density, shape (x, y, z).
    """
    parameters = equation_parameters(sequence)
    total = np.zeros(sample.transmit.size, np.float32)
    transmit = sample.transmit.ravel()
    for tissue in sample.fractions:
        where, T1_s, T2_s, PD, fraction = sample.parameters_of(tissue)
        total[where] += fraction * simulate_signal(
            sequence["type"], T1_s, T2_s, PD, transmit[where], parameters, signed=True
        )
    return np.abs(total).reshape(sample.transmit.shape)


def relaxation_sums(sample):
    """Proton density of each voxel, and its relaxation rates weighted by proton density.

    Their ratio is the apparent rate of a voxel of several tissues: at early times the signals'
    decays add, so rates average, weighted by proton density. Bone and air drop out by themselves.

    Returns:
        Dict with "PD" (1), "T1" and "T2" (PD times rate, 1/s), each float32 (x, y, z).
    """
    sums = {name: np.zeros(sample.transmit.size, np.float32) for name in ("PD", *QUANTITIES)}
    for tissue in sample.fractions:
        where, T1_s, T2_s, PD, fraction = sample.parameters_of(tissue)
        sums["PD"][where] += fraction * PD
        sums["T1"][where] += fraction * PD / T1_s
        sums["T2"][where] += fraction * PD / T2_s
    return {name: values.reshape(sample.transmit.shape) for name, values in sums.items()}


def transmit_field(rng, coordinates_mm, voxel_mm, amplitude, sd):
    """Relative B1+ over the head: highest in its centre at 3 T, with a smooth random part.

    Args:
        rng: NumPy random generator.
        coordinates_mm: World coordinates, shape (3, x, y, z), origin in the centre of the brain.
        voxel_mm: Edge of the isotropic voxels in mm.
        amplitude: Relative fall from the centre to 90 mm from it.
        sd: SD of the random part (80 mm smooth).

    Returns:
        float32 field, 1 = nominal, shape (x, y, z).
    """
    distance = (coordinates_mm**2).sum(axis=0) / 90.0**2
    systematic = 1 + amplitude * (0.5 - np.minimum(distance, 2.0))
    return systematic + sd * smooth_field(rng, distance.shape, voxel_mm, 80.0)


def receive_field(rng, shape, voxel_mm, sd):
    """Relative sensitivity of the receive coil, positive, 60 mm smooth, shape `shape`."""
    return np.exp(sd * smooth_field(rng, shape, voxel_mm, 60.0))


def acquire(values, affine, matrix, scan_affine, scan_to_head):
    """Voxels of a scan: the head, moved, averaged over each voxel.

    The voxel's box is taken as a Gaussian of the same variance, less what the head's own grid
    already averages.

    Args:
        values: Quantity on the head's grid, shape (x, y, z).
        affine: Voxel-to-world matrix of the head in mm.
        matrix: Shape of the scan.
        scan_affine: Voxel-to-world matrix of the scan in mm.
        scan_to_head: World-to-world matrix from scan to head, shape (4, 4).

    Returns:
        float32 array of shape `matrix`.
    """
    head_mm, scan_mm = np.diag(affine)[:3], np.diag(scan_affine)[:3]
    sigma_mm = np.sqrt(np.maximum(scan_mm**2 - head_mm**2, 0) / 12)
    averaged = ndimage.gaussian_filter(values, sigma_mm / head_mm, truncate=3)
    return resample(averaged, affine, matrix, scan_affine, scan_to_head)


def add_rician_noise(rng, magnitude, sd):
    """Magnitude of a signal with Gaussian noise in both channels (Gudbjartsson 1995)."""
    real = magnitude + sd * rng.standard_normal(magnitude.shape, dtype=np.float32)
    imaginary = sd * rng.standard_normal(magnitude.shape, dtype=np.float32)
    return np.hypot(real, imaginary)


def to_scanner_units(magnitude, gain):
    """A magnitude image as 12-bit integers, of a scanner that fits each image's range to them."""
    scale = min(3000.0 * gain / np.percentile(magnitude, 99.9), 4095.0 / magnitude.max())
    return np.rint(magnitude * scale).astype(np.int16)


def to_common_units(magnitude, gain):
    """A magnitude image as integers of a scale that is the same for all images of a visit."""
    units = np.rint(magnitude * gain * UNITS_OF_WATER)
    return np.clip(units, 0, np.iinfo(np.int16).max).astype(np.int16)
