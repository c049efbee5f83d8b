"""A few voxels decide no range; those of an intact scan are left as they are."""

import numpy as np
import pytest

from contrast2map.imaging import ranges
from phantoms import head


def test_an_intact_scan_is_returned_as_it_is():
    values = np.asarray(head()[0].dataobj)
    assert ranges.bounded(values) is values


@pytest.mark.parametrize("n_voxels", [1, 10, 100])
@pytest.mark.parametrize("value", [-1e9, 1e4, 1e30])
def test_voxels_far_outside_decide_nothing(n_voxels, value):
    values = np.asarray(head()[0].dataobj)
    spoiled = values.copy()
    spoiled[40:50, 50:60, 40][:, : n_voxels // 10 or 1][: min(n_voxels, 10)] = value
    assert ranges.robust_range(spoiled) == pytest.approx(ranges.robust_range(values), abs=3)
    bounded = ranges.bounded(spoiled)
    assert np.ptp(bounded) < 4 * np.ptp(values)
    intact = spoiled == values
    assert np.array_equal(bounded[intact], values[intact])


@pytest.mark.parametrize("share", [0.08, 0.5])
@pytest.mark.parametrize("rim", [0, 4])
def test_a_constant_is_removed_also_from_within_a_rim_of_zeros(share, rim):
    values = np.asarray(head()[0].dataobj)
    assert ranges.without_constant(values) is values
    added = share * np.percentile(values, 99)
    spoiled = values + np.float32(added)
    spoiled[:rim] = spoiled[len(spoiled) - rim :] = 0
    found = ranges.without_constant(spoiled)
    assert found.min() == 0
    inside = spoiled > 0
    assert np.abs(found - values)[inside].max() < 0.03 * np.percentile(values, 99)


def test_times_that_no_tissue_has_are_no_fit():
    times_s = np.array([0.0, 1.0, 10.5, 4000.0], np.float32)
    assert ranges.without_misfits(times_s, "T1").tolist() == [0.0, 1.0, 10.5, 0.0]
    assert ranges.without_misfits(times_s, "T2").tolist() == [0.0, 1.0, 0.0, 0.0]


def test_a_constant_has_no_range_to_clip_to():
    values = np.full((19, 19, 19), 3.0)
    values[0, 0, 0] = 8
    assert ranges.bounded(values) is values
