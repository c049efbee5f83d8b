"""Recipes of a training from scratch at equal compute: the error of a subject that none has seen.

    python benchmarks/recipes.py RESULTS SUBJECTS VALIDATION_SUBJECTS N_PATCHES [RECIPE ...]

RESULTS is the folder of a study that has made `preprocessed/sub-<subject>/slices.npz` of the
subjects (labels joined by commas). Each recipe trains the network of config/config.yaml on as many
patches, one thread each, one after the other. Prints a Markdown table as it goes.
"""

import csv
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

import yaml
from markdown import print_row

from contrast2map.jobs import processor

CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"
N_PARTS = 4  # of the training, after each of which the error is shown
# Changes of the default study, as pairs of the sections `unet` and `training`.
HE = {"initialiser_sd": "he"}
COSINE = {"optimiser": "adamw", "schedule": "cosine", "n_warm_up_epochs": 2}
COSINE |= {"weight_decay": 1e-4, "gradient_norm": 1.0}
RECIPES = {
    "paper": ({"normalisation_momentum": 0.99}, {"learning_rate": 1e-4}),
    "demo": ({}, {}),
    "he": (HE, {}),
    "cosine": ({}, COSINE),
    "he, cosine": (HE, COSINE),
    "he, cosine, 3e-3": (HE, COSINE | {"learning_rate": 3e-3}),
    "he, cosine, beta_1 0.9": (HE, COSINE | {"beta_1": 0.9}),
    "he, cosine, batch 4": (HE, COSINE | {"batch_size": 4}),
    "he, cosine, patch 64 x 48": (HE, COSINE | {"patch_size": [64, 48], "batch_size": 13}),
}


def main(results, subjects, validation_subjects, n_patches, names):
    """Print one row per recipe."""
    processor.prepare(1)
    from contrast2map.learning import training_set

    config = yaml.safe_load(CONFIG.read_text())
    contrasts = config["input_sets"][0]
    with tempfile.TemporaryDirectory() as folder:
        known, unseen = (
            training_set.load(
                [results / "preprocessed" / f"sub-{each}" / "slices.npz" for each in labels],
                contrasts,
                memory_bytes=8e9,
                folder=folder,
            )
            for labels in (subjects, validation_subjects)
        )
    parts = [f"T1, T2 error after {part + 1}/{N_PARTS} (%)" for part in range(N_PARTS)]
    print_row("recipe", "steps", "CPU s", *parts)
    print_row(*["---"] * (3 + N_PARTS))
    for name in names or RECIPES:
        print_row(name, *train(config, *RECIPES[name], known, unseen, n_patches))


def train(config, unet, changes, known, unseen, n_patches):
    """Train one recipe; return steps, CPU seconds and the errors after each part."""
    from contrast2map.learning.training import TrainingSettings, train
    from contrast2map.learning.unet import UNetConfig
    from contrast2map.workflow import configuration

    base = config["training"] | {"start": "scratch"} | changes
    # A batch of smaller patches has more of them, for the same number of voxels.
    voxels = base["patch_size"][0] * base["patch_size"][1]
    height, width = config["training"]["patch_size"]
    n_steps = n_patches * height * width // (voxels * base["batch_size"])
    n_epochs = max(N_PARTS, n_steps // (len(known.maps) // base["batch_size"]))
    base |= {"n_epochs": n_epochs, "n_epochs_constant": round(0.6 * n_epochs)}
    base |= {"decay_rate": 4 / max(1, 0.4 * n_epochs)}  # to exp(-4), as in the paper
    settings = configuration.training_settings(config | {"training": base})
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        path_to_log = Path(folder) / "log.csv"
        train(
            known,
            UNetConfig(**config["unet"] | unet),
            TrainingSettings(**settings),
            validation=unseen,
            seed=1,
            other_identity={},
            checkpoint_folder=folder,
            checkpoint_epochs=n_epochs,
            path_to_log=path_to_log,
            report=lambda _: None,
        )
        with open(path_to_log, newline="") as log:
            rows = list(csv.DictReader(log))
    cpu_s = time.process_time() - started
    ends = [rows[round((part + 1) * n_epochs / N_PARTS) - 1] for part in range(N_PARTS)]
    errors = [
        [100 * float(row[f"validation_{name}_error"]) for name in ("T1", "T2")] for row in ends
    ]
    return [rows[-1]["n_steps"], f"{cpu_s:.0f}", *(f"{T1:.1f}, {T2:.1f}" for T1, T2 in errors)]


if __name__ == "__main__":
    path, known, unseen, n_patches, *names = sys.argv[1:]
    main(Path(path), known.split(","), unseen.split(","), int(n_patches), names)
