"""Normalisation: each slice by the percentile of its own brain, and maps there and back."""

import numpy as np
import pytest

from contrast2map.normalisation import normalise_slices, restore_maps, scale_maps


@pytest.fixture
def images(rng):
    """Three slices of different brightness, with bright scalp and hidden air around the brain."""
    images = rng.uniform(50, 150, (3, 20, 16))
    images[1] *= 10
    brain = np.zeros(images.shape, np.uint8)
    brain[:, 5:15, 4:12] = 1
    images[brain == 0] *= 5
    return images, brain


def test_the_percentile_of_each_slices_own_brain_becomes_1(images):
    image, brain = images
    normalised = normalise_slices(image, brain, 95)
    for index in range(3):
        inside = normalised[index][brain[index] > 0]
        assert np.percentile(inside, 95) == pytest.approx(1, rel=1e-5)
        expected = image[index][brain[index] > 0] / np.percentile(
            image[index][brain[index] > 0], 95
        )
        np.testing.assert_allclose(inside, expected, rtol=1e-5)
    assert normalised.dtype == np.float32


def test_another_percentile_gives_another_scale(images):
    image, brain = images
    middle = normalise_slices(image, brain, 50)
    assert np.median(middle[0][brain[0] > 0]) == pytest.approx(1, rel=1e-5)
    assert middle[0].max() > normalise_slices(image, brain, 95)[0].max()


def test_the_background_is_0_and_does_not_count(images):
    image, brain = images
    normalised = normalise_slices(image, brain, 95)
    assert (normalised[brain == 0] == 0).all()
    image[brain == 0] = 1e6
    np.testing.assert_array_equal(normalise_slices(image, brain, 95), normalised)


def test_the_gain_of_the_scanner_drops_out(images):
    image, brain = images
    np.testing.assert_allclose(
        normalise_slices(7 * image, brain, 95), normalise_slices(image, brain, 95), rtol=1e-5
    )


def test_a_slice_without_brain_or_without_signal_is_0(images):
    image, brain = images
    brain[0] = 0
    image[1] = 0
    normalised = normalise_slices(image, brain, 95)
    assert normalised[0].max() == 0 and normalised[1].max() == 0 and normalised[2].max() > 0
    assert np.isfinite(normalised).all()


def test_maps_come_back_from_their_scale(rng):
    maps_s = rng.uniform(0.03, 4.5, (4, 8, 8)).astype(np.float32)
    brain = rng.random(maps_s.shape) > 0.3
    scaled = scale_maps(maps_s, brain, map_scale_s=3.0)
    np.testing.assert_allclose(scaled[brain], maps_s[brain] / 3, rtol=1e-6)
    assert (scaled[~brain] == 0).all() and scaled.dtype == np.float32
    restored = restore_maps(scaled, brain, map_scale_s=3.0)
    np.testing.assert_allclose(restored, np.where(brain, maps_s, 0), rtol=1e-6)
    assert restored.dtype == np.float32


def test_what_the_network_puts_outside_the_brain_or_below_zero_is_cut_off():
    scaled = np.array([0.5, -0.1, 0.4, 1.7])
    brain = np.array([1, 1, 0, 1])
    np.testing.assert_allclose(restore_maps(scaled, brain, 3.0), [1.5, 0, 0, 5.1], rtol=1e-6)


def test_no_argument_is_changed(images):
    image, brain = images
    before = image.copy(), brain.copy()
    normalise_slices(image, brain, 95)
    scale_maps(image, brain, 3.0)
    restore_maps(image, brain, 3.0)
    assert np.array_equal(image, before[0]) and np.array_equal(brain, before[1])
