"""Lesions: their number, size and place in white matter, without overlap."""

import numpy as np
import pytest

from contrast2map.simulation import lesions

DIAMETERS = lesions.LesionDiameters(minimum_mm=3.0, median_mm=6.0, maximum_mm=15.0)


@pytest.fixture(scope="module")
def brain():
    """White matter around a ventricle in a sphere; 2 mm voxels."""
    x, y, z = np.meshgrid(*[2.0 * (np.arange(50) - 24.5)] * 3, indexing="ij")
    r_mm = np.sqrt(x**2 + y**2 + z**2)
    csf = (r_mm < 8).astype(np.float32)
    wm = ((r_mm >= 8) & (r_mm < 40)).astype(np.float32)
    return {"csf": csf, "wm": wm, "inside": (r_mm < 46).astype(np.float32), "r_mm": r_mm}


def test_diameters_are_within_bounds_and_sorted():
    drawn = [lesions.draw_diameters_mm(np.random.default_rng(s), 20, DIAMETERS) for s in range(40)]
    every = np.concatenate(drawn)
    assert every.min() >= 3 and every.max() <= 15
    assert all(list(d) == sorted(d, reverse=True) for d in drawn)
    assert np.median(every) == pytest.approx(6, rel=0.1)


def test_the_number_of_lesions_is_poisson_distributed():
    numbers = [
        len(lesions.draw_diameters_mm(np.random.default_rng(s), 6, DIAMETERS)) for s in range(400)
    ]
    assert np.mean(numbers) == pytest.approx(6, rel=0.1)
    assert np.var(numbers) == pytest.approx(6, rel=0.25)


def test_a_healthy_person_has_no_lesion(brain):
    assert lesions.draw_diameters_mm(np.random.default_rng(0), 0, DIAMETERS) == []
    fraction, label = lesions.place_lesions(
        np.random.default_rng(0), brain["wm"], brain["r_mm"], 2.0, []
    )
    assert fraction.max() == 0 and label.max() == 0


def test_lesions_never_exceed_the_white_matter_fraction(brain):
    wm = brain["wm"] * 0.9
    fraction, label = lesions.place_lesions(
        np.random.default_rng(1), wm, brain["r_mm"], 2.0, [12.0] * 9 + [8.0] * 30
    )
    assert (fraction <= wm + 1e-6).all() and fraction.max() > 0.8
    assert np.array_equal(label > 0, fraction > 0)
    assert fraction.dtype == np.float32


def test_each_lesion_has_a_number_and_about_the_volume_of_its_diameter(brain):
    diameters_mm = [14.0, 12.0, 10.0]
    fraction, label = lesions.place_lesions(
        np.random.default_rng(3), brain["wm"], np.full(brain["wm"].shape, 5.0), 2.0, diameters_mm
    )
    assert sorted(np.unique(label)) == [0, 1, 2, 3]
    for number, diameter_mm in enumerate(diameters_mm, start=1):
        volume_mm3 = fraction[label == number].sum() * 8
        assert 0.5 < volume_mm3 / (np.pi / 6 * diameter_mm**3) < 1.4


def test_lesions_cluster_around_the_ventricles(brain):
    distance_mm = lesions.distance_to_ventricles_mm(brain["csf"], brain["inside"], 2.0)
    near = brain["wm"] * (distance_mm < 12)
    found = []
    for seed in range(15):
        fraction, _ = lesions.place_lesions(
            np.random.default_rng(seed), brain["wm"], distance_mm, 2.0, [4.0] * 4
        )
        found.append((fraction * near).sum() / fraction.sum())
    assert np.mean(found) > 1.5 * near.sum() / brain["wm"].sum()


def test_a_lesion_that_does_not_fit_is_omitted(brain):
    small = brain["wm"] * (brain["r_mm"] < 11)
    fraction, label = lesions.place_lesions(
        np.random.default_rng(0), small, brain["r_mm"], 2.0, [40.0, 3.0]
    )
    assert label.max() <= 1 and fraction.sum() * 8 < 100


def test_a_brain_without_white_matter_has_no_lesion(brain):
    fraction, label = lesions.place_lesions(
        np.random.default_rng(0), brain["wm"] * 0.5, brain["r_mm"], 2.0, [5.0]
    )
    assert fraction.max() == 0 and label.max() == 0


def test_more_lesions_than_a_byte_counts_are_placed():
    wm = np.ones((90, 90, 90), np.float32)
    _, label = lesions.place_lesions(
        np.random.default_rng(0), wm, np.zeros(wm.shape), 2.0, [3.0] * 300
    )
    assert label.max() > 255


def test_the_distance_to_the_ventricles_ignores_csf_at_the_surface(brain):
    csf = brain["csf"] + ((brain["r_mm"] > 40) & (brain["r_mm"] < 46))
    distance_mm = lesions.distance_to_ventricles_mm(csf, brain["inside"], 2.0)
    assert distance_mm[brain["csf"] > 0].max() == 0
    rim = (brain["r_mm"] > 41) & (brain["r_mm"] < 43)
    assert distance_mm[rim].mean() == pytest.approx(42 - 8, abs=2)
