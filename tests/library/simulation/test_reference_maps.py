"""Reference maps: apparent relaxation times and the errors of the mapping sequence."""

from dataclasses import replace

import numpy as np
import pytest

from contrast2map.imaging import grids
from contrast2map.simulation import reference_maps

SHAPE = (48, 48, 24)
NO_ERRORS = reference_maps.MappingErrors(
    noise_sd={"T1": 0.0, "T2": 0.0},
    systematic_sd={"T1": 0.0, "T2": 0.0},
    blur_fwhm_mm=0.0,
    ceiling_s={"T1": 3.0, "T2": 0.5},
)


def measure(times_s, seed=0, voxel_mm=(1.0, 1.0, 3.5), **changes):
    return reference_maps.measure(
        np.random.default_rng(seed), times_s, voxel_mm, replace(NO_ERRORS, **changes)
    )


def flat(T1_s=1.2, T2_s=0.08, shape=SHAPE):
    return {"T1": np.full(shape, T1_s, np.float32), "T2": np.full(shape, T2_s, np.float32)}


def test_a_relaxation_time_is_proton_density_over_the_weighted_rate():
    sums = {
        "PD": np.array([0.7, 0.1, 0.0], np.float32),
        "T1": np.array([0.7 / 0.8, 0.1, 0.0], np.float32),
        "T2": np.array([0.7 / 0.07, 0.1, 0.0], np.float32),
    }
    times_s = reference_maps.relaxation_times(sums)
    np.testing.assert_allclose(times_s["T1"], [0.8, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(times_s["T2"], [0.07, 0, 0], rtol=1e-6)
    assert sums["PD"][1] == np.float32(0.1)


def test_sums_are_averaged_over_the_voxel_before_the_ratio_is_taken():
    shape, affine = (8, 8, 16), grids.centred_affine([8, 8, 16], [1.0] * 3)
    pd, rate = np.ones(shape, np.float32), np.ones(shape, np.float32)
    rate[:, :, ::2] = 0.25  # T1 of 4 s and 1 s in turn, at the same proton density
    sums = {"PD": pd, "T1": rate, "T2": rate}
    coarse = reference_maps.acquire_sums(
        sums, affine, grids.CentredGrid([8, 8, 4], [1, 1, 4.0]), np.eye(4)
    )
    T1_s = reference_maps.relaxation_times(coarse)["T1"]
    assert T1_s[4, 4, 2] == pytest.approx(
        1 / np.mean([1, 0.25]), rel=0.02
    )  # not the mean of 1 and 4


def test_maps_without_errors_equal_the_truth_in_soft_tissue():
    measured = measure(flat())
    np.testing.assert_allclose(measured["T1"], 1.2, rtol=1e-3)
    np.testing.assert_allclose(measured["T2"], 0.08, rtol=1e-3)
    assert measured["T1"].dtype == np.float32


def test_long_times_saturate_at_the_ceiling():
    T1_s = np.array([0.5, 1.5, 3.0, 4.3, 50.0], np.float32).reshape(5, 1, 1)
    measured = measure({"T1": T1_s})["T1"].ravel()
    assert np.all(np.diff(measured) > 0) and measured.max() <= 3.0
    assert measured[1] == pytest.approx(1.5, rel=1e-3)
    assert measured[2] == pytest.approx(3.0 / 2 ** (1 / 8))
    assert measured[4] == pytest.approx(3.0, rel=1e-3)


def test_voxels_have_the_noise_sd_of_their_quantity():
    measured = measure(flat(), noise_sd={"T1": 0.03, "T2": 0.06})
    assert measured["T1"].std() / 1.2 == pytest.approx(0.03, rel=0.03)
    assert measured["T2"].std() / 0.08 == pytest.approx(0.06, rel=0.03)
    neighbours = np.corrcoef(measured["T1"][1:].ravel(), measured["T1"][:-1].ravel())[0, 1]
    assert abs(neighbours) < 0.03
    assert np.corrcoef(measured["T1"].ravel(), measured["T2"].ravel())[0, 1] < 0.03


def test_the_systematic_error_is_smooth_and_has_the_given_sd():
    found = [
        measure(flat(), seed, voxel_mm=(4, 4, 8), systematic_sd={"T1": 0.05, "T2": 0.0})
        for seed in range(4)
    ]
    T1_s = np.array([maps["T1"] for maps in found])
    assert T1_s.std() / 1.2 == pytest.approx(0.05, rel=0.25)
    assert np.corrcoef(T1_s[:, 1:].ravel(), T1_s[:, :-1].ravel())[0, 1] > 0.95
    assert found[0]["T2"].std() < 1e-6


def test_the_blur_is_in_plane_and_does_not_lower_the_rim():
    times_s = flat()
    times_s["T1"][:24] = 0
    measured = measure(times_s, blur_fwhm_mm=3.0)
    assert measured["T1"][:24].max() == 0
    np.testing.assert_allclose(measured["T1"][24:], 1.2, rtol=1e-3)
    point = flat()
    point["T1"][24, 24, 12] = 2.4
    blurred = measure(point, blur_fwhm_mm=2.355)["T1"]
    excess = blurred - measure(flat())["T1"]
    assert excess[24, 24, 12] == pytest.approx(1.2 / (2 * np.pi), rel=0.05)
    assert excess[23, 24, 12] == pytest.approx(excess[24, 24, 12] * np.exp(-0.5), rel=0.05)
    assert abs(excess[24, 24, 11]) < 1e-5


def test_air_is_0_and_measured_times_are_positive():
    times_s = flat()
    times_s["T1"][:, :, 0] = 0
    measured = measure(times_s, noise_sd={"T1": 2.0, "T2": 2.0})
    assert measured["T1"][:, :, 0].max() == 0
    assert measured["T1"][:, :, 1:].min() >= 0.1199
