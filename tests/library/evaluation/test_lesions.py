"""Lesions with known contrast, size and noise are measured correctly."""

import numpy as np
import pytest

from contrast2map.evaluation import lesions
from contrast2map.evaluation.lesions import contrast, exceedance, label_lesions, measure_lesions
from contrast2map.imaging.masks import GM, WM

SHAPE = (30, 32, 12)
VOXEL_MM = (1.0, 1.0, 3.0)
WM_S = 0.8
EXCESS_S = 0.3


class Head:
    """White matter of 800 ms with a rim of grey matter and a box lesion 300 ms above it."""

    def __init__(self):
        self.tissue = np.full(SHAPE, GM)
        self.tissue[2:-2, 2:-2] = WM
        self.mask = np.zeros(SHAPE, bool)
        self.mask[14:17, 14:18, 5:7] = True
        self.evaluated = np.ones(SHAPE, bool)
        self.truth_s = np.where(self.tissue == WM, WM_S, 1.2)
        self.truth_s[self.mask] = WM_S + EXCESS_S
        self.maps_s = {
            "predicted": self.truth_s.copy(),
            "reference": self.truth_s.copy(),
            "truth": self.truth_s.copy(),
        }

    def measure(self, maps_s=None, erosion_voxels=1):
        return measure_lesions(
            maps_s or {"T1": self.maps_s},
            self.mask,
            self.tissue,
            self.evaluated,
            VOXEL_MM,
            erosion_voxels,
        )


@pytest.fixture
def head():
    return Head()


def test_a_box_that_is_300_ms_above_its_surroundings_has_a_contrast_of_300_ms(head):
    (record,) = head.measure()
    for name in lesions.MAP_NAMES:
        assert record[f"{name}_mean_ms"] == pytest.approx(1100)
        assert record[f"{name}_nawm_ms"] == pytest.approx(800)
        assert record[f"{name}_contrast_ms"] == pytest.approx(300, abs=1e-9)
        assert record[f"{name}_contrast_percent"] == pytest.approx(37.5)
        assert record[f"{name}_auc"] == 1
        assert record[f"{name}_detected"] == 1
    assert record["error_vs_reference_ms"] == record["error_vs_truth_ms"] == 0


def test_volume_and_diameter_are_those_of_anisotropic_voxels(head):
    (record,) = head.measure()
    assert record["n_voxels"] == 3 * 4 * 2
    assert record["volume_mm3"] == 24 * 3
    assert record["diameter_mm"] == pytest.approx((6 * 72 / np.pi) ** (1 / 3))
    assert (record["first_slice"], record["last_slice"]) == (5, 6)


def test_errors_are_predicted_minus_reference_or_truth(head):
    head.maps_s["predicted"][head.mask] = 1.0
    head.maps_s["reference"][head.mask] = 1.05
    (record,) = head.measure()
    assert record["error_vs_reference_ms"] == pytest.approx(-50)
    assert record["error_vs_truth_ms"] == pytest.approx(-100)


def test_a_map_of_tissue_means_has_no_lesion_contrast(head):
    head.maps_s["predicted"][:] = np.float32(0.8233)
    (record,) = head.measure()
    assert record["predicted_contrast_ms"] == record["predicted_noise_ms"] == 0
    assert record["predicted_auc"] == 0.5
    assert record["predicted_detected"] == 0
    assert record["predicted_cnr"] is None


def test_noise_of_known_sd_gives_the_contrast_to_noise_ratio(head, rng):
    head.maps_s["predicted"] = head.truth_s + rng.normal(0, 0.03, SHAPE)
    (record,) = head.measure()
    assert record["n_nawm_voxels"] > 2000
    assert record["predicted_noise_ms"] == pytest.approx(30, rel=0.05)
    assert record["predicted_cnr"] == pytest.approx(10, rel=0.1)
    assert record["truth_noise_ms"] == pytest.approx(0, abs=1e-9)


def test_noise_is_the_standard_deviation_of_a_sample():
    measures = contrast([5.0], [1.0, 2.0, 6.0], threshold_ms=0)
    assert measures["noise_ms"] == pytest.approx(np.sqrt(7))
    assert measures["cnr"] == pytest.approx(2 / np.sqrt(7))


def test_rounding_makes_no_contrast(rng):
    for value_ms in rng.uniform(50, 3000, 200):
        measures = contrast(np.full(7, value_ms), np.full(191, value_ms), 0)
        assert measures["contrast_ms"] == measures["noise_ms"] == measures["detected"] == 0


@pytest.mark.parametrize("excess_sds, detected", [(1.9, 0), (2.1, 1), (-5, 0)])
@pytest.mark.parametrize("own_noise_s", [0, 0.4])
def test_detection_uses_two_sds_of_the_reference_and_not_of_the_map(
    head, rng, excess_sds, detected, own_noise_s
):
    head.maps_s["reference"] = head.truth_s + rng.normal(0, 0.03, SHAPE)
    # The noise is symmetric about the mean of white matter, so the contrast is unchanged.
    head.maps_s["predicted"] = WM_S + own_noise_s * (-1.0) ** np.indices(SHAPE).sum(axis=0)
    contrast_ms = excess_sds * head.measure()[0]["reference_noise_ms"]
    (record,) = head.measure()
    missing_ms = contrast_ms - record["predicted_contrast_ms"]
    head.maps_s["predicted"][head.mask] += missing_ms / 1000

    (record,) = head.measure()
    assert record["predicted_contrast_ms"] == pytest.approx(contrast_ms)
    assert record["predicted_noise_ms"] == pytest.approx(1000 * own_noise_s, rel=0.01)
    assert record["predicted_detected"] == detected
    assert record["reference_detected"] == 1


@pytest.mark.parametrize("threshold_ms, detected", [(9.9, 1), (10.1, 0)])
def test_a_contrast_beyond_the_threshold_is_detected(threshold_ms, detected):
    assert contrast([810.0], [795.0, 805.0], threshold_ms)["detected"] == detected


def test_the_threshold_is_from_the_white_matter_with_which_the_lesion_is_compared(
    head, monkeypatch
):
    monkeypatch.setattr(lesions, "REACH_MM", 8.0)
    far = np.abs(np.arange(SHAPE[1]) - 15.5) > 10
    head.maps_s["reference"] = head.truth_s + 5.0 * far[:, None]
    (record,) = head.measure()
    assert record["nawm"] == "shell"
    assert record["predicted_detected"] == 1


def test_each_quantity_has_its_own_threshold(head, rng):
    """A contrast of T2 that the noise of T1 would hide."""
    T2_s = {name: 0.1 * map_s for name, map_s in head.maps_s.items()}
    head.maps_s["reference"] = head.truth_s + rng.normal(0, 0.2, SHAPE)
    T2_s["reference"] = 0.1 * head.truth_s + rng.normal(0, 0.005, SHAPE)
    of_T1, of_T2 = head.measure({"T1": head.maps_s, "T2": T2_s})
    assert (of_T1["predicted_detected"], of_T2["predicted_detected"]) == (0, 1)


def test_exceedance_is_the_share_of_pairs_and_ties_count_half(rng):
    lesion, nawm = rng.integers(0, 6, 17), rng.integers(0, 5, 23)
    pairs = lesion[:, None] - nawm
    assert exceedance(lesion, nawm) == pytest.approx((pairs > 0).mean() + (pairs == 0).mean() / 2)
    assert exceedance([2, 3], [0, 1]) == 1 and exceedance([0], [1, 2]) == 0


def test_two_corners_that_touch_are_one_lesion():
    mask = np.zeros((6, 6, 6), bool)
    mask[1, 1, 1] = mask[2, 2, 2] = True
    assert label_lesions(mask, np.ones_like(mask)).max() == 1
    mask[2, 2, 2], mask[3, 3, 3] = False, True
    assert label_lesions(mask, np.ones_like(mask)).max() == 2


def test_lesions_outside_the_evaluated_slices_are_excluded(head):
    head.mask[20:22, 20:22, 9] = True
    head.evaluated[..., 6:] = False
    (record,) = head.measure()
    assert record["n_voxels"] == 12
    assert record["first_slice"] == record["last_slice"] == 5


def test_voxels_without_a_reference_value_are_excluded_from_all_maps(head):
    head.maps_s["reference"][14, :, :] = 0
    head.maps_s["predicted"][14, :, :] = 99
    (record,) = head.measure()
    assert record["n_voxels"] == 2 * 4 * 2
    assert record["predicted_contrast_ms"] == pytest.approx(300)
    assert record["predicted_noise_ms"] == pytest.approx(0, abs=1e-9)


def test_T1_and_T2_are_measured_in_the_same_voxels(head):
    T2_s = {name: 0.1 * map_s for name, map_s in head.maps_s.items()}
    T2_s["reference"][14] = 0
    records = head.measure({"T1": head.maps_s, "T2": T2_s})
    assert [record["quantity"] for record in records] == ["T1", "T2"]
    assert {record["n_voxels"] for record in records} == {16}
    assert records[1]["truth_contrast_ms"] == pytest.approx(30)


def distance_mm(mask):
    """Distance of each voxel to a mask, by all pairs of voxels."""
    places_mm = np.moveaxis(np.indices(SHAPE), 0, -1) * VOXEL_MM
    offsets_mm = places_mm[:, :, :, None] - places_mm[mask]
    return np.linalg.norm(offsets_mm, axis=-1).min(axis=-1)


def test_white_matter_is_beyond_3_mm_of_all_lesions_and_within_15_mm_of_the_measured_one(head):
    own = head.mask.copy()
    head.mask[18:21, 14:18, 8] = True  # another lesion, outside the evaluated slices
    head.evaluated[..., 8:] = False
    near = distance_mm(head.mask) <= 3
    head.maps_s["predicted"] = head.truth_s + 0.1 * near
    (record,) = head.measure()
    assert record["predicted_nawm_ms"] == pytest.approx(800, abs=1e-6)
    eroded = np.zeros(SHAPE, bool)
    eroded[3:-3, 3:-3, 1:8] = True
    assert record["n_nawm_voxels"] == (eroded & ~near & (distance_mm(own) <= 15)).sum()
    assert (distance_mm(own)[eroded] > 15).any()


def test_white_matter_is_compared_near_the_lesion(head, monkeypatch):
    monkeypatch.setattr(lesions, "REACH_MM", 8.0)
    slope_s = np.broadcast_to(0.01 * np.arange(SHAPE[1])[:, None], SHAPE)
    far = np.abs(np.arange(SHAPE[1]) - 15.5) > 10
    head.maps_s["predicted"] = head.truth_s + slope_s
    head.maps_s["reference"] = head.truth_s + 5.0 * far[:, None]
    (record,) = head.measure()
    assert record["nawm"] == "shell"
    assert record["predicted_contrast_ms"] == pytest.approx(300, abs=1)
    assert record["reference_contrast_ms"] == pytest.approx(300, abs=1e-6)


def test_with_too_little_white_matter_nearby_all_of_it_is_used(head):
    head.tissue[:, 8:24] = GM
    head.mask[:] = False
    head.mask[15, 16, 5] = True
    (record,) = head.measure(erosion_voxels=2)
    assert record["nawm"] == "shell"
    head.tissue[1:29, 2:30] = GM
    head.tissue[2:10, 2:10] = WM
    head.mask[:] = False
    head.mask[26, 28, 5] = True
    (record,) = head.measure()
    assert record["nawm"] == "whole"
    assert record["n_nawm_voxels"] == 6 * 6 * 10


def test_white_matter_is_eroded(head):
    n_voxels = [head.measure(erosion_voxels=n)[0]["n_nawm_voxels"] for n in (0, 1)]
    assert n_voxels[0] > n_voxels[1] > 0


def test_without_white_matter_a_lesion_has_a_mean_and_no_contrast(head):
    head.tissue[:] = GM
    (record,) = head.measure()
    assert record["predicted_mean_ms"] == pytest.approx(1100)
    assert record["n_nawm_voxels"] == 0
    assert record["predicted_contrast_ms"] is record["predicted_detected"] is None
    assert record["error_vs_truth_ms"] == 0


def test_without_truth_there_are_no_columns_of_truth(head):
    del head.maps_s["truth"]
    (record,) = head.measure()
    assert not any("truth" in name for name in record)
    assert set(record) <= set(lesions.COLUMNS)


def test_no_lesion_gives_no_record_and_the_arguments_are_unchanged(head):
    head.mask[:] = False
    head.maps_s["reference"][0] = 0
    assert head.measure() == []
    assert head.evaluated.all()


def test_a_prediction_that_is_not_finite_is_refused(head):
    head.maps_s["predicted"][15, 15, 5] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        head.measure()
