"""The scripts from registered scans to predicted maps, on volumes of a few voxels."""

import csv
import json

import nibabel
import numpy as np
import pytest

import draw_masks
import fit_cohort_mean
import normalise_slices
import predict_cohort_mean
import predict_maps
import score_registration
import split_folds
import train_unet
from contrast2map import masks, slices

SHAPE, VOXEL_MM = (24, 28, 40), (2.0, 2.0, 2.5)
AFFINE = np.diag([*VOXEL_MM, 1.0])
CONTRASTS, QUANTITIES = ["mprage", "flair"], ["T1", "T2"]
TISSUE_T1_S = {masks.CSF: 3.0, masks.GM: 1.2, masks.WM: 0.8}
UNET = {"n_filters": 2, "n_levels": 2, "n_convolutions": 1, "initialiser_sd": 0.1}
UNET["normalisation_momentum"] = 0.9
ABOUT = {"name": "Maps", "description": "tiny"}


def read_table(path, delimiter=","):
    with open(path, newline="") as table:
        return list(csv.DictReader(table, delimiter=delimiter))


def read_map(path):
    return np.asarray(nibabel.load(path).dataobj)


def normalise(paths, excluded=(), minimum_brain_area_mm2=500):
    normalise_slices.normalise_slices(
        registered={name: paths[name] for name in [*CONTRASTS, *QUANTITIES, "coverage"]},
        contrasts=CONTRASTS,
        quantities=QUANTITIES,
        path_to_brain=paths["brain"],
        selection={
            "minimum_brain_area_mm2": minimum_brain_area_mm2,
            "minimum_reference_coverage": 0.98,
        },
        excluded=list(excluded),
        intensity_percentile=95,
        map_scale_s=3.0,
        path_to_slices=paths["slices"],
        path_to_table=paths["table"],
        path_to_files=paths["files"],
    )
    return slices.load(paths["slices"])


@pytest.fixture(scope="module")
def subjects(make_subject, tmp_path_factory):
    root = tmp_path_factory.mktemp("preprocessed")
    gains = {"01": 1.0, "02": 1.1, "03": 0.5}
    found = {
        subject: make_subject(
            root / f"sub-{subject}",
            {number: gain * T1_s for number, T1_s in TISSUE_T1_S.items()},
            AFFINE,
            SHAPE,
            seed=int(subject),
        )
        for subject, gain in gains.items()
    }
    for paths in found.values():
        normalise(paths)
    return found


@pytest.fixture(scope="module")
def trained(subjects, study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    changes = {"patch_size": [16, 16], "batch_size": 8, "n_epochs": 2, "n_epochs_constant": 1}
    train_unet.train_unet(
        paths_to_slices=[subjects["01"]["slices"], subjects["02"]["slices"]],
        contrasts=["flair", "mprage"],
        unet=UNET,
        settings=study["training"] | changes,
        study_seed=3,
        repetition="1",
        path_to_log=folder / "log.csv",
        path_to_model=folder / "model.keras",
        path_to_training_files=folder / "training_files.tsv",
        report=lambda line: None,
    )
    return folder


def test_slices_are_selected_normalised_and_kept_by_name(subjects):
    stored = slices.load(subjects["01"]["slices"])
    assert stored.contrasts == CONTRASTS and stored.quantities == QUANTITIES
    assert stored.slice_indices.tolist() == list(range(2, 36))
    assert stored.inputs.shape == (34, 28, 24, 2) and stored.maps.shape == (34, 28, 24, 2)
    for image, brain in zip(stored.inputs, stored.brain, strict=True):
        scales = [np.percentile(image[brain][:, c], 95) for c in (0, 1)]
        np.testing.assert_allclose(scales, 1, rtol=1e-5)
        assert image[~brain].max() == 0
    volume = read_map(subjects["01"]["T1"])
    np.testing.assert_allclose(3 * stored.maps[3, ..., 0].T, volume[:, :, 5], rtol=1e-6)


def test_the_table_of_slices_gives_a_reason_for_each_that_is_left_out(subjects, tmp_path):
    paths = subjects["01"] | {"slices": tmp_path / "a.npz", "table": tmp_path / "a.tsv"}
    assert 10 not in normalise(paths, excluded=[10]).slice_indices
    rows = read_table(paths["table"], "\t")
    assert [rows[n]["selected"] for n in (1, 2, 10, 35, 36)] == (
        ["False", "True", "False", "True", "False"]
    )
    assert rows[10]["reason"] == "excluded by hand" and "brain area" in rows[1]["reason"]
    assert "reference covers" in rows[36]["reason"]
    assert float(rows[2]["brain_area_mm2"]) == 18 * 22 * 2 * 2


def test_a_subject_without_a_slice_is_told(subjects, tmp_path):
    paths = subjects["01"] | {"slices": tmp_path / "a.npz", "table": tmp_path / "a.tsv"}
    with pytest.raises(ValueError, match="no slice is left; see preprocessing.slices"):
        normalise(paths, minimum_brain_area_mm2=1e6)


def test_masks_are_drawn_and_written_on_the_brains_grid(subjects, tmp_path):
    outside_csf, rois = tmp_path / "outside_csf.nii.gz", tmp_path / "rois.nii.gz"
    settings = {"slab_distance_mm": 25, "n_slab_slices": 8}
    draw_masks.draw_masks(subjects["01"], 1, 1, settings, outside_csf, rois)
    kept = read_map(outside_csf) > 0
    assert kept.sum() == 14 * 18 * 36  # grey matter loses the layer that touches CSF
    labels = read_map(rois)
    assert set(np.unique(labels)) == {0, *masks.ROI_LABELS.values()}
    white = np.flatnonzero((labels == masks.ROI_LABELS["wm"]).any(axis=(0, 1)))
    level = np.flatnonzero((labels == masks.ROI_LABELS["putamen"]).any(axis=(0, 1)))
    assert len(white) == 8 and len(level) == 1
    assert abs((white.mean() - level[0]) * 2.5 - 25) <= 2.5 / 2


def test_the_table_of_folds_has_each_subject_once(tmp_path):
    groups = {"01": "MS", "02": "MS", "03": "healthy", "04": "healthy"}
    split_folds.split_folds(groups, 2, 1, tmp_path / "folds.tsv")
    rows = read_table(tmp_path / "folds.tsv", "\t")
    assert {row["subject"]: row["group"] for row in rows} == groups and len(rows) == 4
    for fold in ("fold_0", "fold_1"):
        assert sorted(r["group"] for r in rows if r["fold"] == fold) == ["MS", "healthy"]


def test_a_registrations_error_is_measured_at_the_brain(subjects, tmp_path):
    true, estimated = np.eye(4), np.eye(4)
    true[:3, 3], estimated[:3, 3] = [3.0, 4.0, 0.0], [3.0, 4.0, 0.6]
    matrices = {"mprage": np.eye(4), "flair": true, "reference": true}
    (tmp_path / "true.json").write_text(
        json.dumps({"Matrices": {name: matrix.tolist() for name, matrix in matrices.items()}})
    )
    found = {"mprage": np.eye(4), "flair": estimated, "reference": true}
    (tmp_path / "found.json").write_text(json.dumps({n: m.tolist() for n, m in found.items()}))
    table = tmp_path / "accuracy.csv"
    score_registration.score_registration(
        "01", tmp_path / "found.json", tmp_path / "true.json", subjects["01"]["brain"], table
    )
    rows = {row["scan"]: row for row in read_table(table)}
    assert set(rows) == {"flair", "reference"}  # the target does not move
    assert float(rows["flair"]["error_mm"]) == 0.6 and float(rows["flair"]["movement_mm"]) == 5.0
    assert float(rows["reference"]["error_mm"]) == 0


def test_the_cohort_mean_comes_from_training_subjects_only(subjects, tmp_path):
    labels = ["tissue", "structures", "rois", "excluding_csf"]
    names = [*labels, "slices", *QUANTITIES]
    fit_cohort_mean.fit_cohort_mean(
        training={name: {s: subjects[s][name] for s in ("01", "02")} for name in names},
        quantities=QUANTITIES,
        path_to_means=tmp_path / "means.json",
        path_to_training_files=tmp_path / "training_files.tsv",
    )
    held_out = {name: {"03": subjects["03"][name]} for name in [*labels, "slices"]}
    predict_cohort_mean.predict_cohort_mean(
        path_to_means=tmp_path / "means.json",
        held_out=held_out | {"scans": {"03": subjects["03"]["mprage"]}},
        about=ABOUT,
        folder=tmp_path,
    )
    T1_s, T2_s = (read_map(tmp_path / f"sub-03/anat/sub-03_{q}map.nii.gz") for q in QUANTITIES)
    tissue = read_map(subjects["03"]["tissue"])
    for label, own_s in TISSUE_T1_S.items():
        painted = T1_s[:, :, 20][tissue[:, :, 20] == label]
        np.testing.assert_allclose(painted, own_s * (1.0 + 1.1) / 2, rtol=1e-5)
    np.testing.assert_allclose(T2_s, 0.1 * T1_s, rtol=1e-5)
    assert list(np.flatnonzero(T1_s.any(axis=(0, 1)))) == list(range(2, 36))


def test_a_trained_network_predicts_the_maps_of_a_held_out_subject(subjects, trained, tmp_path):
    assert len(read_table(trained / "log.csv")) == 2
    predict_maps.predict_maps(
        path_to_model=trained / "model.keras",
        paths_to_slices=[subjects["03"]["slices"]],
        paths_to_scans=[subjects["03"]["mprage"]],
        contrasts=["flair", "mprage"],
        map_scale_s=3.0,
        about=ABOUT,
        folder=tmp_path,
    )
    brain = read_map(subjects["03"]["brain"]) > 0
    for quantity in QUANTITIES:
        image = nibabel.load(tmp_path / f"sub-03/anat/sub-03_{quantity}map.nii.gz")
        values = np.asarray(image.dataobj)
        assert image.shape == SHAPE and np.isfinite(values).all() and values.min() >= 0
        assert values[~brain].max() == 0 and values[:, :, 36:].max() == 0
