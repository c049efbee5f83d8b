"""One visit of a simulated subject: the head with its physical properties, and its scans."""

from dataclasses import dataclass

import numpy as np

from contrast2map.anatomy.heads import HEAD_TISSUES
from contrast2map.imaging import grids, movement
from contrast2map.imaging.random_fields import smooth_field
from contrast2map.simulation import reference_maps, scanner
from contrast2map.simulation.tissue_parameters import draw_lesions, draw_tissues
from contrast2map.study import seeds

# Labels of the true segmentation; a label's position is its number.
LABELS = ("background", *HEAD_TISSUES)
LARGEST_TEXTURE_SD = 4


@dataclass(frozen=True)
class Texture:
    """Variation of T1, T2 and PD within a tissue.

    Attributes:
        sd: Relative SD.
        smoothness_mm: SD of the Gaussian kernel that smooths the texture.
    """

    sd: float
    smoothness_mm: float


@dataclass(frozen=True)
class Movement:
    """SDs of the head's rotation about and translation along each axis between two scans."""

    rotation_sd_deg: float
    translation_sd_mm: float


def prepare_sample(
    rng, head, lesion_label, *, tissues, between_tissue_correlation, texture, transmit_field
):
    """Assign relaxation times, texture and transmit field to a head.

    Args:
        rng: NumPy random generator.
        head: heads.Head.
        lesion_label: Number of the lesion in each voxel, shape (x, y, z).
        tissues: Dict mapping tissue to TissueStatistics.
        between_tissue_correlation: Correlation of two tissues across subjects, 0-1.
        texture: Texture.
        transmit_field: scanner.TransmitField.

    Returns:
        scanner.Sample.
    """
    shape, voxel_mm = head.brain.shape, head.voxel_mm
    drawn = draw_tissues(rng, tissues, between_tissue_correlation)
    lesion_factors = draw_lesions(rng, tissues["lesion"], int(lesion_label.max()))
    deviations = {}
    for quantity in ("T1", "T2", "PD"):
        field = smooth_field(rng, shape, voxel_mm, texture.smoothness_mm)
        deviations[quantity] = texture.sd * np.clip(field, -LARGEST_TEXTURE_SD, LARGEST_TEXTURE_SD)
    coordinates_mm = grids.world_coordinates(shape, head.affine)
    transmit = scanner.draw_transmit_field(rng, coordinates_mm, voxel_mm, transmit_field)
    return scanner.Sample(
        head.fractions, drawn, lesion_label, lesion_factors, deviations, transmit, head.affine
    )


def draw_moves(seed, subject, scans, target, spread):
    """Draw the movement of the head in each scan of a visit.

    Args:
        seed: Seed of the study.
        subject: Subject label.
        scans: Names of the scans.
        target: Name of the scan in which the head has not moved.
        spread: Movement.

    Returns:
        Dict mapping scan to world-to-world matrix (mm) from the target's space to the scan's.
    """
    moves = {
        name: movement.random_movement(
            seeds.generator(seed, "movement", subject, name),
            spread.rotation_sd_deg,
            spread.translation_sd_mm,
            centre_mm=np.zeros(3),
        )
        for name in scans
    }
    return moves | {target: np.eye(4)}


def draw_common_gain(rng, gain):
    """Gain that all images of a visit share; None if the scanner scales each image individually.

    Args:
        rng: NumPy random generator.
        gain: scanner.Gain.
    """
    return np.exp(gain.sd * rng.standard_normal()) if gain.of == "visit" else None


def scan_contrast(
    rng, sample, receive, sequence, *, snr, grid, head_to_scan, gain_sd, common_gain=None
):
    """Simulate one weighted image as the scanner stores it.

    Args:
        rng: NumPy random generator.
        sample: scanner.Sample.
        receive: Relative sensitivity of the receive coil on the sample's grid.
        sequence: Dict with `type` and the parameters of the signal equation.
        snr: White-matter signal divided by the noise SD of one channel.
        grid: CentredGrid of the scan.
        head_to_scan: World-to-world matrix in mm.
        gain_sd: SD of the logarithm of the gain of an individually scaled image.
        common_gain: Gain of the visit; None if the image is scaled individually.

    Returns:
        int16 image on the grid.
    """
    signal = scanner.signal(sample, sequence) * receive
    white_matter = signal[sample.fractions["wm"] > 0.9].mean()
    seen = scanner.acquire(signal, sample.affine, grid, np.linalg.inv(head_to_scan))
    noisy = scanner.add_rician_noise(rng, seen, white_matter / snr)
    if common_gain is not None:
        return scanner.to_common_units(noisy, common_gain)
    return scanner.to_scanner_units(noisy, gain=np.exp(gain_sd * rng.standard_normal()))


def measure_reference_maps(rng, sample, settings, head_to_scan):
    """Simulate reference T1 and T2 maps with the errors of the mapping sequence.

    Args:
        rng: NumPy random generator.
        sample: scanner.Sample.
        settings: ReferenceMaps.
        head_to_scan: World-to-world matrix in mm.

    Returns:
        Dict mapping "T1", "T2" to map in seconds, float32, on the grid of the settings.
    """
    sums = reference_maps.acquire_sums(
        scanner.relaxation_sums(sample),
        sample.affine,
        settings.grid,
        np.linalg.inv(head_to_scan),
    )
    times_s = reference_maps.relaxation_times(sums)
    return reference_maps.measure(rng, times_s, settings.grid.voxel_mm, settings.errors)


def truth_on_grid(sample, brain, grid):
    """True maps, tissues and masks on the grid of the target scan.

    Args:
        sample: scanner.Sample.
        brain: Fraction inside the brain's surface on the sample's grid.
        grid: CentredGrid of the target scan.

    Returns:
        Dict: "T1", "T2" in seconds (float32); "dseg" with the numbers of `LABELS`, "brain" and
        "lesion" masks (uint8).
    """
    place = (sample.affine, grid, np.eye(4))
    sums = reference_maps.acquire_sums(scanner.relaxation_sums(sample), *place)
    fractions = {name: scanner.acquire(sample.fractions[name], *place) for name in LABELS[1:]}
    background = 1 - sum(fractions.values())
    return reference_maps.relaxation_times(sums) | {
        "dseg": np.argmax([background, *fractions.values()], axis=0).astype(np.uint8),
        "brain": (scanner.acquire(brain, *place) > 0.5).astype(np.uint8),
        "lesion": (fractions["lesion"] > 0.5).astype(np.uint8),
    }
