"""Image acquisition: signal of each sequence, coil fields, voxel averaging, noise, scaling."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast2map.imaging.grids import resample
from contrast2map.imaging.random_fields import smooth_field
from contrast2map.imaging.signal_equations import equation_parameters, simulate_signal
from contrast2map.study.terms import QUANTITIES

UNITS_OF_WATER = 10_000  # stored value of the equilibrium magnetisation of water at a common gain
FIELD_RADIUS_MM = 90.0
TRANSMIT_SMOOTHNESS_MM, RECEIVE_SMOOTHNESS_MM = 80.0, 60.0


@dataclass(frozen=True)
class TransmitField:
    """Relative B1+ of a scanner, 1 at nominal flip angles.

    Attributes:
        amplitude: Decrease between the centre of the head and a distance of `FIELD_RADIUS_MM`.
        sd: SD of the smooth random part.
    """

    amplitude: float
    sd: float


@dataclass(frozen=True)
class Gain:
    """How a scanner scales its images.

    Attributes:
        of: "scan": each image is scaled individually; "visit": one factor scales all images of a
            visit.
        sd: SD of the logarithm of the gain.
    """

    of: str
    sd: float


@dataclass(frozen=True)
class Sample:
    """A head with its physical properties; all scans of a visit are computed from it.

    Attributes:
        fractions: Dict mapping tissue to fraction, float32 (x, y, z).
        tissues: Dict mapping tissue to tissue_parameters.Tissue.
        lesion_label: Number of the lesion in each voxel, 0 outside, (x, y, z).
        lesion_factors: Dict mapping "T1", "T2" to a factor per lesion number; entry 0 is 1.
        texture: Dict mapping "T1", "T2", "PD" to relative deviation within tissues, (x, y, z).
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
        """T1 (s), T2 (s), PD and fraction of a tissue in the voxels that contain it.

        Returns:
            Flat voxel indices and the four float32 arrays, all of the same length.
        """
        fraction = self.fractions[tissue].ravel()
        where = np.flatnonzero(fraction > 0)
        values = {}
        for quantity, key in (("T1", "T1_s"), ("T2", "T2_s"), ("PD", "PD")):
            deviation = self.texture[quantity].ravel()[where]
            values[key] = getattr(self.tissues[tissue], key) * (1 + deviation)
            if tissue == "lesion" and quantity in self.lesion_factors:
                number = self.lesion_label.ravel()[where]
                values[key] = values[key] * self.lesion_factors[quantity][number]
        T1_s, T2_s, PD = (values[key].astype(np.float32) for key in ("T1_s", "T2_s", "PD"))
        return where, T1_s, T2_s, PD, fraction[where]


def signal(sample, sequence):
    """Signal of each voxel: the magnitude of the sum over its tissues' signed signals.

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
    """Proton density of each voxel and its relaxation rates, weighted by proton density.

    A weighted rate divided by the proton density is the apparent rate of a voxel with several
    tissues: the initial slopes of the tissues' decays add up, so rates average with proton density
    as weight. Bone and air hardly contribute.

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


def draw_transmit_field(rng, coordinates_mm, voxel_mm, field):
    """Relative B1+ over the head, highest in its centre as at 3 T, with a smooth random part.

    Args:
        rng: NumPy random generator.
        coordinates_mm: World coordinates, shape (3, x, y, z), origin in the centre of the brain.
        voxel_mm: Edge of the isotropic voxels in mm.
        field: TransmitField.

    Returns:
        float32 field, 1 = nominal, shape (x, y, z).
    """
    distance = (coordinates_mm**2).sum(axis=0) / FIELD_RADIUS_MM**2
    systematic = 1 + field.amplitude * (0.5 - np.minimum(distance, 2.0))
    return systematic + field.sd * smooth_field(
        rng, distance.shape, voxel_mm, TRANSMIT_SMOOTHNESS_MM
    )


def draw_receive_field(rng, shape, voxel_mm, sd):
    """Relative sensitivity of the receive coil: positive, smooth, of the given shape.

    Args:
        rng: NumPy random generator.
        shape: Number of voxels along x, y, z.
        voxel_mm: Edge of the isotropic voxels in mm.
        sd: SD of its logarithm.
    """
    return np.exp(sd * smooth_field(rng, shape, voxel_mm, RECEIVE_SMOOTHNESS_MM))


def acquire(values, affine, grid, scan_to_head):
    """Average a quantity of the moved head over the voxels of a scan.

    A voxel's box is approximated by a Gaussian of the same variance. The variance of the head's
    own voxels is subtracted, since they are averages already.

    Args:
        values: Quantity on the head's grid, shape (x, y, z).
        affine: Voxel-to-world matrix of the head in mm.
        grid: CentredGrid of the scan.
        scan_to_head: World-to-world matrix from scan to head, shape (4, 4).

    Returns:
        float32 array on the grid.
    """
    head_mm, scan_mm = np.diag(affine)[:3], np.diag(grid.affine)[:3]
    sigma_mm = np.sqrt(np.maximum(scan_mm**2 - head_mm**2, 0) / 12)
    averaged = ndimage.gaussian_filter(values, sigma_mm / head_mm, truncate=3)
    return resample(averaged, affine, grid.matrix, grid.affine, scan_to_head)


def add_rician_noise(rng, magnitude, sd):
    """Magnitude after adding Gaussian noise with the given SD to both channels.

    Source: Gudbjartsson and Patz, Magn. Reson. Med. 34:910-914 (1995).
    """
    real = magnitude + sd * rng.standard_normal(magnitude.shape, dtype=np.float32)
    imaginary = sd * rng.standard_normal(magnitude.shape, dtype=np.float32)
    return np.hypot(real, imaginary)


def to_scanner_units(magnitude, gain):
    """Scale a magnitude image to its own range as 12-bit integers, as most scanners do."""
    scale = min(3000.0 * gain / np.percentile(magnitude, 99.9), 4095.0 / magnitude.max())
    return np.rint(magnitude * scale).astype(np.int16)


def to_common_units(magnitude, gain):
    """Scale a magnitude image to integers with the factor that all images of a visit share."""
    units = np.rint(magnitude * gain * UNITS_OF_WATER)
    return np.clip(units, 0, np.iinfo(np.int16).max).astype(np.int16)
