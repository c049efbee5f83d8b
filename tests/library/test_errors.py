"""Errors of one slice with known answers."""

import numpy as np
import pytest

from contrast2map.errors import CONVENTIONS, slice_errors

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


def test_what_lies_outside_the_mask_changes_nothing(mask, reference_s):
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


def test_more_background_flatters_the_paper_convention_only(mask, reference_s):
    predicted_s = reference_s * 1.1
    small = by_convention(slice_errors(predicted_s, reference_s, mask))
    padded = [np.pad(each, 20) for each in (predicted_s, reference_s, mask)]
    large = by_convention(slice_errors(*padded))
    assert large["paper"]["psnr_db"] > small["paper"]["psnr_db"] + 3
    assert large["paper"]["ssim"] > small["paper"]["ssim"]
    for metric in ("mae_ms", "mpe_percent", "psnr_db", "ssim"):
        assert large["brain"][metric] == pytest.approx(small["brain"][metric])


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


def test_a_flat_slice_has_no_range_and_therefore_no_similarity_of_the_paper(reference_s):
    flat_s = np.ones(SHAPE)
    records = by_convention(slice_errors(flat_s * 1.1, flat_s, np.ones(SHAPE, bool)))
    assert np.isnan(records["paper"]["psnr_db"])
    assert np.isfinite(records["brain"]["psnr_db"])
