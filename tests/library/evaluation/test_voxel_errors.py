"""Histogram and calibration of the errors of voxels, with known answers."""

import numpy as np
import pytest

from contrast2map.evaluation.voxel_errors import calibration, histogram

EDGES_MS = np.array([-10.0, 0, 10])


def test_errors_beyond_the_ends_are_in_the_outermost_bins():
    counts = histogram(np.array([[-500.0, -10], [-0.1, 0], [9.9, 10], [500, 3]]), EDGES_MS)
    assert counts.tolist() == [3, 5]


def test_no_voxel_gives_empty_bins():
    assert histogram(np.array([]), EDGES_MS).tolist() == [0, 0]
    assert calibration(np.array([]), np.array([])) == []


def test_voxels_are_sorted_by_spread_into_bins_of_equal_size():
    spread_ms = np.array([4.0, 1, 3, 2])
    errors_ms = np.array([-8.0, 2, 6, -4])
    small, large = calibration(errors_ms, spread_ms, n_bins=2)
    assert (small["n_voxels"], large["n_voxels"]) == (2, 2)
    assert small["spread_ms"] == pytest.approx(np.sqrt((1 + 4) / 2))
    assert small["error_ms"] == pytest.approx(2 * small["spread_ms"])
    assert large["error_ms"] == pytest.approx(np.sqrt((36 + 64) / 2))


def test_normal_errors_with_their_true_spread_are_calibrated():
    rng = np.random.default_rng(1)
    spread_ms = rng.uniform(5, 50, 200_000)
    bins = calibration(rng.normal(0, spread_ms), spread_ms)
    assert len(bins) == 10
    for each in bins:
        assert each["error_ms"] == pytest.approx(each["spread_ms"], rel=0.03)


def test_fewer_voxels_than_bins_have_one_bin_each():
    assert [each["n_voxels"] for each in calibration(np.ones(3), np.arange(3.0))] == [1, 1, 1]
