"""Smooth fields have the given moments and smoothness; deformations do not fold."""

import numpy as np
import pytest
from scipy import ndimage

from contrast2map.imaging.random_fields import (
    jacobian_determinant,
    random_diffeomorphism,
    smooth_field,
)


@pytest.mark.parametrize(("voxel_mm", "smoothness_mm"), [(2.0, 2.5), (2.0, 8.0), ([1, 2, 4], 9.0)])
def test_a_field_has_zero_mean_and_unit_sd(voxel_mm, smoothness_mm):
    field = smooth_field(np.random.default_rng(0), (60, 50, 40), voxel_mm, smoothness_mm)
    assert field.shape == (60, 50, 40) and field.dtype == np.float32
    assert field.mean() == pytest.approx(0, abs=0.15)
    assert field.std() == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("smoothness_mm", [3.0, 6.0])
@pytest.mark.parametrize("voxel_mm", [1.0, 2.0])
def test_neighbours_correlate_as_smoothed_white_noise_does(voxel_mm, smoothness_mm):
    field = smooth_field(np.random.default_rng(1), (96, 96, 96), voxel_mm, smoothness_mm)
    n_apart = int(round(smoothness_mm / voxel_mm))
    measured = np.corrcoef(field[n_apart:].ravel(), field[:-n_apart].ravel())[0, 1]
    # White noise smoothed by a Gaussian of SD s has correlation exp(-d^2 / 4 s^2).
    assert measured == pytest.approx(
        np.exp(-((n_apart * voxel_mm / smoothness_mm) ** 2) / 4), abs=0.08
    )


def test_a_field_depends_only_on_its_generator():
    one, same, other = (
        smooth_field(np.random.default_rng(seed), (9, 9, 9), 2.0, 4.0) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same) and not np.allclose(one, other)


@pytest.mark.parametrize("seed", range(4))
def test_the_studys_deformations_do_not_fold(default_config, seed):
    anatomy = default_config["simulation"]["anatomy"]
    sd_mm, smoothness_mm = anatomy["displacement_sd_mm"], anatomy["displacement_smoothness_mm"]
    displacement = random_diffeomorphism(
        np.random.default_rng(seed), (48, 48, 40), 5.0, sd_mm, smoothness_mm
    )
    assert jacobian_determinant(displacement, 5.0).min() > 0.3
    assert displacement.std() == pytest.approx(sd_mm, rel=0.15)


def test_a_deformation_that_folds_is_an_error():
    with pytest.raises(ValueError, match="folds; lower displacement_sd_mm"):
        random_diffeomorphism(np.random.default_rng(0), (24, 24, 24), 4.0, 60.0, 10.0)


def test_the_exponentials_of_opposite_velocities_are_inverse():
    class Opposite:
        def __init__(self, seed):
            self.rng = np.random.default_rng(seed)

        def standard_normal(self, *args, **kwargs):
            return -self.rng.standard_normal(*args, **kwargs)

    shape, voxel_mm = (40, 40, 40), 4.0
    there = random_diffeomorphism(np.random.default_rng(5), shape, voxel_mm, 6.0, 25.0)
    back = random_diffeomorphism(Opposite(5), shape, voxel_mm, 6.0, 25.0)
    voxels = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"))
    moved = voxels + there / voxel_mm
    returned = there + np.stack(
        [ndimage.map_coordinates(part, moved, order=1, mode="nearest") for part in back]
    )
    inner = (slice(None), *[slice(8, -8)] * 3)
    assert np.abs(there[inner]).max() > 5  # mm
    assert np.sqrt(np.mean(returned[inner] ** 2)) < 0.1


def test_the_jacobian_determinant_of_a_stretch_is_its_volume_change():
    x, y, z = np.meshgrid(*[np.arange(6) * 2.0] * 3, indexing="ij")
    stretch = np.stack([0.5 * x, -0.2 * y, 0 * z])
    np.testing.assert_allclose(jacobian_determinant(stretch, 2.0), 1.5 * 0.8)
    shear = np.stack([0.7 * y, 0 * y, 0 * z])
    np.testing.assert_allclose(jacobian_determinant(shear, 2.0), 1.0)
    turn = np.stack([-x - y, x - y, 0 * z])  # x + u = (-y, x): a quarter turn
    np.testing.assert_allclose(jacobian_determinant(turn, 2.0), 1.0)
