"""Putamen and thalamus in MNI space."""

import numpy as np
import pytest

from contrast2map.anatomy.templates import STRUCTURES, structure_fraction

EDGE_MM = 1.5


def grid(step_mm=1.0):
    axes = [
        np.arange(low, high + step_mm, step_mm) for low, high in ((-45, 45), (-45, 30), (-20, 25))
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_has_the_volume_of_its_two_ellipsoids(name):
    volume_mm3 = structure_fraction(name, grid(), EDGE_MM).sum()
    expected = 2 * 4 / 3 * np.pi * np.prod(STRUCTURES[name]["semi_axes_mm"])
    assert volume_mm3 == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("name", STRUCTURES)
def test_left_and_right_are_separate_mirror_images(name):
    share = structure_fraction(name, grid(), EDGE_MM)
    np.testing.assert_allclose(share, share[::-1], atol=1e-6)
    assert share[45].max() == 0  # the midline
    assert share.min() == 0 and share.max() == 1 and share.dtype == np.float32


def test_putamen_and_thalamus_do_not_overlap():
    shares = [structure_fraction(name, grid(), EDGE_MM) for name in STRUCTURES]
    assert (np.minimum(*shares) > 0).sum() == 0


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_share_is_half_at_the_surface_and_the_edge_has_the_given_width(name):
    shape = STRUCTURES[name]
    above = np.array(shape["centre_mm"]) + [0, 0, shape["semi_axes_mm"][2]]
    heights = np.array([0.0, 0.25, -0.25, 0.5, -0.5]) * EDGE_MM
    points = (above[:, None] + np.array([[0], [0], [1]]) * heights).astype(np.float32)
    filled = structure_fraction(name, points, EDGE_MM)
    np.testing.assert_allclose(filled, [0.5, 0.25, 0.75, 0, 1], atol=1e-3)
    centre = np.array(shape["centre_mm"], np.float32)[:, None]
    assert structure_fraction(name, centre, EDGE_MM) == 1


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_posterior_end_is_more_lateral_than_the_anterior_end(name):
    coordinates = grid()
    share = structure_fraction(name, coordinates, EDGE_MM)
    right = coordinates[0] > 0
    posterior = coordinates[1] < STRUCTURES[name]["centre_mm"][1]
    x_posterior = np.average(coordinates[0], weights=share * right * posterior)
    x_anterior = np.average(coordinates[0], weights=share * right * ~posterior)
    assert x_posterior > x_anterior + 1


def test_structures_have_their_anatomical_order():
    middle = {name: np.array(shape["centre_mm"]) for name, shape in STRUCTURES.items()}
    assert middle["putamen"][0] > middle["thalamus"][0]  # lateral
    assert middle["putamen"][1] > middle["thalamus"][1]  # anterior
    assert middle["putamen"][2] < middle["thalamus"][2]  # inferior
