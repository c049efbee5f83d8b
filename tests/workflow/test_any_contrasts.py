"""A study with other contrasts than the paper's, whose networks are pretrained, runs to its end."""

import json
import re

import nibabel
import pytest

from small_studies import THREADS

pytestmark = pytest.mark.slow  # a whole study of its own

CONFIG = ("--configfile", "tests/config/tiny.yaml", "tests/config/tiny_t1w_flair_t2w.yaml")
COHORT = "results/tiny_t1w_flair_t2w/cohort"
SUBJECT = "results/tiny_t1w_flair_t2w/preprocessed/sub-01"


@pytest.fixture(scope="module")
def folder(copy_project):
    return copy_project("contrasts")


@pytest.mark.parametrize(
    ("config", "n_subjects", "n_folds"),
    [(CONFIG, 4, 2), (("--configfile", "config/t1w_flair_t2w.yaml"), 6, 2)],
)
def test_a_full_study_of_t1w_flair_and_t2w_is_planned(
    config, n_subjects, n_folds, folder, snakemake
):
    result = snakemake(folder, "--dry-run", *config)
    assert result.returncode == 0, result.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.MULTILINE))
    assert jobs["simulate_subject"] == str(n_subjects)
    assert jobs["train_unet"] == str(2 * n_folds)  # two sets of inputs
    assert jobs["plot_lesion_cases"] == jobs["write_report"] == "1"


def test_each_scan_is_simulated_on_its_grid_and_preprocessed_to_slices(folder, snakemake):
    targets = (f"{SUBJECT}/slices.npz", f"{COHORT}/participants.tsv")
    result = snakemake(folder, "--cores", "2", *targets, *CONFIG)
    assert result.returncode == 0, result.stderr[-3000:]
    zooms = {
        suffix: nibabel.load(folder / COHORT / f"sub-01/anat/sub-01_{suffix}.nii.gz").header
        for suffix in ("T1w", "FLAIR", "T2w")
    }
    assert zooms["FLAIR"].get_data_shape() == (80, 80, 32)
    assert zooms["T1w"].get_data_shape() == zooms["T2w"].get_data_shape() == (64, 64, 48)
    sidecar = json.loads((folder / COHORT / "T2w.json").read_text())
    assert sidecar["ScanningSequence"] == ["SE"] and sidecar["RepetitionTimeExcitation"] == 4.5
    registered = nibabel.load(folder / SUBJECT / "registered_flair.nii.gz")
    assert registered.shape == (64, 64, 48)


def test_the_study_ends_with_a_report_of_fine_tuned_networks(folder, snakemake):
    result = snakemake(folder, "--cores", "2", *THREADS, *CONFIG)
    assert result.returncode == 0, result.stderr[-3000:]
    study = folder / "results/tiny_t1w_flair_t2w"
    methods = " ".join((study / "report/index.html").read_text().split())
    assert (
        "U-Net for any protocol, told the kind and the sequence parameters of its inputs" in methods
    )
    assert "AdamW for 4 epochs" in methods and "Adam for" not in methods
    logs = sorted(study.glob("training/network_*/fold_*/log.csv"))
    assert len(logs) == 4
    for log in logs:
        rows = log.read_text().splitlines()
        columns = rows[0].split(",")
        assert columns[:6] == "epoch n_steps learning_rate loss T1_error T2_error".split()
        assert columns[-1] == "seconds" and len(rows) == 5
    [card] = study.glob("models/t1w+flair+t2w/*.md")
    assert "network for any protocol, fine-tuned on these subjects" in card.read_text()
