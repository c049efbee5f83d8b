"""A study stops with one line if a fit read a file of a held-out subject."""

import shutil
from pathlib import Path

import pytest

import box_subject
import check_leakage
import fit_cohort_mean
import fit_regression
import train_unet
from box_subject import CONTRASTS, QUANTITIES
from contrast2map.evaluation import leakage
from contrast2map.preprocessing import slices
from contrast2map.study import opened_files
from table_files import files_of, read_layouts
from volume_files import read_rows

FOLD_OF = {"01": "fold_0", "02": "fold_0", "03": "fold_1", "04": "fold_1"}
LABELS = {"tissue": "tissue_dseg", "structures": "structure_dseg", "roi": "roi_dseg"}
LABELS |= {"coverage": "coverage_mask", "brain": "brain_mask"}
LABELS |= {"excluding_csf": "excluding_csf_mask"}
NAMES = ["tissue", "structures", "roi", "excluding_csf", "slices", *QUANTITIES]
BASELINES = {
    "n_training_voxels": 400,
    "gradient_boosting": {"n_iterations": 2, "learning_rate": 0.1, "max_leaf_nodes": 3},
}
UNET = {"n_filters": 1, "n_levels": 1, "n_convolutions": 1, "initialiser_sd": 0.1}
UNET |= {"normalisation_momentum": 0.9}


def fit_regression_of(paths, folder):
    fit_regression.fit_regression(
        paths_to_slices=[of_subject["slices"] for of_subject in paths.values()],
        kind="linear_regression",
        contrasts=CONTRASTS,
        seed=1,
        path_to_model=folder / "model.joblib",
        path_to_training_files=folder / "training_files.tsv",
        **BASELINES,
    )


def fit_cohort_mean_of(paths, folder):
    fit_cohort_mean.fit_cohort_mean(
        training={name: {s: paths[s][name] for s in paths} for name in NAMES},
        quantities=QUANTITIES,
        path_to_means=folder / "means.json",
        path_to_training_files=folder / "training_files.tsv",
    )


FITS = {"linear_regression": fit_regression_of, "cohort_mean": fit_cohort_mean_of}


class Study:
    """Four preprocessed subjects and two fits per fold, in the working directory."""

    def __init__(self, folder):
        self.folder = folder
        self.paths = {}
        for subject in FOLD_OF:
            preprocessed = Path("preprocessed") / f"sub-{subject}"
            paths = box_subject.write(preprocessed, int(subject), 1 + 0.01 * int(subject))
            for name, file in LABELS.items():  # as in a study; all subjects' are the same here
                paths[name] = paths[name].rename(preprocessed / f"{file}.nii.gz")
            self.paths[subject] = paths
        with open("folds.tsv", "w") as table:
            table.write("subject\tgroup\tfold\n")
            table.writelines(f"{subject}\tMS\t{fold}\n" for subject, fold in FOLD_OF.items())

    def normalise(self):
        for paths in self.paths.values():
            box_subject.normalise(paths)

    def fit(self):
        for fold in ("fold_0", "fold_1"):
            for predictor in FITS:
                self.fit_one(predictor, fold, [s for s in FOLD_OF if FOLD_OF[s] != fold])

    def fit_one(self, predictor, fold, subjects):
        folder = Path("training") / predictor / fold
        folder.mkdir(parents=True, exist_ok=True)
        FITS[predictor]({subject: self.paths[subject] for subject in subjects}, folder)

    def tables(self, name):
        return sorted(map(str, Path("training").rglob(name)))

    def check(self):
        check_leakage.check_leakage(
            path_to_folds="folds.tsv",
            paths_to_training_files=self.tables("training_files.tsv"),
            paths_to_validation_files=self.tables("validation_files.tsv"),
            paths_to_normalisation_files=[paths["files"] for paths in self.paths.values()],
            simulated=True,
            outputs=files_of(self.folder, "leakage"),
        )


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Study(tmp_path)


def test_a_study_without_leakage_gets_a_table_and_a_page(study):
    study.normalise()
    study.fit()
    study.check()
    rows = {(row["fold"], row["predictor"]): row for row in read_rows("leakage.csv")}
    assert len(rows) == 4
    row = rows["fold_0", "linear_regression"]
    assert row["training_subjects"] == "03 04" and row["held_out_subjects"] == "01 02"
    # Two contrasts, two maps, coverage and brain for the normalisation, then the slices.
    assert (row["n_training_subjects"], row["n_files"], row["n_leaked"]) == ("2", "14", "0")
    # Four images of labels more for each of two subjects.
    assert rows["fold_1", "cohort_mean"]["n_files"] == "22"
    (layout,) = read_layouts(study.folder, "leakage")
    assert [row[:2] for row in layout.rows] == [
        [fold, name]
        for fold in ("fold_0", "fold_1")
        for name in ("Tissue mean", "Linear regression")
    ]
    assert "SIMULATED" in Path("leakage.html").read_text()


@pytest.mark.parametrize("predictor", FITS)
def test_a_fit_on_a_held_out_subject_stops_the_study(predictor, study, caplog):
    study.normalise()
    study.fit()
    study.fit_one(predictor, "fold_1", ["01", "02", "04"])
    with pytest.raises(leakage.LeakageError) as caught:
        study.check()
    line = str(caught.value)
    assert line.startswith(f"fold_1, {predictor}: the fit read preprocessed/sub-04/")
    assert "of held-out sub-04" in line and "\n" not in line
    assert line.split(" (and")[0] in caplog.text
    assert not Path("leakage.csv").exists()


def test_a_file_that_no_rule_declares_stops_the_study(study, monkeypatch):
    study.normalise()
    load = slices.load

    def load_and_peek(path):
        load(study.paths["03"]["slices"])
        return load(path)

    monkeypatch.setattr(slices, "load", load_and_peek)
    study.fit()
    with pytest.raises(leakage.LeakageError, match="fold_1, .* read preprocessed/sub-03/slices"):
        study.check()


def test_one_person_under_two_labels_in_two_folds_stops_the_study(study):
    for name in (*CONTRASTS, *QUANTITIES):
        shutil.copy(study.paths["01"][name], study.paths["04"][name])
    study.normalise()
    study.fit()
    with pytest.raises(leakage.LeakageError) as caught:
        study.check()
    assert str(caught.value).startswith("fold_0, cohort_mean: preprocessed/sub-04/")
    assert "of held-out sub-01" in str(caught.value)


def test_normalisation_with_the_scan_of_another_subject_stops_the_study(study):
    study.normalise()
    box_subject.normalise(study.paths["02"] | {"flair": study.paths["03"]["flair"]})
    study.fit()
    reason = "fold_1, .*normalisation of sub-02 read preprocessed/sub-03/flair.nii.gz of held-out"
    with pytest.raises(leakage.LeakageError, match=reason):
        study.check()


def test_a_validation_subject_that_a_fit_adapted_to_stops_the_study(study):
    study.normalise()
    study.fit()
    folder = Path("training/linear_regression/fold_0")
    rows = opened_files.read_table(folder / "training_files.tsv")
    opened_files.write_rows(rows[:1], folder / "validation_files.tsv")
    with pytest.raises(leakage.LeakageError, match="fold_0, .*adapted to .*subject sub-03"):
        study.check()
    opened_files.write_rows(rows[1:], folder / "training_files.tsv")
    study.check()
    rows = {(row["fold"], row["predictor"]): row for row in read_rows("leakage.csv")}
    row = rows["fold_0", "linear_regression"]
    assert (row["training_subjects"], row["validation_subjects"]) == ("04", "03")
    assert (row["n_training_subjects"], row["n_files"]) == ("1", "14")


def test_a_network_records_its_training_slices(study):
    study.normalise()
    train_unet.train_unet(
        paths_to_slices=[study.paths[subject]["slices"] for subject in ("04", "02")],
        paths_to_validation=[study.paths["03"]["slices"]],
        contrasts=["flair"],
        unet=UNET,
        training={"patch_size": [16, 16], "batch_size": 8, "n_epochs": 1, "n_epochs_constant": 1}
        | {"decay_rate": 0.1, "learning_rate": 1e-3, "beta_1": 0.5}
        | {"ssim_weight": 0.1, "ssim_data_range": None, "precision": "float32"}
        | {"optimiser": "adam", "weight_decay": 0.0, "gradient_norm": None}
        | {"schedule": "exponential", "n_warm_up_epochs": 0, "n_epochs_frozen": 0},
        path_to_weights=None,
        protocol=None,
        map_scale_s=3.0,
        study_seed=1,
        repetition="1",
        memory_mb=1000,
        code="0",
        checkpoint_folder="checkpoint",
        checkpoint_epochs=1,
        path_to_log="log.csv",
        path_to_model="model.keras",
        path_to_training_files="training_files.tsv",
        path_to_validation_files="validation_files.tsv",
        report=lambda line: None,
    )
    rows = opened_files.read_table("training_files.tsv")
    assert [row["file"] for row in rows] == (
        ["preprocessed/sub-02/slices.npz", "preprocessed/sub-04/slices.npz"]
    )
    assert rows[0]["sha256"] == opened_files.file_sha256(study.paths["02"]["slices"])
    (row,) = opened_files.read_table("validation_files.tsv")
    assert row["file"] == "preprocessed/sub-03/slices.npz"
    (epoch,) = read_rows("log.csv")
    assert float(epoch["validation_T1_error"]) > 0
