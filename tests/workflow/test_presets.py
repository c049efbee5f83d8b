"""The presets that need a cluster or a cohort are planned whole."""

import re

import pytest


@pytest.fixture(scope="module")
def folder(copy_project):
    return copy_project("presets")


@pytest.mark.parametrize(("preset", "is_simulated"), [("paper", False), ("replication", True)])
def test_preset_dry_runs_with_six_folds_and_eighteen_subjects(
    preset, is_simulated, folder, snakemake
):
    result = snakemake(folder, "--dry-run", "--configfile", f"config/{preset}.yaml")
    assert result.returncode == 0, result.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.MULTILINE))
    assert jobs["train_unet"] == "6"
    assert jobs["register_scans"] == "18"
    assert jobs["write_report"] == "1"
    assert ("simulate_subject" in jobs) == is_simulated


def test_ablation_of_a_preset_trains_each_of_the_seven_input_sets_in_each_fold(folder, snakemake):
    presets = ("config/replication.yaml", "config/ablation.yaml")
    result = snakemake(folder, "--dry-run", "--configfile", *presets)
    assert result.returncode == 0, result.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.MULTILINE))
    assert jobs["train_unet"] == jobs["predict_maps"] == "42"
    assert jobs["register_scans"] == "18"
    assert jobs["fit_regression"] == "12"
    assert jobs["tabulate_ablation"] == jobs["plot_lesion_cases"] == "1"


def test_example_cohort_is_refused_when_it_is_run(folder, snakemake):
    target = "results/paper/preprocessed/sub-01/transforms.json"
    result = snakemake(folder, "--cores", "1", target, "--configfile", "config/paper.yaml")
    assert result.returncode != 0
    log = (folder / "results/paper/logs/register_scans/sub-01.log").read_text()
    assert "is empty" in log.strip().splitlines()[-1]
    assert not list((folder / "results/paper/preprocessed/sub-01").glob("*"))
