"""Measures of realism on constructed images with known noise, contrast and spread."""

import numpy as np
import pytest

from contrast2map.imaging import masks
from contrast2map.simulation import scanner
from pages.realism import measures
from pages.realism.histograms import density

SHAPE = (96, 96, 12)
VOXEL_MM = (1.0, 1.0, 3.0)
EVERYWHERE = np.ones(SHAPE, bool)


@pytest.fixture
def white(rng):
    """White noise of unit SD."""
    return rng.standard_normal(SHAPE)


def zero_filled(noise, share):
    """In-plane noise with the given share of k-space kept along each axis."""
    spectrum = np.fft.fft2(noise, axes=(0, 1))
    x, y = (np.abs(np.fft.fftfreq(size)) * 2 for size in noise.shape[:2])
    kept = np.multiply.outer(x < share, y < share)[..., None]
    return np.fft.ifft2(spectrum * kept, axes=(0, 1)).real


@pytest.mark.parametrize("step", [1, 2, 3])
def test_white_noise_has_its_sd_at_any_distance_and_on_any_ramp(white, step):
    x, y, _ = np.indices(SHAPE)
    assert measures.noise_sd(5 * white + 300 + 2 * x - y, EVERYWHERE, step) == pytest.approx(
        5, 0.03
    )


def test_noise_averaged_over_neighbours_is_found_only_two_voxels_apart(white):
    averaged = (white + np.roll(white, 1, axis=0)) / 2
    # Of [1 -2 1] along the averaged axis the variance is 6 c0 - 8 c(step) + 2 c(2 step).
    assert measures.noise_sd(averaged, EVERYWHERE, 1) == pytest.approx(np.sqrt(1 / 6), 0.03)
    assert measures.noise_sd(averaged, EVERYWHERE, 2) == pytest.approx(np.sqrt(1 / 2), 0.03)


def test_edges_and_dots_of_a_tissue_do_not_count_as_noise(white):
    inside = EVERYWHERE.copy()
    inside[:40] = False
    values = np.where(inside, white, 500)
    values[60:70:5, ::16] += 90
    assert measures.noise_sd(values, inside, 2) == pytest.approx(1, 0.1)
    assert measures.noise_sd(values, np.zeros(SHAPE, bool)) is None


def test_air_gives_the_noise_of_one_channel_unless_it_was_cleared(rng):
    head = np.zeros(SHAPE, np.float32)
    head[20:76, 20:76] = 100
    noisy = scanner.add_rician_noise(rng, head, 4.0)
    assert measures.air_noise_sd(noisy) == pytest.approx(4, 0.03)
    assert measures.air_noise_sd(np.where(head > 0, noisy, 0)) is None


def test_spread_and_its_smooth_part_are_those_of_noise_and_field(white):
    x = np.indices(SHAPE)[0]
    ramp = 0.2 * (x - x.mean()) / x.mean()  # uniform: its MAD is half of its amplitude
    total, smooth = measures.spreads(100 * (1 + ramp), EVERYWHERE, VOXEL_MM)
    assert total == pytest.approx(0.1 * 1.4826, 0.02)
    assert smooth == pytest.approx(0.1 * 1.4826, 0.1)
    total, smooth = measures.spreads(100 + 5 * white, EVERYWHERE, VOXEL_MM)
    assert total == pytest.approx(0.05, 0.02)
    assert smooth < 0.005
    assert measures.spreads(white, ~EVERYWHERE, VOXEL_MM) == (None, None)


@pytest.mark.parametrize("share", [1.01, 0.8, 0.6])
def test_the_filled_share_of_k_space_is_the_share_that_was_kept(white, share):
    values = 1000 + 5 * zero_filled(white, share)
    found = measures.filled_share(values, EVERYWHERE, VOXEL_MM, noise=5)
    assert found == pytest.approx(min(share, 1) ** 2, abs=0.05)


def test_anatomy_does_not_change_the_filled_share(white):
    head = 1000 * (np.hypot(*(np.indices(SHAPE)[:2] - 48)) < 20)
    found = measures.filled_share(head + 5 * white, EVERYWHERE, VOXEL_MM, noise=5)
    assert found > 0.95


def test_the_filled_share_is_unknown_if_the_window_leaves_the_scan(white):
    corner = np.zeros(SHAPE, bool)
    corner[:20, :20] = True
    assert measures.filled_share(white, corner, VOXEL_MM, 1) is None
    assert measures.filled_share(white, EVERYWHERE, VOXEL_MM, None) is None
    assert measures.filled_share(white, ~EVERYWHERE, VOXEL_MM, 1) is None


def test_a_scan_of_three_blocks_gives_their_contrast(rng, white):
    tissue = np.zeros(SHAPE, np.uint8)
    signals = {masks.CSF: 40.0, masks.GM: 80.0, masks.WM: 100.0}
    for number, first in zip(signals, (8, 33, 58), strict=True):
        tissue[first : first + 25, 8:88] = number
    clean = np.select([tissue == number for number in signals], list(signals.values()), 0.0)
    found = measures.measure(clean + 2 * white, tissue, VOXEL_MM)
    assert set(found) == set(measures.MEASURES)
    known = {"gm_wm_ratio": 0.8, "csf_wm_ratio": 0.4, "gm_wm_contrast_to_noise": 10}
    known |= {"signal_to_noise": 50, "noise_whiteness": 1, "wm_spread": 2, "gm_spread": 2.5}
    for name, value in known.items():
        assert found[name] == pytest.approx(value, rel=0.05), name
    assert found["filled_share"] > 95 and found["wm_smooth_share"] < 1 and found["zero_share"] == 0
    cut = measures.measure(np.minimum(clean, 90), tissue, VOXEL_MM)["cut_share"]
    assert cut == pytest.approx(100 / 3) and found["cut_share"] < 0.01


def test_a_scan_without_tissue_has_no_numbers_of_tissue(white):
    found = measures.measure(np.abs(white), np.zeros(SHAPE, np.uint8), VOXEL_MM)
    assert {name for name, value in found.items() if value is not None} == {"zero_share"}


def test_the_simulation_is_easier_only_if_all_its_values_are_easier_than_all_real_ones():
    assert measures.compare([10, 12], [13, 20], "higher") == "easier"
    assert measures.compare([10, 12], [13, 20], "lower") == "harder"
    assert measures.compare([10, 12], [13, 20], None) == "differs"
    assert measures.compare([10, 12], [11, 20], "higher") == "overlaps"
    assert measures.compare([3, None], [1, 2], "lower") == "easier"
    assert measures.compare([None], [1, 2], "lower") is None
    assert measures.compare([1], [], "lower") is None


def test_a_contrast_is_easier_the_further_its_ratio_is_from_one():
    assert measures.compare([0.9], [0.8, 0.85], "far_from_1") == "easier"
    assert measures.compare([0.9], [1.2, 1.3], "far_from_1") == "easier"
    assert measures.compare([0.8], [1.05, 0.95], "far_from_1") == "harder"
    assert measures.compare([0.8], [0.79, 0.81], "far_from_1") == "overlaps"


def test_a_histogram_has_unit_area_and_white_matter_at_one(white):
    tissue = np.full(SHAPE, masks.WM, np.uint8)
    edges = np.linspace(0, 2, 41)
    found = density(300 + 15 * white, tissue, edges)
    assert (found * np.diff(edges)).sum() == pytest.approx(1)
    assert edges[np.argmax(found)] == pytest.approx(1, abs=0.05)


def test_a_histogram_of_integers_has_no_teeth(white):
    tissue = np.full(SHAPE, masks.WM, np.uint8)
    found = density(np.rint(100 + 20 * white), tissue, np.linspace(0.95, 1.05, 8))
    assert found.std() / found.mean() < 0.05
