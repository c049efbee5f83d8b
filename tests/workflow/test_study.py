"""A small full study: it finishes, is reproducible, survives kills and is valid BIDS."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import nibabel
import pytest

from small_studies import TINY, command, environment

NETWORKS = ("network_mprage+gre+flair_seed-1", "network_mprage+gre+flair_seed-2")
# Where a run is killed: as soon as this file is there.
MOMENTS = {
    "simulation": "results/tiny/logs/simulate_subject/sub-01.log",
    "training": f"results/tiny/checkpoints/{NETWORKS[0]}/fold_1/state.npz",
    "report": "results/tiny/logs/write_report.log",
}


@pytest.fixture(scope="module")
def killed_study(study, tmp_path_factory, snakemake):
    """Folder of a study that lost a subject and was killed in simulation, training and report."""
    folder = tmp_path_factory.mktemp("killed") / "study"
    shutil.copytree(study, folder)
    results = folder / "results/tiny"
    for path in [*results.glob("cohort/**/sub-01"), results / "preprocessed/sub-01"]:
        shutil.rmtree(path)
    for name in ("logs", "training", "predictions", "evaluation", "tables", "figures", "models"):
        shutil.rmtree(results / name)
    (results / "report/index.html").unlink()
    for moment, path in MOMENTS.items():
        run_until_killed(folder, folder / path, moment)
    result = snakemake(folder, *TINY)
    assert result.returncode == 0, result.stderr[-5000:]
    return folder


def run_until_killed(folder, path, moment, timeout_s=900):
    """Start the study; SIGKILL it and all its jobs as soon as a file exists."""
    with open(folder / f"killed_in_{moment}.log", "w") as log:
        process = subprocess.Popen(
            command(*TINY),
            cwd=folder,
            env=environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started = time.monotonic()
    while not path.exists():
        assert process.poll() is None, f"ended before {moment}: {log.name}"
        assert time.monotonic() - started < timeout_s
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def rows(path):
    with open(path, newline="") as table:
        return list(csv.DictReader(table, delimiter="\t" if path.suffix == ".tsv" else ","))


def relative_files(folder, pattern):
    return sorted(path.relative_to(folder) for path in folder.rglob(pattern) if path.is_file())


def test_the_study_ends_with_a_report_on_simulated_subjects(study):
    page = (study / "results/tiny/report/index.html").read_text()
    assert "simulated" in page.lower()
    for heading in ("Table 1", "Table 2", "Figure 1", "Figure 2", "Figure 3"):
        assert heading in page
    beside = r'claim\.html"|\.\./ro-crate-metadata\.json"|\.\./quality/'
    assert not re.search(rf'src="(?!data:)|href="(?!#|https://doi\.org/|{beside})', page)


def test_second_run_does_nothing(study, snakemake):
    result = snakemake(study, *TINY)
    assert result.returncode == 0
    assert "Nothing to be done" in result.stderr + result.stdout


def test_each_subject_is_held_out_once_and_not_in_the_training_of_that_fold(study):
    fold_of = {row["subject"]: row["fold"] for row in rows(study / "results/tiny/folds/folds.tsv")}
    assert sorted(fold_of) == ["01", "02", "03", "04"]
    predictors = {path.name for path in (study / "results/tiny/predictions").iterdir()}
    assert predictors == {*NETWORKS, "cohort_mean", "linear_regression", "gradient_boosting"}
    for predictor in predictors:
        for fold in ("fold_0", "fold_1"):
            folder = study / "results/tiny/predictions" / predictor / fold
            held_out = {path.name.removeprefix("sub-") for path in folder.glob("sub-*")}
            assert held_out == {subject for subject in fold_of if fold_of[subject] == fold}
    for predictor in predictors:
        for fold in ("fold_0", "fold_1"):
            folder = study / "results/tiny/training" / predictor / fold
            read = {row["subject"] for row in rows(folder / "training_files.tsv")}
            assert read == {subject for subject in fold_of if fold_of[subject] != fold}


def test_one_more_seed_trains_only_the_networks_of_that_seed(study, snakemake):
    extra = study / "one_more_seed.yaml"
    extra.write_text("training: {seeds: [1, 2, 3]}\n")
    result = snakemake(study, "--dry-run", *TINY, extra)
    assert result.returncode == 0, result.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.MULTILINE))
    assert jobs["train_unet"] == jobs["predict_maps"] == "2"
    assert jobs["tabulate_seeds"] == "1"
    assert not {"fit_regression", "tabulate_errors", "normalise_slices"} & set(jobs)


def test_results_are_tested_and_a_changed_map_is_detected(study, snakemake):
    stamp = study / "results/tiny/tests/artefacts.passed"
    assert stamp.exists()
    path = study / "results/tiny/predictions/cohort_mean/fold_0"
    path = next(path.glob("sub-*/anat/*_T1map.nii.gz"))
    before = path.read_bytes()
    image = nibabel.load(path)
    changed = image.get_fdata(dtype="float32")
    changed[changed > 0] += 0.01
    try:
        nibabel.save(nibabel.Nifti1Image(changed, image.affine, image.header), path)
        result = snakemake(study, "--cores", "1", "--force", stamp.relative_to(study), *TINY[2:])
        assert result.returncode != 0
        assert not stamp.exists()
    finally:
        path.write_bytes(before)
    result = snakemake(study, *TINY)
    assert result.returncode == 0 and stamp.exists(), result.stderr[-3000:]


def test_cohort_and_its_derivatives_are_valid_bids(study):
    validator = shutil.which("bids-validator-deno", path=environment()["PATH"])
    assert validator, "bids-validator-deno is part of requirements-test.txt"
    cohort = study / "results/tiny/cohort"
    predictions = study / "results/tiny/predictions" / NETWORKS[0] / "fold_0"
    for dataset in (
        cohort,
        cohort / "derivatives/reference",
        cohort / "derivatives/truth",
        predictions,
    ):
        result = subprocess.run(
            [validator, "--json", str(dataset)],
            capture_output=True,
            text=True,
            env=environment() | {"NO_COLOR": "1"},
        )
        issues = json.loads(result.stdout)["issues"]["issues"]
        errors = [issue for issue in issues if issue["severity"] == "error"]
        assert not errors, f"{dataset.name}: {errors[:3]}"


@pytest.mark.slow
def test_a_killed_study_ends_with_the_tables_of_an_undisturbed_one(study, killed_study):
    folder = Path("results/tiny/tables")
    tables = relative_files(study / folder, "*.csv")
    assert len(tables) >= 3
    assert tables == relative_files(killed_study / folder, "*.csv")
    for name in tables:
        if name.name == "run_time.csv":  # no two runs take the same time
            continue
        assert (study / folder / name).read_text() == (killed_study / folder / name).read_text()


@pytest.mark.slow
def test_a_killed_training_resumed_and_no_checkpoint_is_left(study, killed_study):
    log = (
        killed_study
        / f"results/tiny/logs/train_unet/{NETWORKS[0].removeprefix('network_')}/fold_1.log"
    )
    assert re.search(r"resuming after epoch \d+ from ", log.read_text())
    for folder in (study, killed_study):
        assert not (folder / "results/tiny/checkpoints").exists()


def test_the_report_states_the_exactness_of_the_predictions(study):
    table = rows(study / "results/tiny/tables/exactness.csv")
    assert [row["predictor"] for row in table] == list(NETWORKS)
    for row in table:
        assert int(row["n_in_float32"]) + int(row["n_in_bfloat16"]) == 4
        assert 0 < float(row["T1_mean_ms"]) <= float(row["T1_max_ms"]) <= 50
    page = (study / "results/tiny/report/index.html").read_text()
    assert "Numerical precision of the networks" in page and "Slices checked" in page


@pytest.mark.slow
def test_the_same_seed_gives_identical_bytes_of_cohort_masks_and_folds(study, killed_study):
    compared = 0
    for part in ("cohort", "preprocessed", "folds"):
        folder = Path("results/tiny") / part
        names = relative_files(study / folder, "*")
        assert names == relative_files(killed_study / folder, "*")
        for name in names:
            if name.suffix != ".png":
                ours, theirs = study / folder / name, killed_study / folder / name
                assert ours.read_bytes() == theirs.read_bytes(), name
                compared += 1
    assert compared > 80


def test_snakemake_makes_its_report_of_the_finished_study(study, snakemake):
    result = snakemake(study, *TINY[2:], "--report", "report.zip")
    assert result.returncode == 0, result.stderr[-3000:]
    assert "Unknown target name" not in result.stderr
    assert (study / "report.zip").stat().st_size > 100_000
