"""Errors of each subject at each level, with known answers."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from contrast2map.evaluation.levels import LEVELS, errors_at, region_voxels

NETWORK, MEAN = "network_mprage_seed-1", "cohort_mean"
N_VOXELS = {"gm": 600, "wm": 300, "putamen": 60, "thalamus": 40}
# Errors of the region means against the truth, in ms.
ERRORS_MS = {
    NETWORK: {"gm": 10.0, "wm": -20.0, "putamen": 100.0, "thalamus": -50.0},
    MEAN: {"gm": -40.0, "wm": 40.0, "putamen": 0.0, "thalamus": 0.0},
}


@pytest.fixture
def tables():
    """Two subjects; the second has twice the errors, and no lesion."""
    rois, slices, lesions = [], [], []
    for (subject, scale), predictor in product((("01", 1), ("02", 2)), (NETWORK, MEAN)):
        named = {"subject": subject, "predictor": predictor, "quantity": "T1"}
        for region, error_ms in ERRORS_MS[predictor].items():
            values = {"predicted_ms": 1000 + scale * error_ms, "truth_ms": 1000.0}
            values |= {"reference_ms": 1000 + scale * error_ms}  # no error against the reference
            rois.append(named | {"region": region, "n_voxels": N_VOXELS[region]} | values)
        for against, region in product(("truth", "reference"), ("excluding_csf", "full_brain")):
            mae_ms = (
                scale * (7.0 if predictor == NETWORK else 9.0) * (1 + (region != "excluding_csf"))
            )
            for convention in ("paper", "brain"):
                slices.append(
                    named
                    | {"against": against, "region": region, "convention": convention}
                    | {"mae_ms": mae_ms}
                )
        if subject == "01":
            for error_ms in (-30.0, 50.0):
                lesions.append(
                    named | {"predicted_mean_ms": 1300 + error_ms, "truth_mean_ms": 1300.0}
                )
    frames = {"roi_means": rois, "errors_by_subject": slices, "lesions": lesions}
    return {name: pd.DataFrame(rows) for name, rows in frames.items()}


EXPECTED_MS = {
    "regions": (45.0, 20.0),
    "regions_by_voxels": (20.0, 36.0),  # (600 * 10 + 300 * 20 + 60 * 100 + 40 * 50) / 1000
    "large_regions": (15.0, 40.0),
    "voxels": (7.0, 9.0),
}


@pytest.mark.parametrize(("level", "expected_ms"), EXPECTED_MS.items())
def test_each_level_has_its_errors(tables, level, expected_ms):
    errors_ms = errors_at(level, tables, "truth", "T1")
    for subject, scale in (("01", 1), ("02", 2)):
        found = errors_ms.loc[subject, [NETWORK, MEAN]]
        assert found.tolist() == pytest.approx([scale * each for each in expected_ms])


def test_lesions_count_for_the_subjects_that_have_them(tables):
    errors_ms = errors_at("lesions", tables, "truth", "T1")
    assert errors_ms.index.tolist() == ["01"] and errors_ms.loc["01", NETWORK] == 40


def test_errors_are_relative_to_the_named_map(tables):
    assert (errors_at("regions", tables, "reference", "T1") == 0).all(axis=None)


@pytest.mark.parametrize("level", ["regions", "regions_by_voxels"])
def test_a_subject_without_a_region_is_left_out(tables, level):
    rois = tables["roi_means"]
    missing = (rois["subject"] == "02") & (rois["region"] == "putamen")
    rois.loc[missing, ["predicted_ms", "reference_ms", "truth_ms"]] = np.nan
    rois.loc[missing, "n_voxels"] = 0
    assert errors_at(level, tables, "truth", "T1").index.tolist() == ["01"]
    assert errors_at("large_regions", tables, "truth", "T1").index.tolist() == ["01", "02"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_table_without_rows_has_no_errors(tables, level):
    empty = {name: table.iloc[:0] for name, table in tables.items()}
    assert errors_at(level, empty, "truth", "T1").empty


def test_regions_are_given_with_their_voxels(tables):
    voxels = region_voxels(tables["roi_means"])
    assert voxels.loc["02"].to_dict() == N_VOXELS


def test_the_reference_has_errors_of_voxels_relative_to_the_truth_only(tables):
    """Its missing errors relative to itself remove no subject."""
    slices = tables["errors_by_subject"]
    of_truth = slices[(slices["against"] == "truth") & (slices["predictor"] == NETWORK)]
    slices = pd.concat([slices, of_truth.assign(predictor="reference")])
    known = tables | {"errors_by_subject": slices}
    assert "reference" in errors_at("voxels", known, "truth", "T1")
    errors_ms = errors_at("voxels", known, "reference", "T1")
    assert errors_ms.index.tolist() == ["01", "02"] and set(errors_ms) == {NETWORK, MEAN}
