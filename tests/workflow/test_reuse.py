"""After a change, a finished study reruns the jobs that it affects and no others."""

import contextlib
import re
import shutil

import pytest
import yaml

from small_studies import TINY

LIBRARY = "workflow_scripts/contrast2map"
TRAINING = {"train_unet", "fit_regression", "fit_cohort_mean", "predict_maps"}
OF_THE_RUN = {"write_report", "describe_run"}  # rules that describe the whole study
PREPROCESSING = {"register_scans", "extract_brain", "segment_tissue", "label_structures"}


@pytest.fixture
def planned(study, snakemake):
    """Function that plans a run of the finished study; returns the rules that would run."""

    def plan(*arguments, folder=study):
        result = snakemake(folder, "--dry-run", *TINY, *arguments)
        assert result.returncode == 0, result.stderr[-3000:]
        text = result.stdout + result.stderr
        return {} if "Nothing to be done" in text else jobs_of(text)

    return plan


def jobs_of(text):
    found = dict(re.findall(r"^(\w+) +(\d+)$", text, re.MULTILINE))
    assert "total" in found, text[-2000:]
    return {rule: int(n) for rule, n in found.items() if rule not in ("total", "all")}


@contextlib.contextmanager
def edited(path, old, new):
    """Context in which a file of the study's project is edited."""
    before = path.read_text()
    assert old in before, path
    path.write_text(before.replace(old, new))
    try:
        yield
    finally:
        path.write_text(before)


def test_another_learning_rate_reruns_the_training_and_no_preprocessing(study, planned):
    other = study / "other_learning_rate.yaml"
    other.write_text("training: {learning_rate: 5.0e-4}\n")
    jobs = planned(other)
    assert jobs["train_unet"] == jobs["predict_maps"] == 4
    assert not {*PREPROCESSING, "normalise_slices", "simulate_subject", "fit_regression"} & set(
        jobs
    )


def test_one_more_subject_simulates_no_other(study, planned):
    other = study / "one_more.yaml"
    tiny = yaml.safe_load((study / "tests" / "config" / "tiny.yaml").read_text())
    groups = tiny["simulation"]["groups"]
    groups[-1]["n_subjects"] += 1
    other.write_text(yaml.safe_dump({"simulation": {"groups": groups}}))
    jobs = planned(other)
    assert jobs["simulate_subject"] == 1
    # Whether the new subject is admitted is known only after the input gate has run again.
    assert not PREPROCESSING & set(jobs)


def test_another_checkpoint_interval_affects_only_the_report(study, planned):
    other = study / "other_interval.yaml"
    other.write_text("training: {checkpoint_epochs: 3}\n")
    assert set(planned(other)) == {*OF_THE_RUN, "write_checklist"}


def test_changed_code_of_a_figure_reruns_the_figure_and_the_report(study, planned):
    with edited(study / LIBRARY / "figures/representative_cases.py", "\nfrom ", "\nA = 1\nfrom "):
        jobs = planned()
    assert set(jobs) == {"plot_representative_cases", *OF_THE_RUN}


def test_a_comment_or_a_docstring_in_the_library_reruns_nothing(study, planned):
    path = study / LIBRARY / "preprocessing/registration.py"
    with edited(path, "\nimport ", "\n# Words.\nimport "):
        assert planned() == {}
    path = study / LIBRARY / "preprocessing/normalisation.py"
    with edited(path, path.read_text().split('"""')[1], "Other words."):
        assert planned() == {}


def test_changed_code_in_the_library_reruns_what_uses_it(study, planned):
    path = study / LIBRARY / "preprocessing/normalisation.py"
    with edited(path, "\nimport ", "\nNEW = 1\nimport "):
        jobs = planned()
    assert {"normalise_slices", "train_unet", "write_report"} <= set(jobs)
    assert not {*PREPROCESSING, "simulate_subject", "check_subject"} & set(jobs)


def test_another_style_of_the_pages_trains_nothing(study, planned):
    with edited(study / LIBRARY / "report/page.css", "body", "main, body"):
        jobs = planned()
    assert {"tabulate_errors", "write_quality_page", "write_report"} <= set(jobs)
    assert not {*TRAINING, *PREPROCESSING} & set(jobs)


def test_a_lost_report_and_its_tables_are_made_again_without_training(study, planned, tmp_path):
    lost = [study / "results/tiny" / name for name in ("tables", "report")]
    for folder in lost:
        shutil.move(folder, tmp_path / folder.name)
    try:
        jobs = planned()
    finally:
        for folder in lost:
            shutil.move(tmp_path / folder.name, folder)
    assert {"check_dataset", "tabulate_errors", "tabulate_subjects", "write_report"} <= set(jobs)
    assert not {"train_unet", "fit_regression", *PREPROCESSING} & set(jobs)


def test_a_lost_table_of_subjects_is_made_again(study, snakemake):
    tables = study / "results/tiny/tables"
    before = {name: (tables / name).read_bytes() for name in ("input_gate.csv", "subjects.csv")}
    for name in before:
        (tables / name).unlink()
    targets = [f"results/tiny/tables/{name}" for name in before]
    result = snakemake(study, *TINY, "--", *targets)
    assert result.returncode == 0, result.stderr[-3000:]
    assert before == {name: (tables / name).read_bytes() for name in before}


def test_a_study_in_a_moved_folder_is_still_complete(study, planned, tmp_path):
    moved = shutil.copytree(study, tmp_path / "elsewhere", symlinks=True)
    assert planned(folder=moved) == {}
