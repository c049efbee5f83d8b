"""Normalisation of images by each method, and scaling of maps and its inverse."""

import numpy as np
import pytest

from contrast2map.preprocessing.normalisation import (
    METHODS,
    describe,
    normalise,
    restore_maps,
    scale_maps,
)

TARGET = "mprage"


@pytest.fixture
def head(rng):
    """Two contrasts of three slices of different brightness, with a bright background."""
    volumes = {name: rng.uniform(50, 150, (3, 20, 16)) * gain for name, gain in GAINS.items()}
    brain = np.zeros((3, 20, 16), np.uint8)
    brain[:, 5:15, 4:12] = 1
    for volume in volumes.values():
        volume[1] *= 10
        volume[brain == 0] *= 5
    return volumes, brain


GAINS = {"mprage": 1.0, "gre": 3.0}


def white_matter(brain):
    inner = np.zeros(brain.shape, bool)
    inner[:, 8:12, 6:10] = True
    return inner


def by(method, volumes, brain):
    return normalise(volumes, brain, method, TARGET, white_matter(brain))


def test_the_percentile_of_each_slices_own_brain_becomes_1(head):
    volumes, brain = head
    for name, normalised in by("slice_p95", volumes, brain).items():
        for index in range(3):
            inside = volumes[name][index][brain[index] > 0]
            np.testing.assert_allclose(
                normalised[index][brain[index] > 0], inside / np.percentile(inside, 95), rtol=1e-5
            )
        assert normalised.dtype == np.float32


def test_the_percentile_of_the_whole_brain_becomes_1_and_slices_keep_their_levels(head):
    volumes, brain = head
    for name, normalised in by("volume_p95", volumes, brain).items():
        assert np.percentile(normalised[brain > 0], 95) == pytest.approx(1, rel=1e-5)
        ratio = volumes[name][1][brain[1] > 0].mean() / volumes[name][0][brain[0] > 0].mean()
        kept = normalised[1][brain[1] > 0].mean() / normalised[0][brain[0] > 0].mean()
        assert kept == pytest.approx(ratio, rel=1e-5) and ratio > 5


def test_a_session_keeps_the_ratio_of_its_images(head):
    volumes, brain = head
    normalised = by("session", volumes, brain)
    inside = brain > 0
    assert np.percentile(normalised[TARGET][inside], 95) == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(
        normalised["gre"][inside] / normalised[TARGET][inside],
        volumes["gre"][inside] / volumes[TARGET][inside],
        rtol=1e-5,
    )


def test_the_median_of_the_reference_tissue_becomes_1_in_each_image(head):
    volumes, brain = head
    for normalised in by("reference_tissue", volumes, brain).values():
        assert np.median(normalised[white_matter(brain)]) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_the_background_is_0_and_does_not_affect_the_level(method, head):
    volumes, brain = head
    normalised = by(method, volumes, brain)
    volumes = {name: np.where(brain, volume, 1e6) for name, volume in volumes.items()}
    again = by(method, volumes, brain)
    for name in volumes:
        assert (normalised[name][brain == 0] == 0).all()
        np.testing.assert_array_equal(again[name], normalised[name])


@pytest.mark.parametrize("method", METHODS)
def test_a_common_gain_cancels_and_an_images_own_gain_unless_the_level_is_shared(method, head):
    volumes, brain = head
    normalised = by(method, volumes, brain)
    together = by(method, {name: 7 * volume for name, volume in volumes.items()}, brain)
    alone = by(method, volumes | {"gre": 7 * volumes["gre"]}, brain)
    for name in volumes:
        np.testing.assert_allclose(together[name], normalised[name], rtol=1e-5)
    own = 7 if method == "session" else 1
    np.testing.assert_allclose(alone["gre"], own * normalised["gre"], rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_slices_without_brain_or_signal_are_0(method, head):
    volumes, brain = head
    brain[0] = 0
    for volume in volumes.values():
        volume[1] = 0
    for normalised in by(method, volumes, brain).values():
        assert normalised[0].max() == 0 and normalised[1].max() == 0 and normalised[2].max() > 0
        assert np.isfinite(normalised).all()
    for nothing in (by(method, volumes, np.zeros_like(brain)), by(method, dark(volumes), brain)):
        assert all((normalised == 0).all() for normalised in nothing.values())


def dark(volumes):
    return {name: np.zeros_like(volume) for name, volume in volumes.items()}


def test_without_white_matter_there_is_no_level(head):
    volumes, brain = head
    nothing = normalise(volumes, brain, "reference_tissue", TARGET, np.zeros(brain.shape, bool))
    assert all((normalised == 0).all() for normalised in nothing.values())


def test_each_method_has_a_description():
    words = {method: describe(method, TARGET) for method in METHODS}
    assert len(set(words.values())) == 4 and "MPRAGE" in words["session"]
    assert not any("{" in each for each in words.values())


def test_restoring_maps_inverts_their_scaling(rng):
    maps_s = rng.uniform(0.03, 4.5, (4, 8, 8)).astype(np.float32)
    brain = rng.random(maps_s.shape) > 0.3
    scaled = scale_maps(maps_s, brain, map_scale_s=3.0)
    np.testing.assert_allclose(scaled[brain], maps_s[brain] / 3, rtol=1e-6)
    assert (scaled[~brain] == 0).all() and scaled.dtype == np.float32
    restored = restore_maps(scaled, brain, map_scale_s=3.0)
    np.testing.assert_allclose(restored, np.where(brain, maps_s, 0), rtol=1e-6)
    assert restored.dtype == np.float32


def test_restored_maps_are_0_outside_the_brain_and_never_negative():
    scaled = np.array([0.5, -0.1, 0.4, 1.7])
    brain = np.array([1, 1, 0, 1])
    np.testing.assert_allclose(restore_maps(scaled, brain, 3.0), [1.5, 0, 0, 5.1], rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_no_argument_is_changed(method, head):
    volumes, brain = head
    before = {name: volume.copy() for name, volume in volumes.items()}, brain.copy()
    by(method, volumes, brain)
    scale_maps(volumes[TARGET], brain, 3.0)
    restore_maps(volumes[TARGET], brain, 3.0)
    assert all(np.array_equal(volumes[name], before[0][name]) for name in volumes)
    assert np.array_equal(brain, before[1])
