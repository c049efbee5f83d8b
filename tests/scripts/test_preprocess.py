"""The scripts from registered scans to predicted maps, on volumes of a few voxels."""

import json

import nibabel
import numpy as np
import pytest

import box_subject
import draw_masks
import fit_cohort_mean
import measure_quality
import predict_cohort_mean
import predict_maps
import train_unet
from box_subject import AFFINE, CONTRASTS, QUANTITIES, SHAPE, TISSUE_T1_S
from contrast2map.imaging import masks
from contrast2map.preprocessing import slices
from volume_files import read_rows

UNET = {"n_filters": 2, "n_levels": 2, "n_convolutions": 1, "initialiser_sd": 0.1}
UNET["normalisation_momentum"] = 0.9
PREDICTION = {"precision": "float32", "maximum_deviation_ms": {"T1": 1, "T2": 1}}
# Keys of the workflow, which do not affect a network.
OF_A_RULE = ("start", "seeds", "validation_subjects", "new_persons", "checkpoint_epochs")
ABOUT = {"name": "Maps", "description": "tiny"}
MASKS = {"csf_dilation_voxels": 1, "tissue_erosion_voxels": 1}
MASKS |= {"slab_distance_mm": 25, "n_slab_slices": 8}


def read_map(path):
    return np.asarray(nibabel.load(path).dataobj)


@pytest.fixture(scope="module")
def subjects(tmp_path_factory):
    root = tmp_path_factory.mktemp("preprocessed")
    gains = {"01": 1.0, "02": 1.1, "03": 0.5}
    found = {
        subject: box_subject.write(root / f"sub-{subject}", int(subject), gain)
        for subject, gain in gains.items()
    }
    for paths in found.values():
        box_subject.normalise(paths)
    return found


@pytest.fixture(scope="module")
def trained(subjects, study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    changes = {"patch_size": [16, 16], "batch_size": 8, "n_epochs": 2, "n_epochs_constant": 1}
    training = {key: study["training"][key] for key in study["training"] if key not in OF_A_RULE}
    train_unet.train_unet(
        paths_to_slices=[subjects["01"]["slices"], subjects["02"]["slices"]],
        paths_to_validation=[],
        contrasts=["flair", "mprage"],
        unet=UNET,
        training=training | changes,
        path_to_weights=None,
        protocol=None,
        map_scale_s=3.0,
        study_seed=3,
        repetition="1",
        memory_mb=1000,
        code="0",
        checkpoint_folder=folder / "checkpoint",
        checkpoint_epochs=1,
        path_to_log=folder / "log.csv",
        path_to_model=folder / "model.keras",
        path_to_training_files=folder / "training_files.tsv",
        path_to_validation_files=folder / "validation_files.tsv",
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


def test_the_table_of_slices_gives_the_reason_of_each_exclusion(subjects, tmp_path):
    paths = subjects["01"] | {"slices": tmp_path / "a.npz", "table": tmp_path / "a.tsv"}
    assert 10 not in box_subject.normalise(paths, excluded=[10]).slice_indices
    rows = read_rows(paths["table"], "\t")
    assert [rows[n]["selected"] for n in (1, 2, 10, 35, 36)] == (
        ["False", "True", "False", "True", "False"]
    )
    assert rows[10]["reason"] == "excluded by hand" and "brain area" in rows[1]["reason"]
    assert "reference covers" in rows[36]["reason"]
    assert float(rows[2]["brain_area_mm2"]) == 18 * 22 * 2 * 2


def test_a_subject_without_slices_has_an_empty_stack_and_the_reasons(subjects, tmp_path):
    paths = subjects["01"] | {"slices": tmp_path / "a.npz", "table": tmp_path / "a.tsv"}
    stored = box_subject.normalise(paths, minimum_brain_area_mm2=1e6)
    assert stored.inputs.shape == (0, 28, 24, 2) and stored.maps.shape == (0, 28, 24, 2)
    assert stored.brain.shape == (0, 28, 24) and len(stored.slice_indices) == 0
    assert all(row["reason"] for row in read_rows(paths["table"], "\t"))


def test_without_structures_no_region_is_drawn(subjects, tmp_path):
    empty = tmp_path / "structures.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.zeros(SHAPE, np.uint8), AFFINE), empty)
    paths = subjects["01"] | {"structures": empty}
    outside_csf, rois = tmp_path / "outside_csf.nii.gz", tmp_path / "rois.nii.gz"
    draw_masks.draw_masks(paths, outside_csf, rois, **MASKS)
    assert not read_map(rois).any() and read_map(outside_csf).any()


def judged(subject, study, folder, problem=None, swap=False):
    """Result of measure_quality for a subject made of boxes."""
    numbers = {"rotation_deg": 1.0, "translation_mm": 2.0, "overlap": 1.0, "similarity": 0.2}
    numbers |= {"distinctness": 1.8, "problem": None}
    (folder / "registration.json").write_text(json.dumps({"flair": numbers}))
    for step in ("brain_extraction", "tissue_segmentation"):
        content = {step: {"engine": "embedded", "version": "1", "problem": problem}}
        (folder / f"{step}.json").write_text(json.dumps(content))
    names = ("registration", "brain_extraction", "tissue_segmentation")
    tissue = read_map(subject["tissue"])
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 6, SHAPE)
    levels = {"mprage": [0, 40, 80, 110], "flair": [0, 40, 100, 90]}
    if swap:
        levels = {"mprage": levels["mprage"], "flair": levels["mprage"]}
    registered = {name: subject[name] for name in (*QUANTITIES, "coverage")}
    for name, of_tissue in levels.items():
        values = (np.array(of_tissue)[tissue] + noise).astype(np.float32)
        registered[name] = folder / f"{name}.nii.gz"
        nibabel.save(nibabel.Nifti1Image(values, AFFINE), registered[name])
    measure_quality.measure_quality(
        subject="01",
        inputs=registered
        | {name: subject[name] for name in ("brain", "tissue", "slices")}
        | {name: folder / f"{name}.json" for name in names}
        | {"turned": []},
        sequences={
            one["name"]: one["sequence"] for one in study["contrasts"] if one["name"] in CONTRASTS
        },
        quantities=QUANTITIES,
        target="mprage",
        tissues=study["simulation"]["tissues"],
        limits=study["quality"],
        path_to_quality=folder / "quality.json",
    )
    return json.loads((folder / "quality.json").read_text())


def test_quality_is_measured_judged_and_written(subjects, study, tmp_path):
    found = judged(subjects["01"], study, tmp_path)
    assert set(found) == {*("subject", "verdict", "findings", "measures", "registration", "steps")}
    assert found["registration"]["flair"]["overlap"] == 1.0
    assert found["steps"][0]["brain_extraction"]["engine"] == "embedded"
    assert found["measures"]["n_slices"] == 34
    assert found["measures"]["flair_tissue_order"] > 0
    assert abs(found["measures"]["reference_T1_wm_s"] - 0.8) < 0.01
    # The only faults of the box: its volume, 140 ml, is implausible for a brain, and its sides are
    # alike, so that it has no orientation.
    for finding in found["findings"]:
        is_turned = "does not lie as the header says" in finding["problem"]
        assert is_turned or "brain" in finding["file"] or "tissue" in finding["file"]


def test_a_scan_of_another_contrast_and_a_failed_step_fail(subjects, study, tmp_path):
    swapped = judged(subjects["01"], study, tmp_path, swap=True)
    said = " ".join(finding["problem"] for finding in swapped["findings"])
    assert swapped["verdict"] == "fail" and "flair looks like another contrast" in said
    defeated = judged(subjects["01"], study, tmp_path, problem="no head in it")
    assert "no brain was found: no head in it" in [f["problem"] for f in defeated["findings"]]


def test_masks_are_drawn_and_written_on_the_brains_grid(subjects, tmp_path):
    outside_csf, rois = tmp_path / "outside_csf.nii.gz", tmp_path / "rois.nii.gz"
    draw_masks.draw_masks(subjects["01"], outside_csf, rois, **MASKS)
    kept = read_map(outside_csf) > 0
    assert kept.sum() == 14 * 18 * 36  # grey matter loses the layer that touches CSF
    labels = read_map(rois)
    assert set(np.unique(labels)) == {0, *masks.ROI_LABELS.values()}
    white = np.flatnonzero((labels == masks.ROI_LABELS["wm"]).any(axis=(0, 1)))
    level = np.flatnonzero((labels == masks.ROI_LABELS["putamen"]).any(axis=(0, 1)))
    assert len(white) == 8 and len(level) == 1
    assert abs((white.mean() - level[0]) * 2.5 - 25) <= 2.5 / 2


def test_the_cohort_mean_comes_from_training_subjects_only(subjects, tmp_path):
    labels = ["tissue", "structures", "roi", "excluding_csf"]
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
    assert len(read_rows(trained / "log.csv")) == 2
    predict_maps.predict_maps(
        path_to_model=trained / "model.keras",
        paths_to_slices=[subjects["03"]["slices"]],
        paths_to_scans=[subjects["03"]["mprage"]],
        contrasts=["flair", "mprage"],
        map_scale_s=3.0,
        about=ABOUT,
        folder=tmp_path,
        path_to_exactness=tmp_path / "exactness.json",
        **PREDICTION,
    )
    brain = read_map(subjects["03"]["brain"]) > 0
    for quantity in QUANTITIES:
        image = nibabel.load(tmp_path / f"sub-03/anat/sub-03_{quantity}map.nii.gz")
        values = np.asarray(image.dataobj)
        assert image.shape == SHAPE and np.isfinite(values).all() and values.min() >= 0
        assert values[~brain].max() == 0 and values[:, :, 36:].max() == 0
