import numpy as np
import pytest

import phantoms
from contrast2map.preprocessing import hmrf

SIZES_MM = np.array([3.0, 3.0, 3.0])


@pytest.fixture(scope="module")
def brain():
    return phantoms.brain()


@pytest.fixture(scope="module")
def segmentation(brain):
    intensities, labels, _ = brain
    return hmrf.segment(intensities, labels > 0, SIZES_MM)


def overlaps(found, labels):
    return [phantoms.dice(found == k, labels == k) for k in (1, 2, 3)]


def test_classes_are_found_under_a_bias_field_and_noise(brain, segmentation):
    assert min(overlaps(segmentation.labels, brain[1])) > 0.97


def test_without_bias_field_estimation_classes_are_less_accurate(brain, segmentation):
    intensities, labels, _ = brain
    without = hmrf.segment(intensities, labels > 0, SIZES_MM, n_bias=0)
    assert np.mean(overlaps(without.labels, labels)) < np.mean(
        overlaps(segmentation.labels, labels)
    )


def test_the_bias_field_is_recovered(brain, segmentation):
    _, labels, field = brain
    ratio = (segmentation.bias_field / field)[labels > 0]
    assert ratio.std() / ratio.mean() < 0.03


def test_the_random_field_removes_noise():
    intensities, labels, _ = phantoms.brain(noise=12.0, bias=0.0)
    rough, smooth = (
        hmrf.segment(intensities, labels > 0, SIZES_MM, n_bias=0, mrf_weight=weight)
        for weight in (0.0, 0.4)
    )
    assert np.mean(overlaps(smooth.labels, labels)) > np.mean(overlaps(rough.labels, labels)) + 0.03


def test_fractions_sum_to_one_in_the_brain_and_vanish_outside(brain, segmentation):
    total = segmentation.fractions.sum(axis=0)
    inside = brain[1] > 0
    assert np.allclose(total[inside], 1, atol=1e-5)
    assert not total[~inside].any() and not segmentation.labels[~inside].any()
    assert (segmentation.bias_field[~inside] == 1).all()
    assert segmentation.fractions.min() >= 0


def test_a_voxel_halfway_between_two_classes_is_half_of_each():
    intensities, labels, _ = phantoms.brain(noise=0.5, bias=0.0)
    voxel = tuple(np.argwhere(labels == 3)[500])
    intensities[voxel] = (65 + 100) / 2
    fractions = hmrf.segment(intensities, labels > 0, SIZES_MM, n_bias=0).fractions[:, *voxel]
    assert fractions == pytest.approx([0, 0.5, 0.5], abs=0.03)


def test_the_result_does_not_depend_on_the_scale_of_intensities(brain, segmentation):
    intensities, labels, _ = brain
    scaled = hmrf.segment(1e-4 * intensities, labels > 0, SIZES_MM)
    assert np.mean(scaled.labels == segmentation.labels) > 0.9999


def test_arguments_are_not_modified_and_results_are_reproducible(brain, segmentation):
    intensities, labels, _ = brain
    before = intensities.copy()
    again = hmrf.segment(intensities, labels > 0, SIZES_MM)
    assert np.array_equal(intensities, before)
    assert np.array_equal(again.labels, segmentation.labels)
    assert np.array_equal(again.fractions, segmentation.fractions)


def test_voxels_may_be_anisotropic():
    sizes_mm = np.array([2.0, 2.0, 6.0])
    intensities, labels, _ = phantoms.brain((84, 96, 24), sizes_mm)
    assert min(overlaps(hmrf.segment(intensities, labels > 0, sizes_mm).labels, labels)) > 0.96


def test_close_neighbours_weigh_more_than_distant_ones():
    field = hmrf._Field(np.ones((3, 3, 3), bool), np.array([1.0, 1.0, 4.0]))
    probabilities = np.zeros((3, 3, 3), np.float32)
    probabilities[1, 1, 1] = 1
    total = field._neighbours(probabilities)
    assert (total[0, 1, 1], total[1, 2, 1], total[1, 1, 0]) == (1, 1, 0.25)
    edges = total[0, 0, 1], total[0, 1, 0]
    np.testing.assert_allclose(edges, (1 / np.sqrt(2), 1 / np.sqrt(17)), rtol=1e-6)
    assert total[0, 0, 0] == 0 and np.count_nonzero(total) == 18
    np.testing.assert_array_equal(total, total[::-1, ::-1, ::-1])


@pytest.mark.parametrize("n_voxels", [0, 99])
def test_a_mask_that_is_too_small_is_refused(brain, n_voxels):
    mask = np.zeros(brain[0].shape, bool)
    mask.ravel()[:n_voxels] = True
    with pytest.raises(ValueError, match=f"has {n_voxels} voxels"):
        hmrf.segment(brain[0], mask, SIZES_MM)


@pytest.mark.parametrize(
    ("value", "reason"), [(1.0, "constant"), (0.0, "constant"), (np.nan, "not finite")]
)
def test_a_brain_without_contrast_is_refused(value, reason):
    shape = (10, 10, 10)
    with pytest.raises(ValueError, match=reason):
        hmrf.segment(np.full(shape, value), np.ones(shape, bool), SIZES_MM)
