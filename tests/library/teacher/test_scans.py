"""Physics of a patch: mixed voxels, true maps, blur, noise and displacement of a scan."""

import numpy as np
import pytest

from contrast2map.imaging.signal_equations import simulate_signal
from contrast2map.teacher import scans
from contrast2map.teacher.settings import TeacherSettings
from contrast2map.teacher.tissues import N_NUMBERS, TISSUES, draw_person

SHAPE = (24, 20)
MPRAGE = {
    "TR_s": 1.9,
    "TI_s": 0.9,
    "TE_s": 0.003,
    "flip_angle_deg": 9.0,
    "echo_spacing_s": 0.007,
    "n_excitations": 160,
    "inversion_efficiency": 0.96,
}
FAST_SPIN_ECHO = {"TR_s": 4.0, "equivalent_TE_s": 0.09, "echo_train_duration_s": 0.2}


@pytest.fixture
def person(rng):
    return draw_person(rng, 3.0, TeacherSettings(share_lifelike=0.5))


@pytest.fixture
def tissue(rng):
    """White matter beside grey matter, with mixed voxels between them, and air around."""
    numbers = np.full((4, *SHAPE), TISSUES.index("wm"), np.uint8)
    numbers[:, :, 10:] = TISSUES.index("cortex")
    numbers[:2, :, 10] = TISSUES.index("wm")
    numbers[:, :3] = 0
    numbers[1:, 3] = 0
    return numbers


def matter_of(person, tissue, rng):
    places = scans.Places.of(tissue, np.ones(SHAPE, bool))
    size = places.tissue.size
    deviations = 0.05 * rng.standard_normal((3, size)).astype(np.float32)
    transmit = rng.uniform(0.7, 1.3, size).astype(np.float32)
    return places, scans.Matter.of(person, places.tissue, deviations, transmit)


@pytest.mark.parametrize(
    ("equation", "parameters"), [("mprage", MPRAGE), ("fast_spin_echo", FAST_SPIN_ECHO)]
)
def test_a_voxels_signal_is_the_mean_of_the_signed_signals_of_its_places(
    equation, parameters, person, tissue, rng
):
    places = scans.Places.of(tissue, np.ones(SHAPE, bool))
    still = np.zeros((3, places.tissue.size), np.float32)
    matter = scans.Matter.of(person, places.tissue, still, np.float32(1.1))
    signal = scans.scan_signal(matter, equation, parameters, person, strength=0.0)
    image = places.gather(signal, np.full(4, 0.25, np.float32))
    dephased = np.exp(-parameters.get("TE_s", 0) * person.dephasing_Hz[tissue])
    expected = simulate_signal(
        equation,
        person.T1_s[tissue],
        person.T2_s[tissue],
        person.PD[tissue],
        1.1,
        parameters,
        signed=True,
    )
    np.testing.assert_allclose(image, (expected * dephased).mean(axis=0), atol=1e-6)


def test_magnetisation_transfer_takes_its_share_of_each_tissue(person, tissue, rng):
    _, matter = matter_of(person, tissue, rng)
    whole, half = (
        scans.scan_signal(matter, "fast_spin_echo", FAST_SPIN_ECHO, person, strength)
        for strength in (0.0, 0.5)
    )
    seen = matter.PD > 0
    lost = 1 - half[seen] / whole[seen]
    np.testing.assert_allclose(lost, 0.5 * person.transfer[matter.tissue[seen]], atol=1e-5)


def test_true_times_are_reciprocals_of_rates_weighted_by_proton_density(person, tissue, rng):
    places = scans.Places.of(tissue, np.ones(SHAPE, bool))
    still = np.zeros((3, places.tissue.size), np.float32)
    T1_s, T2_s, PD = scans.true_maps(places, scans.Matter.of(person, places.tissue, still, 1.0))
    wm, gm = TISSUES.index("wm"), TISSUES.index("cortex")
    assert T1_s[12, 5] == pytest.approx(person.T1_s[wm], rel=1e-5)
    assert T2_s[12, 15] == pytest.approx(person.T2_s[gm], rel=1e-5)
    assert T1_s[0, 0] == T2_s[0, 0] == 0
    side = scans.TARGET_SIDE_WEIGHT
    white = (1 - 2 * side) * 0.5 + side  # share of white matter in the mixed column
    weights = np.array([white * person.PD[wm], (1 - white) * person.PD[gm]])
    rate = (weights / [person.T1_s[wm], person.T1_s[gm]]).sum() / weights.sum()
    assert T1_s[12, 10] == pytest.approx(1 / rate, rel=1e-5)


def test_places_beyond_the_near_voxels_have_no_signal(tissue):
    is_near = np.zeros(SHAPE, bool)
    is_near[8:12] = True
    places = scans.Places.of(tissue, is_near)
    image = places.gather(np.ones(places.tissue.size, np.float32), np.full(4, 0.25, np.float32))
    np.testing.assert_array_equal(image > 0, is_near)


def acquired(rng, signal, **changes):
    still = {"noise_sd": 0.0, "shift_voxels": (0.0, 0.0), "rotation_rad": 0.0, "noise_seed": 0}
    return scans.acquire(rng, signal.astype(np.float32), **still | changes)


def test_blur_preserves_the_sum_and_the_centre(rng):
    rows, columns = np.mgrid[:64, :48]
    signal = np.exp(-((rows - 32) ** 2 + (columns - 24) ** 2) / 50)
    for _ in range(10):
        image = acquired(rng, signal)
        assert image.sum() == pytest.approx(signal.sum(), rel=0.01)
        assert (image * rows).sum() / image.sum() == pytest.approx(32, abs=0.05)
        assert (image * columns).sum() / image.sum() == pytest.approx(24, abs=0.05)


def test_a_shift_moves_the_image(rng):
    rows, columns = np.mgrid[:64, :48]
    signal = np.exp(-((rows - 32) ** 2 + (columns - 24) ** 2) / 50)
    image = acquired(rng, signal, shift_voxels=(0.4, -0.7))
    assert (image * rows).sum() / image.sum() == pytest.approx(32.4, abs=0.05)
    assert (image * columns).sum() / image.sum() == pytest.approx(23.3, abs=0.05)


def test_a_rotation_turns_the_image(rng):
    rows, columns = np.mgrid[:64, :48]
    signal = np.exp(-((rows - 32) ** 2 + (columns - 40) ** 2) / 20)
    image = acquired(rng, signal, rotation_rad=0.02)
    assert (image * rows).sum() / image.sum() - 32 == pytest.approx(0.02 * 16, abs=0.05)


def test_noise_has_at_most_the_given_sd_and_is_rician(rng):
    sds, floors = [], []
    for _ in range(40):
        image = acquired(rng, np.full((176, 144), 10.0), noise_sd=0.1)
        sds.append(image.std())
        floors.append(acquired(rng, np.zeros((176, 144)), noise_sd=0.1).mean())
    assert 0.95 * 0.1 < max(sds) < 1.05 * 0.1  # white noise
    assert min(sds) < 0.06  # filtered or interpolated noise
    assert max(floors) == pytest.approx(0.1 * np.sqrt(np.pi / 2), rel=0.05)  # Rayleigh


def test_transmit_spans_the_range_of_measured_maps(rng):
    # Veldmann et al. (2024), 3 T: 0.6 to 1.4 of the median between the 5th and 95th percentiles.
    directions = rng.standard_normal((3, 2000))
    position_mm = (
        80 * np.cbrt(rng.random(2000)) * directions / np.linalg.norm(directions, axis=0)
    ).astype(np.float32)
    spreads, levels = [], []
    for _ in range(200):
        transmit = scans.CoilFields.draw(rng, 3.0, TeacherSettings()).transmit_at(position_mm)
        spreads.append(np.ptp(np.percentile(transmit / np.median(transmit), [5, 95])))
        levels.append(np.median(transmit))
    assert min(spreads) < 0.2
    assert max(spreads) > 0.6
    assert 0.05 < np.std(levels) < 0.3


def test_every_tissue_number_has_finite_properties(rng):
    for share in (0.0, 1.0):
        person = draw_person(rng, 1.5, TeacherSettings(share_lifelike=share))
        for values in (person.T1_s, person.T2_s, person.PD, person.transfer, person.dephasing_Hz):
            assert values.shape == (N_NUMBERS,)
            assert np.isfinite(values).all()
        assert (person.T1_s > 0).all()
        assert (person.T2_s > 0).all()
