"""One visit of a simulated subject: the head with its physics, and the scans made of it."""

import numpy as np

from contrast2map.anatomy.heads import HEAD_TISSUES
from contrast2map.imaging import grids, movement
from contrast2map.imaging.random_fields import smooth_field
from contrast2map.simulation import reference_maps, scanner
from contrast2map.simulation.tissue_parameters import draw_lesions, draw_tissues
from contrast2map.study import seeds
from contrast2map.study.terms import QUANTITIES

# Labels of the truth's segmentation, in the order of their numbers.
LABELS = ("background", *HEAD_TISSUES)


def prepare_sample(rng, head, lesion_label, simulation):
    """Give a head its relaxation times, texture and transmit field.

    Args:
        rng: NumPy random generator.
        head: head_anatomy.Head.
        lesion_label: Number of the lesion in each voxel, shape (x, y, z).
        simulation: Section `simulation` of the config.

    Returns:
        scanner.Sample.
    """
    shape, voxel_mm = head.brain.shape, head.affine[0, 0]
    grain = simulation["texture"]
    tissues = draw_tissues(rng, simulation["tissues"], simulation["between_tissue_correlation"])
    lesion_factors = draw_lesions(rng, simulation["tissues"]["lesion"], int(lesion_label.max()))
    texture = {
        quantity: grain["sd"]
        * np.clip(smooth_field(rng, shape, voxel_mm, grain["smoothness_mm"]), -4, 4)
        for quantity in (*QUANTITIES, "PD")
    }
    transmit = scanner.transmit_field(
        rng,
        grids.world_coordinates(shape, head.affine),
        voxel_mm,
        **simulation["scan"]["transmit_field"],
    )
    return scanner.Sample(
        head.fractions, tissues, lesion_label, lesion_factors, texture, transmit, head.affine
    )


def draw_moves(seed, subject, scans, target, movement_sd):
    """How the head moved between the scans of a visit.

    Args:
        seed: Seed of the study.
        subject: Subject label.
        scans: Names of the scans.
        target: The scan in whose space the head rests.
        movement_sd: Dict with rotation_sd_deg and translation_sd_mm.

    Returns:
        Dict of scan to world-to-world matrix (mm) from the target's space to the scan's.
    """
    moves = {
        name: movement.random_movement(
            seeds.generator(seed, "movement", subject, name), **movement_sd, centre_mm=np.zeros(3)
        )
        for name in scans
    }
    return moves | {target: np.eye(4)}


def scan_grid(scan, name):
    """Dict of matrix and voxel_mm of a scan: its own, or that of all scans.

    Args:
        scan: Section `simulation.scan` of the config.
        name: Name of the contrast.
    """
    own = scan["grids"].get(name, scan)
    return {key: own[key] for key in ("matrix", "voxel_mm")}


def draw_common_gain(rng, gain):
    """Gain that all images of a visit share, or None where the scanner scales each by itself.

    Args:
        rng: NumPy random generator.
        gain: Section `simulation.scan.gain` of the config.
    """
    return np.exp(gain["sd"] * rng.standard_normal()) if gain["of"] == "visit" else None


def scan_contrast(
    rng, sample, receive, sequence, snr, grid, head_to_scan, gain_sd, common_gain=None
):
    """One weighted image as the scanner stores it.

    Args:
        rng: NumPy random generator.
        sample: scanner.Sample.
        receive: Relative sensitivity of the coil on the sample's grid.
        sequence: Sequence of the config, with `type`.
        snr: White-matter signal over the noise SD of one channel.
        grid: Dict of matrix and voxel_mm of the scan.
        head_to_scan: World-to-world matrix in mm.
        gain_sd: SD of the logarithm of the gain of an image that is scaled by itself.
        common_gain: Gain of the visit, or None: the image is scaled by itself.

    Returns:
        int16 image of shape `grid["matrix"]`.
    """
    affine = grids.centred_affine(grid["matrix"], grid["voxel_mm"])
    signal = scanner.signal(sample, sequence) * receive
    white_matter = signal[sample.fractions["wm"] > 0.9].mean()
    seen = scanner.acquire(
        signal, sample.affine, grid["matrix"], affine, np.linalg.inv(head_to_scan)
    )
    noisy = scanner.add_rician_noise(rng, seen, white_matter / snr)
    if common_gain is not None:
        return scanner.to_common_units(noisy, common_gain)
    return scanner.to_scanner_units(noisy, gain=np.exp(gain_sd * rng.standard_normal()))


def measure_reference_maps(rng, sample, grid, head_to_scan):
    """Reference T1 and T2 maps with the errors of the mapping sequence.

    Args:
        rng: NumPy random generator.
        sample: scanner.Sample.
        grid: Section `simulation.reference_maps` of the config.
        head_to_scan: World-to-world matrix in mm.

    Returns:
        Dict of "T1", "T2" to seconds, float32, shape `grid["matrix"]`.
    """
    errors = {key: value for key, value in grid.items() if key != "matrix"}
    affine = grids.centred_affine(grid["matrix"], grid["voxel_mm"])
    sums = reference_maps.acquire_sums(
        scanner.relaxation_sums(sample),
        sample.affine,
        grid["matrix"],
        affine,
        np.linalg.inv(head_to_scan),
    )
    return reference_maps.measure(rng, reference_maps.relaxation_times(sums), **errors)


def truth_on_grid(sample, brain, matrix, affine):
    """What is true on the grid of the target scan.

    Args:
        sample: scanner.Sample.
        brain: Fraction inside the brain's surface on the sample's grid.
        matrix: Shape of the target scan.
        affine: Its voxel-to-world matrix in mm.

    Returns:
        Dict: "T1", "T2" in seconds (float32); "dseg" with the numbers of `LABELS`, "brain" and
        "lesion" masks (uint8); all of shape `matrix`.
    """
    place = (sample.affine, matrix, affine, np.eye(4))
    sums = reference_maps.acquire_sums(scanner.relaxation_sums(sample), *place)
    fractions = {name: scanner.acquire(sample.fractions[name], *place) for name in LABELS[1:]}
    background = 1 - sum(fractions.values())
    return reference_maps.relaxation_times(sums) | {
        "dseg": np.argmax([background, *fractions.values()], axis=0).astype(np.uint8),
        "brain": (scanner.acquire(brain, *place) > 0.5).astype(np.uint8),
        "lesion": (fractions["lesion"] > 0.5).astype(np.uint8),
    }
