"""Dry runs of presets that need a cluster or a cohort."""

import os
import re

import pytest
import yaml

from contrast2map.preprocessing import normalisation


@pytest.fixture(scope="module")
def folder(copy_project):
    """Folder of the project, with the names of eighteen BrainWeb heads and a config of them."""
    folder = copy_project("presets")
    (folder / "heads").mkdir()
    for number in range(18):
        (folder / "heads" / f"subject{number:02d}_crisp_v.mnc.gz").touch()
    (folder / "heads.yaml").write_text("simulation: {anatomy: {brainweb_folder: heads}}\n")
    return folder


@pytest.mark.parametrize(
    ("presets", "is_simulated"),
    [
        (["paper"], False),
        (["replication"], True),
        (["replication", "cpu"], True),
        (["replication", "efficient"], True),
        (["replication", "pretrained"], True),
    ],
)
def test_preset_dry_runs_with_six_folds_and_eighteen_subjects(
    presets, is_simulated, folder, snakemake
):
    files = [f"config/{preset}.yaml" for preset in presets]
    result = snakemake(folder, "--dry-run", "--configfile", *files, "heads.yaml")
    assert result.returncode == 0, result.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.MULTILINE))
    assert jobs["train_unet"] == "6"
    assert jobs["register_scans"] == "18"
    assert jobs["write_report"] == "1"
    assert ("simulate_subject" in jobs) == is_simulated


def test_the_network_of_any_protocol_needs_no_cohort(folder, snakemake):
    result = snakemake(folder, "--dry-run", "--configfile", "config/any_protocol.yaml")
    assert result.returncode == 0, result.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.MULTILINE))
    assert jobs == {
        "any_protocol": "1",
        "calibrate_any_protocol": "1",
        "train_any_protocol": "1",
        "total": "3",
    }


@pytest.mark.parametrize("preset", ["cpu", "coarse"])
def test_a_shorter_schedule_has_the_shape_of_the_paper_s(preset, folder):
    paper, shorter = (
        yaml.safe_load((folder / f"config/{name}.yaml").read_text())["training"]
        for name in ("paper", preset)
    )
    share = paper["n_epochs_constant"] / paper["n_epochs"]
    assert shorter["n_epochs_constant"] == round(share * shorter["n_epochs"])
    falls = [
        (of["n_epochs"] - of["n_epochs_constant"]) * of["decay_rate"] for of in (paper, shorter)
    ]
    assert falls[1] == pytest.approx(falls[0], rel=1e-2)


def test_the_preset_of_the_paper_has_its_recipe(folder):
    recipe = yaml.safe_load((folder / "config/paper.yaml").read_text())
    default = yaml.safe_load((folder / "config/config.yaml").read_text())
    training = default["training"] | recipe["training"]
    expected = {"optimiser": "adam", "beta_1": 0.5, "learning_rate": 1e-4, "batch_size": 16}
    expected |= {"schedule": "exponential", "n_epochs": 500, "n_epochs_constant": 300}
    expected |= {"decay_rate": 0.02, "gradient_norm": None, "validation_subjects": 0}
    expected |= {"start": "scratch", "patch_size": [160, 128], "ssim_weight": 0.1}
    assert {name: training[name] for name in expected} == expected
    assert (default["unet"] | recipe["unet"])["initialiser_sd"] == 0.02


def test_a_missing_folder_of_brainweb_heads_is_named(folder, snakemake):
    result = snakemake(folder, "--dry-run", "--configfile", "config/replication.yaml")
    assert result.returncode != 0
    assert "CONTRAST2MAP_BRAINWEB" in result.stderr.strip().splitlines()[-1]


def test_a_head_that_was_copied_again_simulates_no_subject_again(folder, snakemake):
    scan = "results/replication/cohort/sub-01/anat/sub-01_FLAIR.nii.gz"
    options = ["--configfile", "config/replication.yaml", "heads.yaml", "--rerun-triggers", "mtime"]
    rows = snakemake(folder, "--summary", *options, "--", scan).stdout.splitlines()[1:]
    simulated = [folder / row.split("\t")[0] for row in rows]
    assert folder / scan in simulated
    for path in simulated:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1e9, 1e9))  # years before the heads
    result = snakemake(folder, "--dry-run", *options, "--", scan)
    assert "Nothing to be done" in result.stdout + result.stderr
    (folder / scan).unlink()
    result = snakemake(folder, "--dry-run", *options, "--", scan)
    assert "simulate_subject" in result.stdout


def test_each_normalisation_is_planned_and_only_one_needs_the_tissue_segmentation(
    folder, snakemake
):
    for method in normalisation.METHODS:
        result = snakemake(
            folder,
            "--dry-run",
            "--configfile",
            "config/normalisation.yaml",
            "--config",
            f"preprocessing={{normalisation: {{method: {method}}}}}",
            "--",
            "results/normalisation_slice_p95/preprocessed/sub-01/slices.npz",
        )
        assert result.returncode == 0, result.stderr
        assert ("segment_tissue" in result.stdout) == (method == "reference_tissue"), method


@pytest.mark.parametrize(("laid_over", "n_folds"), [([], 6), (["coarse"], 3)])
def test_an_ablation_trains_seven_input_sets_in_each_fold(laid_over, n_folds, folder, snakemake):
    presets = [f"config/{name}.yaml" for name in ("replication", "ablation", *laid_over)]
    result = snakemake(folder, "--dry-run", "--configfile", *presets, "heads.yaml")
    assert result.returncode == 0, result.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", result.stdout, re.MULTILINE))
    assert jobs["train_unet"] == jobs["predict_maps"] == str(7 * n_folds)
    assert jobs["register_scans"] == "18"
    assert jobs["fit_regression"] == str(2 * n_folds)
    assert jobs["tabulate_ablation"] == jobs["plot_lesion_cases"] == "1"


def test_running_the_example_cohort_is_refused(folder, snakemake):
    target = "results/paper/preprocessed/sub-01/transforms.json"
    result = snakemake(folder, "--cores", "1", target, "--configfile", "config/paper.yaml")
    assert result.returncode != 0
    log = (folder / "results/paper/logs/register_scans/sub-01.log").read_text()
    assert "is empty" in log.strip().splitlines()[-1]
    assert not list((folder / "results/paper/preprocessed/sub-01").glob("*"))
