"""Spread of maps across networks and flips of the images."""

import numpy as np
import pytest

from contrast2map.learning import spread
from contrast2map.learning.patches import Patches
from contrast2map.preprocessing.normalisation import restore_maps


@pytest.fixture
def images(rng):
    """Eleven slices of two contrasts, more than fit into one block."""
    return rng.random((11, 6, 5, 2)).astype(np.float32)


BRAIN = np.ones((11, 6, 5), bool)


def test_a_network_that_commutes_with_flips_has_no_spread(images):
    members = spread.over_flips(lambda each: each[..., :1] * 0.3 + 0.1)
    assert not spread.of_slices(images, BRAIN, 3.0, members).any()


def test_the_spread_is_the_sample_sd_in_seconds_and_zero_outside_the_brain(images):
    brain = BRAIN.copy()
    brain[:, 0] = False
    members = [lambda each, add=add: 0 * each + add for add in (0.2, 0.3, 0.7)]
    found = spread.of_slices(images, brain, 3.0, members)
    expected = np.std([0.6, 0.9, 2.1], ddof=1)
    assert found[brain] == pytest.approx(expected, rel=1e-5)
    assert not found[~brain].any() and found.shape == images.shape


def test_a_network_that_is_not_symmetric_differs_between_flips(images):
    ramp = np.linspace(0, 1, 5, dtype=np.float32)[:, None]
    members = spread.over_flips(lambda each: 0 * each[..., :1] + ramp)
    found = spread.of_slices(images, BRAIN, 1.0, members)[..., 0]
    # Of the four members two see the ramp and two its mirror image.
    expected = np.std([ramp, ramp, ramp[::-1], ramp[::-1]], axis=0, ddof=1)[:, 0]
    assert found == pytest.approx(np.broadcast_to(expected, found.shape), abs=1e-6)


def test_the_flips_are_those_of_the_training(images):
    drawn = set()
    for epoch in range(40):
        patches = Patches(images, images[..., :1], (6, 5), 11, seed=1)
        patches.begin(epoch)
        for patch, index in zip(patches[0][0], patches.order, strict=True):
            same = [
                axes
                for axes in spread.FLIPS
                if (np.flip(images[index : index + 1], axes) == patch).all()
            ]
            assert len(same) == 1
            drawn |= set(same)
    assert drawn == set(spread.FLIPS)


def test_the_spread_covers_some_slices_and_none_with_a_single_network(images):
    brain = np.ones((20, 6, 5), bool)
    networks = [lambda each, by=by: each[..., :2] * by for by in (1, 2)]
    found = spread.of_subject(images, range(4, 15), brain, ["T1", "T2"], 3.0, networks)
    known = np.isfinite(found["T1"]).all(axis=(1, 2))
    assert known.sum() == spread.N_SLICES and not known[:4].any() and not known[15:].any()
    both = [restore_maps(each(images[:1]), brain[:1, ..., None], 3.0) for each in networks]
    assert found["T2"][4] == pytest.approx(np.std(both, axis=0, ddof=1)[0, ..., 1])
    alone = spread.of_subject(images, range(4, 15), brain, ["T1", "T2"], 3.0, networks[:1])
    assert np.isnan(alone["T1"]).all()
