"""Orbits in a brain mask: fat and what hangs on it go, the brain stays."""

import numpy as np
import pytest

from contrast2map.preprocessing import orbits

SHAPE = (60, 80, 60)  # of 2.5 mm voxels
AFFINE = np.diag([2.5, 2.5, 2.5, 1.0])
WHITE, GREY, FAT, EYE = 100.0, 70.0, 180.0, 40.0


def ball(centre, radius):
    place = np.indices(SHAPE).transpose(1, 2, 3, 0) - centre
    return (place**2).sum(axis=-1) < radius**2


BRAIN = ball((30, 36, 34), 22)
# An orbit below and in front of the brain, and an eye that only its fat joins to the brain.
IN_FAT = ball((22, 57, 22), 6) & ~BRAIN
IN_EYE = ball((22, 64, 17), 4) & ~BRAIN & ~IN_FAT
LEAKED = BRAIN | IN_FAT | IN_EYE
FRONT = orbits.part(BRAIN.astype(np.float32)) > 0.5


@pytest.fixture
def head():
    values = np.where(ball((30, 36, 34), 17), WHITE, GREY) * BRAIN
    values[IN_FAT], values[IN_EYE] = FAT, EYE
    return values + np.random.default_rng(0).normal(0, 3, SHAPE)


def test_the_part_is_the_lower_front_of_the_brain_s_extent():
    assert FRONT[30, 57, 20] and not FRONT[30, 30, 20] and not FRONT[30, 57, 50]


def test_fat_goes_with_what_hangs_on_it(head):
    found = orbits.without_orbits(LEAKED, head, AFFINE, FRONT)
    assert not found[IN_EYE].any() and found[IN_FAT].mean() < 0.02
    assert found[BRAIN].mean() > 0.98
    assert (found[~FRONT] == LEAKED[~FRONT]).all()


@pytest.mark.parametrize("gain", [0.6, 1.6])
def test_a_brighter_or_darker_front_is_not_taken_for_fat(head, gain):
    across = gain ** (np.arange(SHAPE[1]) / SHAPE[1])[None, :, None]
    assert (orbits.without_orbits(BRAIN, head * across, AFFINE, FRONT) == BRAIN).all()


def test_a_mask_stays_where_fluid_is_as_bright_as_fat(head):
    head[ball((30, 30, 34), 10)] = FAT  # ventricles of a T2-weighted image
    assert (orbits.without_orbits(LEAKED, head, AFFINE, FRONT) == LEAKED).all()


def test_a_mask_outside_of_that_part_stays(head):
    nowhere = np.zeros(SHAPE, bool)
    assert (orbits.without_orbits(LEAKED, head, AFFINE, nowhere) == LEAKED).all()
