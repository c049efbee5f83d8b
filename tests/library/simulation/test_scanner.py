"""The physics of a scan: sums over tissues, coil fields, voxels, movement, noise."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy import special

from contrast2map.imaging import grids
from contrast2map.imaging.movement import rigid_matrix
from contrast2map.imaging.signal_equations import simulate_signal
from contrast2map.simulation import scanner
from contrast2map.simulation.scanner import TransmitField
from contrast2map.simulation.tissue_parameters import Tissue

TISSUES = {
    "csf": Tissue(T1_s=4.3, T2_s=2.0, PD=1.0),
    "wm": Tissue(T1_s=0.82, T2_s=0.07, PD=0.7),
    "lesion": Tissue(T1_s=1.3, T2_s=0.115, PD=0.85),
}


def sample_of(fractions, texture=None, label=None, factors=None, transmit=None):
    shape = next(iter(fractions.values())).shape
    zero = np.zeros(shape, np.float32)
    return scanner.Sample(
        fractions={name: np.asarray(share, np.float32) for name, share in fractions.items()},
        tissues=TISSUES,
        lesion_label=np.zeros(shape, np.uint8) if label is None else label,
        lesion_factors=factors or {"T1": np.ones(1), "T2": np.ones(1)},
        texture={"T1": zero, "T2": zero, "PD": zero} | (texture or {}),
        transmit=np.ones(shape, np.float32) if transmit is None else transmit,
        affine=grids.centred_affine(shape, [1.0] * 3),
    )


@pytest.fixture
def sequences(default_config):
    return {c["name"]: c["sequence"] for c in default_config["contrasts"]}


def tissue_signal(tissue, sequence, transmit=1.0, signed=True, **changes):
    names = scanner.equation_parameters(sequence)
    values = [np.array([value]) for value in asdict(replace(TISSUES[tissue], **changes)).values()]
    parameters = {name: sequence[name] for name in names}
    return simulate_signal(
        sequence["type"], *values, np.array([transmit]), parameters, signed=signed
    )[0]


@pytest.mark.parametrize("name", ["mprage", "gre", "flair"])
def test_a_voxel_of_two_tissues_has_the_magnitude_of_their_signed_sum(sequences, name):
    shares = np.linspace(0, 1, 8).reshape(2, 2, 2)
    found = scanner.signal(sample_of({"csf": shares, "wm": 1 - shares}), sequences[name])
    csf, wm = (tissue_signal(tissue, sequences[name]) for tissue in ("csf", "wm"))
    np.testing.assert_allclose(
        found, np.abs(shares * csf + (1 - shares) * wm), rtol=1e-4, atol=1e-6
    )


def test_inverted_csf_cancels_white_matter_in_a_shared_voxel(sequences):
    early = sequences["flair"] | {"TI_s": 1.2}  # before the null of CSF
    csf, wm = (tissue_signal(tissue, early) for tissue in ("csf", "wm"))
    assert csf < 0 < wm
    share = np.full((1, 1, 1), wm / (wm - csf))
    found = scanner.signal(sample_of({"csf": share, "wm": 1 - share}), early)
    assert found.item() < 1e-3 * wm


def test_the_signal_includes_texture_transmit_field_and_lesion_factors(sequences):
    shape = (1, 1, 2)
    label = np.array([[[0, 2]]], np.uint8)
    sample = sample_of(
        {"lesion": np.ones(shape)},
        texture={"T1": np.full(shape, 0.1), "PD": np.full(shape, -0.1)},
        label=label,
        factors={"T1": np.array([1, 5, 1.2]), "T2": np.array([1, 5, 0.7])},
        transmit=np.array([[[1.0, 0.8]]], np.float32),
    )
    lesion = TISSUES["lesion"]
    first = tissue_signal("lesion", sequences["gre"], T1_s=1.1 * lesion.T1_s, PD=0.9 * lesion.PD)
    second = tissue_signal(
        "lesion",
        sequences["gre"],
        transmit=0.8,
        T1_s=1.1 * 1.2 * lesion.T1_s,
        T2_s=0.7 * lesion.T2_s,
        PD=0.9 * lesion.PD,
    )
    np.testing.assert_allclose(
        scanner.signal(sample, sequences["gre"])[0, 0], [first, second], rtol=1e-4
    )


def test_relaxation_rates_average_weighted_by_proton_density():
    share = np.full((1, 1, 1), 0.25)
    sums = scanner.relaxation_sums(sample_of({"csf": share, "wm": 1 - share}))
    assert sums["PD"].item() == pytest.approx(0.25 * 1.0 + 0.75 * 0.7)
    assert sums["T1"].item() == pytest.approx(0.25 * 1.0 / 4.3 + 0.75 * 0.7 / 0.82)
    assert sums["T2"].item() == pytest.approx(0.25 * 1.0 / 2.0 + 0.75 * 0.7 / 0.07)


def test_the_transmit_field_falls_by_its_amplitude_from_the_centre_to_90_mm(rng):
    points = np.array([[0, 90.0, 0], [0, 0, 0], [0, 0, 500.0]]).reshape(3, 3, 1, 1)
    field = scanner.draw_transmit_field(rng, points, 50.0, TransmitField(0.2, sd=0.0)).ravel()
    np.testing.assert_allclose(field, [1.1, 0.9, 0.7])


def test_the_random_part_of_the_coil_fields_has_the_given_sd():
    shape = (60, 60, 60)
    points = np.zeros((3, *shape), np.float32)
    fields = [
        scanner.draw_transmit_field(
            np.random.default_rng(s), points, 8.0, TransmitField(0.0, sd=0.05)
        )
        for s in range(4)
    ]
    assert np.std(fields) == pytest.approx(0.05, rel=0.2)
    receive = [
        scanner.draw_receive_field(np.random.default_rng(s), shape, 8.0, 0.3) for s in range(4)
    ]
    assert np.min(receive) > 0 and np.std(np.log(receive)) == pytest.approx(0.3, rel=0.2)
    assert scanner.draw_receive_field(np.random.default_rng(0), shape, 8.0, 0.0).std() == 0


def spot(at_mm, shape=(41, 41, 41), sd_mm=3.0):
    affine = grids.centred_affine(shape, [1.0] * 3)
    coordinates = grids.world_coordinates(shape, affine)
    squares = ((coordinates - np.reshape(at_mm, (3, 1, 1, 1))) ** 2).sum(axis=0)
    return np.exp(-squares / (2 * sd_mm**2)).astype(np.float32), affine


def centre_of_mass_mm(image, affine):
    coordinates = grids.world_coordinates(image.shape, affine)
    return (coordinates * image).sum(axis=(1, 2, 3)) / image.sum()


def test_a_moved_head_is_scanned_at_its_new_position():
    head, affine = spot([5.0, -3.0, 2.0])
    head_to_scan = rigid_matrix((0, 0, 30), (2.0, 1.0, -3.0), (0, 0, 0))
    grid = grids.CentredGrid([20, 22, 24], [2.0, 2.0, 1.5])
    scan = scanner.acquire(head, affine, grid, np.linalg.inv(head_to_scan))
    assert scan.shape == (20, 22, 24) and scan.dtype == np.float32
    expected = (head_to_scan @ [5.0, -3.0, 2.0, 1])[:3]
    np.testing.assert_allclose(centre_of_mass_mm(scan, grid.affine), expected, atol=0.05)


def test_a_voxel_is_the_average_over_its_box():
    head, affine = spot([0, 0, 0], sd_mm=2.0)
    grid = grids.CentredGrid([41, 41, 9], [1.0, 1.0, 4.0])
    scan = scanner.acquire(head, affine, grid, np.eye(4))
    mass = head.sum() / scan.sum() / 4
    assert mass == pytest.approx(1, rel=0.01)
    # Variances add: that of the spot, and that of the box minus that of the head's voxel.
    widened = np.sqrt(2.0**2 + (4.0**2 - 1.0**2) / 12)
    assert scan.max() == pytest.approx(2.0 / widened, rel=0.03)
    same = scanner.acquire(head, affine, grids.CentredGrid(head.shape, [1.0] * 3), np.eye(4))
    np.testing.assert_allclose(same, head, atol=1e-6)


@pytest.mark.parametrize("magnitude", [0.0, 1.0, 3.0, 40.0])
def test_noise_is_rician(magnitude):
    sd = 2.0
    image = np.full(400_000, magnitude, np.float32)
    noisy = scanner.add_rician_noise(np.random.default_rng(0), image, sd)
    x = magnitude**2 / (2 * sd**2)
    laguerre = (1 + x) * special.ive(0, x / 2) + x * special.ive(1, x / 2)
    mean = sd * np.sqrt(np.pi / 2) * laguerre
    assert noisy.mean() == pytest.approx(mean, rel=5e-3)
    expected_sd = np.sqrt(2 * sd**2 + magnitude**2 - mean**2)
    assert noisy.std() == pytest.approx(expected_sd, rel=5e-3)


def test_scanner_units_are_12_bit_integers_proportional_to_the_signal():
    magnitude = np.linspace(0, 1, 10_001)
    stored = scanner.to_scanner_units(magnitude, gain=1.0)
    assert stored.dtype == np.int16 and stored.max() <= 4095
    np.testing.assert_allclose(stored, 3000 * magnitude / 0.999, atol=0.51)
    # A gain that would cut off the brightest voxels is not used.
    full = scanner.to_scanner_units(magnitude, gain=2.0)
    np.testing.assert_allclose(full, 4095 * magnitude, atol=0.51)
    common = scanner.to_common_units(np.array([0.0, 0.05, 5.0]), gain=2.0)
    assert common.dtype == np.int16 and common.tolist() == [0, 1000, 32767]
