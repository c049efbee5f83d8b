"""The tissue mean: means of tissues over the training subjects."""

import math

import numpy as np
import pytest

from contrast2map.imaging.masks import ROI_LABELS
from contrast2map.learning import cohort_mean
from contrast2map.learning.cohort_mean import NUMBERS


def names_of(labels):
    names = {number: name for name, number in NUMBERS.items()} | {0: "none"}
    return [names[label] for label in labels]


def test_structures_replace_grey_and_white_matter_but_not_csf_or_air():
    tissue = np.array([0, 1, 2, 3, 2, 3, 2, 3])
    structures = np.array([1, 1, 1, 1, 2, 2, 0, 0])
    labels = cohort_mean.label_tissues(tissue, structures, np.zeros(8), np.ones(8))
    assert names_of(labels) == (
        ["none", "csf", "putamen", "putamen", "thalamus", "thalamus", "gm", "wm"]
    )
    assert labels.dtype == np.uint8 and tissue.tolist() == [0, 1, 2, 3, 2, 3, 2, 3]


def test_regions_replace_the_tissues_and_structures_that_they_are_part_of():
    tissue, structures = np.array([2, 3, 2, 3, 2]), np.array([0, 0, 1, 2, 0])
    rois = np.array([ROI_LABELS[name] for name in ("gm", "wm", "putamen", "thalamus")] + [0])
    labels = cohort_mean.label_tissues(tissue, structures, rois, np.zeros(5))
    assert names_of(labels) == (
        ["gm_region", "wm_region", "putamen_region", "thalamus_region", "gm_beside_csf"]
    )
    assert len(set(NUMBERS.values())) == len(NUMBERS) == 13


def test_tissue_next_to_csf_has_labels_different_from_the_same_tissue_elsewhere():
    tissue, structures = np.array([1, 2, 3, 3, 2, 2, 0]), np.array([0, 0, 0, 1, 2, 0, 0])
    excluding_csf = np.array([0, 0, 0, 0, 0, 1, 0])
    labels = cohort_mean.label_tissues(tissue, structures, np.zeros(7), excluding_csf)
    assert names_of(labels) == (
        ["csf", "gm_beside_csf", "wm_beside_csf", "putamen_beside_csf", "thalamus_beside_csf"]
        + ["gm", "none"]
    )


def test_means_are_taken_over_voxels_with_a_measurement():
    labels = np.array([2, 2, 2, 3, 3, 0])
    measured_s = np.array([1.0, 1.4, 0.0, 0.8, 0.9, 5.0])
    means = cohort_mean.tissue_means(labels, measured_s)
    assert means["gm"] == pytest.approx(1.2) and means["wm"] == pytest.approx(0.85)
    assert math.isnan(means["csf"]) and math.isnan(means["putamen"])


def means_of(**known):
    return dict.fromkeys(NUMBERS, 1.0) | known


def test_subjects_with_the_tissue_have_equal_weights():
    subjects = [means_of(gm=gm_s) for gm_s in (1.0, 1.6, 1.0, float("nan"))]
    averages = cohort_mean.average_subjects(subjects)
    assert averages["gm"] == pytest.approx(1.2) and averages["wm"] == 1.0


def test_a_tissue_without_voxels_in_any_subject_is_refused():
    with pytest.raises(ValueError, match="no training subject .* thalamus"):
        nothing = {"thalamus": float("nan"), "thalamus_beside_csf": float("nan")}
        cohort_mean.average_subjects([means_of(**nothing)] * 2)


@pytest.mark.parametrize("name, other", [("wm", "wm_beside_csf"), ("wm_beside_csf", "wm")])
def test_a_tissue_found_only_next_to_csf_or_only_elsewhere_has_one_mean(name, other):
    averages = cohort_mean.average_subjects([means_of(**{name: float("nan"), other: 0.8})] * 2)
    assert averages[name] == averages[other] == pytest.approx(0.8)


def test_a_painted_map_has_each_tissues_mean_and_0_outside():
    means_s = {name: 0.1 * number for name, number in NUMBERS.items()}
    labels = np.arange(14, dtype=np.uint8).reshape(2, 7)
    painted = cohort_mean.paint(labels, means_s)
    np.testing.assert_allclose(painted, 0.1 * labels, rtol=1e-6)
    assert painted.dtype == np.float32
