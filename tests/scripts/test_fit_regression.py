"""The scripts of the voxel-wise regressions, on volumes of a few voxels."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import joblib
import nibabel
import numpy as np
import pytest

import box_subject
import fit_regression
import predict_regression
from box_subject import CONTRASTS, QUANTITIES, SHAPE
from contrast2map.learning import regression
from contrast2map.study import opened_files

KINDS = ["linear_regression", "gradient_boosting"]
BOOSTING = {"n_iterations": 50, "learning_rate": 0.2, "max_leaf_nodes": 15}
BASELINES = {"n_training_voxels": 4000, "gradient_boosting": BOOSTING}
ABOUT = {"name": "Maps", "description": "tiny"}


@pytest.fixture(scope="module")
def subjects(tmp_path_factory):
    root = tmp_path_factory.mktemp("preprocessed")
    found = {}
    for subject in ("01", "02", "03"):
        paths = box_subject.write(root / f"sub-{subject}", int(subject))
        add_noise([paths[quantity] for quantity in QUANTITIES], int(subject))
        box_subject.normalise(paths)
        found[subject] = paths
    return found


def add_noise(paths, seed):
    """Make maps continuous, as measured ones are; half the voxels would equal their median."""
    rng = np.random.default_rng(seed)
    for path in paths:
        image = nibabel.load(path)
        values = np.asarray(image.dataobj) * rng.normal(1, 0.02, image.shape)
        nibabel.save(nibabel.Nifti1Image(values.astype(np.float32), image.affine), path)


def fit_and_predict(subjects, kind, folder, contrasts=CONTRASTS, seed=1):
    """Maps of sub-03 from a regression on the other two, by quantity."""
    folder.mkdir()
    fit_regression.fit_regression(
        paths_to_slices=[subjects[subject]["slices"] for subject in ("01", "02")],
        kind=kind,
        contrasts=contrasts,
        seed=seed,
        path_to_model=folder / "model.joblib",
        path_to_training_files=folder / "training_files.tsv",
        **BASELINES,
    )
    predict_regression.predict_regression(
        path_to_model=folder / "model.joblib",
        paths_to_slices=[subjects["03"]["slices"]],
        paths_to_scans=[subjects["03"]["mprage"]],
        map_scale_s=3.0,
        about=ABOUT,
        folder=folder / "maps",
    )
    return {q: folder / f"maps/sub-03/anat/sub-03_{q}map.nii.gz" for q in QUANTITIES}


@pytest.mark.parametrize("kind", KINDS)
def test_a_regression_predicts_the_maps_of_a_held_out_subject(kind, subjects, tmp_path):
    maps = fit_and_predict(subjects, kind, tmp_path / kind)
    brain = np.asarray(nibabel.load(subjects["03"]["brain"]).dataobj) > 0
    for quantity, path in maps.items():
        image = nibabel.load(path)
        values, measured = (
            np.asarray(each.dataobj) for each in (image, nibabel.load(subjects["03"][quantity]))
        )
        assert image.shape == SHAPE and np.isfinite(values).all() and values.min() >= 0
        assert values[~brain].max() == 0 and values[:, :, 36:].max() == 0
        known = brain & (measured > 0)
        off = np.abs(values - measured)[known].mean()
        by_mean = np.abs(measured[known].mean() - measured[known]).mean()
        assert off < 0.5 * by_mean  # the image is nearly a function of T1


@pytest.mark.parametrize("kind", KINDS)
def test_a_repeated_regression_gives_the_same_bytes(kind, subjects, tmp_path):
    first, second = (
        fit_and_predict(subjects, kind, tmp_path / name) for name in ("first", "second")
    )
    for quantity in QUANTITIES:
        assert first[quantity].read_bytes() == second[quantity].read_bytes()


def test_the_number_of_threads_changes_no_byte(subjects, tmp_path):
    predicted = []
    for n_threads in ("1", "2"):
        code = (
            "import test_fit_regression as t, pathlib, sys\n"
            "paths = dict(zip(['01', '02', '03'], sys.argv[2:]))\n"
            "subjects = {s: {'slices': pathlib.Path(p) / 'slices.npz',"
            " 'mprage': pathlib.Path(p) / 'mprage.nii.gz'} for s, p in paths.items()}\n"
            "t.fit_and_predict(subjects, 'gradient_boosting', pathlib.Path(sys.argv[1]))\n"
        )
        folders = [str(paths["slices"].parent) for paths in subjects.values()]
        here = Path(__file__).parent
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / n_threads), *folders],
            check=True,
            env=os.environ
            | {
                "OMP_NUM_THREADS": n_threads,
                "PYTHONPATH": f"{here}{os.pathsep}{here.parents[1] / 'workflow_scripts'}",
            },
        )
        maps = sorted((tmp_path / n_threads / "maps").rglob("*.nii.gz"))
        predicted.append([path.read_bytes() for path in maps])
    assert len(predicted[0]) == 2 and predicted[0] == predicted[1]


def test_a_regression_uses_only_the_given_contrasts(subjects, tmp_path):
    fit_and_predict(subjects, "linear_regression", tmp_path / "flair", ["flair"])
    fitted = joblib.load(tmp_path / "flair/model.joblib")
    assert fitted.contrasts == ["flair"] and fitted.estimators[0].n_features_in_ == 1


def test_the_studys_seed_draws_each_subjects_voxels_and_bins_the_trees(
    subjects, tmp_path, monkeypatch
):
    drawn = []
    draw_voxels = regression.draw_voxels

    def remember(of_subjects, contrasts, n_voxels, generators):
        drawn.append({s: copy.deepcopy(rng).random() for s, rng in generators.items()})
        return draw_voxels(of_subjects, contrasts, n_voxels, generators)

    monkeypatch.setattr(regression, "draw_voxels", remember)
    for name, kind, seed in (("a", KINDS[0], 1), ("b", KINDS[1], 1), ("c", KINDS[1], 2)):
        fit_and_predict(subjects, kind, tmp_path / name, seed=seed)
    assert drawn[0] == drawn[1] and drawn[0]["01"] != drawn[0]["02"]
    assert drawn[1]["01"] != drawn[2]["01"]
    seeds = [joblib.load(tmp_path / name / "model.joblib").estimators for name in ("b", "c")]
    assert [estimators[0].random_state for estimators in seeds] == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_of_a_fit_are_those_of_its_training_subjects(kind, subjects, tmp_path):
    fit_and_predict(subjects, kind, tmp_path / kind)
    rows = opened_files.read_table(tmp_path / kind / "training_files.tsv")
    assert [(row["subject"], Path(row["file"])) for row in rows] == [
        (subject, subjects[subject]["slices"]) for subject in ("01", "02")
    ]
