"""One visit: scans, reference maps and truth of a small head."""

from dataclasses import replace

import numpy as np
import pytest

from contrast2map.anatomy.heads import HEAD_TISSUES, Head
from contrast2map.imaging import grids
from contrast2map.simulation import scanner, visit
from contrast2map.simulation.settings import Simulation
from contrast2map.study import seeds

GRID = grids.CentredGrid([24, 24, 20], [4.0, 4.0, 4.0])


@pytest.fixture(scope="module")
def simulation(default_config):
    settings = Simulation.from_config(default_config["simulation"])
    maps = replace(settings.reference_maps, grid=grids.CentredGrid([30, 30, 16], [3.0, 3.0, 5.0]))
    return replace(settings, scan=replace(settings.scan, grid=GRID), reference_maps=maps)


@pytest.fixture(scope="module")
def head():
    """A ball of white matter with a lesion and a CSF shell; 3 mm voxels."""
    shape = (36, 36, 32)
    affine = grids.centred_affine(shape, [3.0] * 3)
    x, y, z = grids.world_coordinates(shape, affine)
    r_mm = np.sqrt(x**2 + y**2 + z**2)
    lesion = (x - 12) ** 2 + y**2 + z**2 < 8**2
    fractions = {name: np.zeros(shape, np.float32) for name in HEAD_TISSUES}
    fractions["wm"] = ((r_mm < 30) & ~lesion).astype(np.float32)
    fractions["lesion"] = lesion.astype(np.float32)
    fractions["csf"] = ((r_mm >= 30) & (r_mm < 36)).astype(np.float32)
    return Head(fractions, (r_mm < 36).astype(np.float32), affine), lesion.astype(np.uint8)


@pytest.fixture(scope="module")
def sample(head, simulation):
    return visit.prepare_sample(
        np.random.default_rng(0),
        *head,
        tissues=simulation.tissues,
        between_tissue_correlation=simulation.between_tissue_correlation,
        texture=simulation.texture,
        transmit_field=simulation.scan.transmit_field,
    )


def test_a_sample_has_texture_of_the_given_sd_and_fields_of_its_shape(sample, simulation, head):
    sd = simulation.texture.sd
    for quantity in ("T1", "T2", "PD"):
        assert sample.texture[quantity].std() == pytest.approx(sd, rel=0.15)
        assert np.abs(sample.texture[quantity]).max() <= 4 * sd + 1e-6
    assert sample.transmit.shape == head[0].brain.shape
    assert len(sample.lesion_factors["T1"]) == 2
    differ = [sample.texture[a] - sample.texture[b] for a, b in (("T1", "T2"), ("T2", "PD"))]
    assert min(np.abs(d).max() for d in differ) > sd


def test_the_head_moves_in_all_scans_but_the_target(simulation):
    movement = simulation.scan.movement
    moves = visit.draw_moves(1, "01", ["mprage", "gre", "reference"], "mprage", movement)
    np.testing.assert_array_equal(moves["mprage"], np.eye(4))
    assert not np.allclose(moves["gre"], np.eye(4)) and not np.allclose(
        moves["gre"], moves["reference"]
    )
    for matrix in moves.values():
        np.testing.assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-12)


def test_the_movement_of_a_scan_does_not_depend_on_other_scans_or_subjects(simulation):
    movement = simulation.scan.movement
    both = visit.draw_moves(1, "01", ["mprage", "gre", "flair"], "mprage", movement)
    one = visit.draw_moves(1, "01", ["flair", "mprage"], "mprage", movement)
    np.testing.assert_array_equal(both["flair"], one["flair"])
    other = visit.draw_moves(1, "02", ["flair", "mprage"], "mprage", movement)
    assert not np.allclose(other["flair"], one["flair"])


def test_a_scan_has_its_own_grid_or_the_common_one(simulation):
    own = grids.CentredGrid([30, 30, 10], [2.0, 2.0, 6.0])
    scan = replace(simulation.scan, grids={"flair": own})
    assert scan.grid_of("flair") == own and scan.grid_of("mprage") == GRID


SEQUENCE = {"type": "spoiled_gradient_echo", "TR_s": 0.01, "TE_s": 0.002, "flip_angle_deg": 18}


def scan_of(sample, simulation, snr, move, seed=0, receive=None, gain=None, sequence=SEQUENCE):
    ones = np.ones(sample.transmit.shape, np.float32)
    return visit.scan_contrast(
        np.random.default_rng(seed),
        sample,
        ones if receive is None else receive,
        sequence,
        snr=snr,
        grid=simulation.scan.grid,
        head_to_scan=move,
        gain_sd=0.2,
        common_gain=gain,
    ).astype(float)


def test_images_with_a_common_gain_preserve_signal_ratios(sample, simulation):
    darker = SEQUENCE | {"flip_angle_deg": 1}
    shown = {"snr": 1e5, "move": np.eye(4)}
    images = [
        scan_of(sample, simulation, **shown, gain=1.5, sequence=s) for s in (SEQUENCE, darker)
    ]
    receive = np.ones(sample.transmit.shape)
    wm = sample.fractions["wm"] > 0.9
    expected, found = [], []
    for sequence, image in zip((SEQUENCE, darker), images, strict=True):
        signal = scanner.signal(sample, sequence) * receive
        expected.append(signal[wm].mean() * 1.5 * scanner.UNITS_OF_WATER)
        inside = scanner.acquire(sample.fractions["wm"], sample.affine, GRID, np.eye(4))
        found.append(image[inside > 0.99].mean())
    assert found == pytest.approx(expected, rel=0.03)
    again = scan_of(sample, simulation, **shown, gain=3.0)
    np.testing.assert_allclose(again, 2 * images[0], atol=1.5)
    # Scaled individually, each has the same range.
    alone = [scan_of(sample, simulation, **shown, sequence=s) for s in (SEQUENCE, darker)]
    assert alone[0].max() == pytest.approx(alone[1].max(), rel=0.1)
    assert images[0].max() > 1.5 * images[1].max()


def test_a_common_gain_is_drawn_only_if_the_gain_is_of_the_visit():
    rng = np.random.default_rng(1)
    assert visit.draw_common_gain(rng, scanner.Gain(of="scan", sd=0.2)) is None
    drawn = [visit.draw_common_gain(rng, scanner.Gain(of="visit", sd=0.2)) for _ in range(2000)]
    assert np.log(drawn).std() == pytest.approx(0.2, rel=0.06)


def test_the_background_noise_follows_from_the_snr(sample, simulation, head):
    image = scan_of(sample, simulation, snr=20, move=np.eye(4))
    assert image.shape == tuple(GRID.matrix)
    r_mm = np.sqrt((grids.world_coordinates(GRID.matrix, GRID.affine) ** 2).sum(axis=0))
    wm = head[0].fractions["wm"]
    inside = scanner.acquire(wm, head[0].affine, GRID, np.eye(4)) > 0.99
    # Noise in air is Rayleigh distributed: its mean square is twice the variance of a channel.
    sd = np.sqrt(np.mean(image[r_mm > 44] ** 2) / 2)
    assert image[inside].mean() / sd == pytest.approx(20, rel=0.06)


def test_a_scan_of_a_moved_head_is_moved_with_it(sample, simulation):
    moved = np.eye(4)
    moved[:3, 3] = [8.0, 0.0, -4.0]  # two voxels right, one down
    still = scan_of(sample, simulation, snr=1e5, move=np.eye(4))
    shifted = scan_of(sample, simulation, snr=1e5, move=moved)
    np.testing.assert_allclose(shifted[2:, :, :-1], still[:-2, :, 1:], atol=30)
    assert np.abs(shifted - still).max() > 500


def test_the_scan_is_shaded_by_the_coil_sensitivity(sample, simulation):
    receive = np.ones(sample.transmit.shape, np.float32)
    receive[:18] = 0.5
    plain = scan_of(sample, simulation, 1e5, np.eye(4))
    shaded = scan_of(sample, simulation, 1e5, np.eye(4), receive=receive)
    ratio = (shaded / np.maximum(plain, 1))[:, 12, 10]
    assert ratio[8] / ratio[16] == pytest.approx(0.5, rel=0.05)


def test_reference_maps_have_the_errors_of_their_quantity(sample, simulation):
    maps = simulation.reference_maps
    still = {"blur_fwhm_mm": 0.0, "systematic_sd": {"T1": 0.0, "T2": 0.0}}
    clean, measured = (
        visit.measure_reference_maps(
            np.random.default_rng(0),
            sample,
            replace(maps, errors=replace(maps.errors, **still, noise_sd={"T1": 0.0, "T2": sd})),
            np.eye(4),
        )
        for sd in (0.0, 0.1)
    )
    assert clean["T1"].shape == (30, 30, 16)
    np.testing.assert_array_equal(clean["T1"], measured["T1"])
    tissue = clean["T2"] > 0
    assert (measured["T2"][tissue] / clean["T2"][tissue]).std() == pytest.approx(0.1, rel=0.1)
    expected_s = sample.tissues["wm"].T1_s
    assert clean["T1"][9, 15, 8] == pytest.approx(expected_s, rel=0.15)


def test_reference_maps_move_with_the_head(sample, simulation):
    none = {"T1": 0.0, "T2": 0.0}
    maps = simulation.reference_maps
    maps = replace(maps, errors=replace(maps.errors, noise_sd=none, systematic_sd=none))
    moved = np.eye(4)
    moved[:3, 3] = [-6.0, 3.0, 0.0]
    still, shifted = (
        visit.measure_reference_maps(np.random.default_rng(0), sample, maps, m)["T1"]
        for m in (np.eye(4), moved)
    )
    np.testing.assert_allclose(shifted[4:20, 6:20, 5:10], still[6:22, 5:19, 5:10], atol=0.02)


def test_the_truth_has_labels_masks_and_times_on_the_target_grid(sample, simulation, head):
    truth = visit.truth_on_grid(sample, head[0].brain, GRID)
    assert {name: values.shape for name, values in truth.items()} == dict.fromkeys(
        ("T1", "T2", "dseg", "brain", "lesion"), tuple(GRID.matrix)
    )
    number = {name: index for index, name in enumerate(visit.LABELS)}
    x, y, z = grids.world_coordinates(GRID.matrix, GRID.affine)
    r_mm = np.sqrt(x**2 + y**2 + z**2)
    assert set(truth["dseg"][(r_mm < 27) & (x < 0)]) == {number["wm"]}
    assert set(truth["dseg"][r_mm > 42]) == {0}
    in_lesion = (x - 12) ** 2 + y**2 + z**2 < 5**2
    assert set(truth["dseg"][in_lesion]) == {number["lesion"]} and truth["lesion"][in_lesion].all()
    assert not truth["lesion"][x < 0].any()
    assert truth["brain"].sum() * 64 == pytest.approx(4 / 3 * np.pi * 36**3, rel=0.1)
    wm = (r_mm < 24) & (x < -4)
    for quantity in ("T1", "T2"):
        expected_s = getattr(sample.tissues["wm"], f"{quantity}_s")
        assert truth[quantity][wm].mean() == pytest.approx(expected_s, rel=0.03)
    assert truth["T1"][r_mm > 46].max() == 0


def test_labels_start_with_the_tissues_that_the_evaluation_reads():
    assert visit.LABELS[:7] == ("background", "csf", "gm", "wm", "putamen", "thalamus", "lesion")
    assert set(visit.LABELS[1:]) == set(HEAD_TISSUES)


def test_each_purpose_has_its_own_random_stream():
    first, same, other = (
        seeds.generator(1, *names).random(3)
        for names in (("scan", "01"), ("scan", "01"), ("scan", "02"))
    )
    assert np.array_equal(first, same) and not np.array_equal(first, other)
