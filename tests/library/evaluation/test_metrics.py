"""Errors of one slice with known values."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from contrast2map.evaluation.metrics import (
    CONVENTIONS,
    FIXED_RANGE_S,
    MINIMUM_WINDOW_VOXELS,
    masked_ssim,
    slice_errors,
)

SHAPE = (24, 20)


@pytest.fixture
def mask():
    mask = np.zeros(SHAPE, bool)
    mask[4:20, 4:16] = True
    return mask


@pytest.fixture
def reference_s(mask):
    times_s = np.linspace(0.8, 1.2, mask.size).reshape(SHAPE)
    return np.where(mask, times_s, 0.0)


def by_convention(records):
    return {record["convention"]: record for record in records}


def windows_ssim(predicted_s, reference_s, mask):
    """SSIM of each voxel of a mask from its definition, by window; NaN where undefined."""
    found = np.full(mask.shape, np.nan)
    for row, column in np.argwhere(mask):
        window = np.s_[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4]
        x, y = (each[window][mask[window]] for each in (predicted_s, reference_s))
        if x.size >= MINIMUM_WINDOW_VOXELS:
            (var_x, covariance), (_, var_y) = np.cov(x, y)
            means = (2 * x.mean() * y.mean() + 0.03**2) / (x.mean() ** 2 + y.mean() ** 2 + 0.03**2)
            found[row, column] = means * (2 * covariance + 0.09**2) / (var_x + var_y + 0.09**2)
    return found


def test_a_constant_offset_is_the_mean_absolute_error(mask, reference_s):
    for record in slice_errors(reference_s + 0.05, reference_s, mask):
        assert record["mae_ms"] == pytest.approx(50)
        assert record["n_voxels"] == mask.sum()


def test_a_relative_error_is_the_mean_percentage_error(mask, reference_s):
    for record in slice_errors(reference_s * 0.93, reference_s, mask):
        assert record["mpe_percent"] == pytest.approx(7)


def test_a_perfect_map_has_no_error(mask, reference_s):
    for record in slice_errors(reference_s, reference_s, mask):
        assert record["mae_ms"] == 0
        assert record["ssim"] == pytest.approx(1)
        assert np.isinf(record["psnr_db"])


def test_values_outside_the_mask_have_no_effect(mask, reference_s):
    disturbed_s = np.where(mask, reference_s * 1.02, 7.0)
    assert slice_errors(disturbed_s, reference_s, mask) == slice_errors(
        reference_s * 1.02, np.where(mask, reference_s, 9.0), mask
    )


def test_psnr_follows_from_its_definition(mask, reference_s):
    records = by_convention(slice_errors(reference_s + 0.03 * mask, reference_s, mask))
    assert records["brain"]["psnr_db"] == pytest.approx(20 * np.log10(3 / 0.03))
    mean_square = 0.03**2 * mask.mean()
    range_s = reference_s.max()
    assert records["paper"]["psnr_db"] == pytest.approx(10 * np.log10(range_s**2 / mean_square))


def test_more_background_improves_only_the_paper_convention(mask, reference_s):
    predicted_s = reference_s * 1.1
    small = by_convention(slice_errors(predicted_s, reference_s, mask))
    padded = [np.pad(each, 20) for each in (predicted_s, reference_s, mask)]
    large = by_convention(slice_errors(*padded))
    assert large["paper"]["psnr_db"] > small["paper"]["psnr_db"] + 3
    assert large["paper"]["ssim"] > small["paper"]["ssim"]
    for metric in ("mae_ms", "mpe_percent", "psnr_db", "ssim"):
        assert large["brain"][metric] == pytest.approx(small["brain"][metric])


def test_ssim_of_the_paper_is_that_of_scikit_image(mask, reference_s, rng):
    predicted_s = np.where(mask, reference_s + rng.normal(0, 0.1, SHAPE), 0)
    expected = structural_similarity(reference_s, predicted_s, data_range=reference_s.max())
    record = by_convention(slice_errors(predicted_s, reference_s, mask))["paper"]
    assert record["ssim"] == pytest.approx(expected, rel=1e-12)


def test_ssim_within_a_full_mask_is_that_of_scikit_image(rng):
    """By voxel, except at the edge, where scikit-image mirrors the slice."""
    reference_s = rng.normal(1, 0.2, (20, 18))
    predicted_s = reference_s + rng.normal(0, 0.1, (20, 18))
    full = np.ones((20, 18), bool)
    local = structural_similarity(reference_s, predicted_s, data_range=3.0, full=True)[1]
    of_voxels = windows_ssim(predicted_s, reference_s, full)
    assert np.allclose(of_voxels[3:-3, 3:-3], local[3:-3, 3:-3], rtol=1e-9)
    found = masked_ssim(predicted_s, reference_s, full, FIXED_RANGE_S)
    assert found == pytest.approx(of_voxels.mean(), rel=1e-9)


@pytest.mark.parametrize("beyond", [0.0, 7.0, -1e3, np.nan, np.inf])
def test_ssim_of_the_brain_does_not_depend_on_values_outside_the_mask(
    mask, reference_s, rng, beyond
):
    predicted_s = reference_s + rng.normal(0, 0.1, SHAPE)
    maps_s = [np.where(mask, each, beyond) for each in (predicted_s, reference_s)]
    expected = np.nanmean(windows_ssim(predicted_s, reference_s, mask))
    record = by_convention(slice_errors(*maps_s, mask))["brain"]
    assert record["ssim"] == pytest.approx(expected, rel=1e-9)


def test_unrelated_noise_is_as_unlike_on_thin_rings_as_on_a_disc(rng):
    height, width = np.indices((128, 128)) - 64
    radius = np.hypot(height, width)
    disc = radius < 50
    rings = disc & (radius.astype(int) // 3 % 3 == 0)
    first_s, second_s = rng.normal(1.2, 0.3, (2, 128, 128))
    on_disc, on_rings = (masked_ssim(first_s, second_s, each, 3.0) for each in (disc, rings))
    assert on_disc == pytest.approx(on_rings, abs=0.03)
    assert abs(on_rings) < 0.1


def test_a_constant_offset_lowers_ssim_by_its_term_of_means_only():
    """Two flat maps: (2 a b + C1) / (a^2 + b^2 + C1), whatever the mask."""
    mask = np.zeros(SHAPE, bool)
    mask[5:8, 3:17] = True
    c1 = (0.01 * 3) ** 2
    expected = (2 * 1.5 * 1.0 + c1) / (1.5**2 + 1.0**2 + c1)
    found = masked_ssim(np.where(mask, 1.5, 0), np.where(mask, 1.0, 0), mask, 3.0)
    assert found == pytest.approx(expected, rel=1e-9)


def test_windows_with_too_few_voxels_of_the_mask_are_excluded():
    def ssim(mask):
        reference_s = np.where(mask, 1.0, 0.0)
        return masked_ssim(reference_s * 1.5, reference_s, mask, 3.0)

    mask = np.zeros(SHAPE, bool)
    mask[10, 5:12] = mask[11, 8] = True
    assert mask.sum() == MINIMUM_WINDOW_VOXELS - 1
    assert np.isnan(ssim(mask))
    mask[9, 8] = True
    assert np.isfinite(ssim(mask))


def test_mae_and_mpe_are_the_same_in_both_conventions(mask, reference_s):
    first, second = slice_errors(reference_s * 1.1, reference_s, mask)
    assert {first["convention"], second["convention"]} == set(CONVENTIONS)
    assert first["mae_ms"] == second["mae_ms"]
    assert first["mpe_percent"] == second["mpe_percent"]


def test_an_empty_mask_gives_no_record(reference_s):
    assert slice_errors(reference_s, reference_s, np.zeros(SHAPE, bool)) == []


def test_a_voxel_that_is_not_finite_is_refused(mask, reference_s):
    broken_s = reference_s.copy()
    broken_s[10, 10] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        slice_errors(broken_s, reference_s, mask)


def test_a_mask_where_the_reference_has_no_value_is_refused(mask, reference_s):
    reference_s[10, 10] = 0
    with pytest.raises(ValueError, match="not positive"):
        slice_errors(reference_s, reference_s, mask)


def test_a_flat_slice_has_no_range_and_therefore_no_similarity_in_the_paper_convention(reference_s):
    flat_s = np.ones(SHAPE)
    records = by_convention(slice_errors(flat_s * 1.1, flat_s, np.ones(SHAPE, bool)))
    assert np.isnan(records["paper"]["psnr_db"])
    assert np.isfinite(records["brain"]["psnr_db"])
