"""A small full study: it finishes, tests its results, reports on itself and is valid BIDS."""

import csv
import json
import re
import shutil
import subprocess

import nibabel

from small_studies import NETWORKS, TINY, environment


def rows(path):
    with open(path, newline="") as table:
        return list(csv.DictReader(table, delimiter="\t" if path.suffix == ".tsv" else ","))


def test_the_study_ends_with_a_report_on_simulated_subjects(study):
    page = (study / "results/tiny/report/index.html").read_text()
    assert "simulated" in page.lower()
    for heading in ("Table 1", "Table 2", "Figure 2", "Figure 3"):
        assert heading in page
    assert "Figure 1" in (study / "results/tiny/report/supplement.html").read_text()
    beside = r'claim\.html"|supplement\.html|\.\./ro-crate-metadata\.json"|\.\./quality/'
    assert not re.search(rf'src="(?!data:)|href="(?!#|https://doi\.org/|{beside})', page)


def test_tables_have_the_columns_that_the_documentation_names(study, root):
    of_study, per_fold = (root / "docs/tables.md").read_text().split("## Per fold")
    folders = {
        of_study: study / "results/tiny/tables",
        per_fold: study / f"results/tiny/evaluation/{NETWORKS[0]}/fold_0",
    }
    n_checked = 0
    for text, folder in folders.items():
        for name, columns in re.findall(r"^\| `(\w+\.csv)` \|[^|]*\|(.*)\|$", text, re.MULTILINE):
            if not (folder / name).is_file():
                continue  # a table of other studies
            with open(folder / name, newline="") as table:
                header = next(csv.reader(table))
            named = set(re.findall(r"`(\w+)`", columns))
            assert named <= set(header), f"{name}: {named - set(header)}"
            n_checked += 1
    assert n_checked > 15


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
            held_back = {
                row["subject"] for path in folder.glob("validation_files.tsv") for row in rows(path)
            }
            assert len(held_back) == (1 if predictor in NETWORKS else 0) and not read & held_back
            assert read | held_back == {subject for subject in fold_of if fold_of[subject] != fold}


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


def test_the_report_states_the_exactness_of_the_predictions(study):
    table = rows(study / "results/tiny/tables/exactness.csv")
    assert [row["predictor"] for row in table] == list(NETWORKS)
    for row in table:
        assert int(row["n_in_float32"]) + int(row["n_in_bfloat16"]) == 4
        assert 0 < float(row["T1_mean_ms"]) <= float(row["T1_max_ms"]) <= 50
    page = (study / "results/tiny/report/supplement.html").read_text()
    assert "Numerical precision of the networks" in page and "Slices checked" in page


def test_snakemake_makes_its_report_of_the_finished_study(study, snakemake):
    result = snakemake(study, *TINY[2:], "--report", "report.zip")
    assert result.returncode == 0, result.stderr[-3000:]
    assert "Unknown target name" not in result.stderr
    assert (study / "report.zip").stat().st_size > 100_000
