"""Seeds of a network, and trainings that are killed at random moments."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import train_unet
from contrast2map.preprocessing.slices import Slices

UNET = {"n_filters": 1, "n_levels": 1, "n_convolutions": 1, "initialiser_sd": 0.1}
UNET |= {"normalisation_momentum": 0.9}
SETTINGS = {
    "patch_size": [32, 32],
    "batch_size": 4,
    "n_epochs": 40,
    "n_epochs_constant": 20,
    "decay_rate": 0.1,
    "learning_rate": 1e-3,
    "beta_1": 0.5,
    "ssim_weight": 0.1,
    "ssim_data_range": None,
    "precision": "float32",
    "optimiser": "adam",
    "weight_decay": 0.0,
    "gradient_norm": None,
    "schedule": "exponential",
    "n_warm_up_epochs": 0,
    "n_epochs_frozen": 0,
}


def arguments(folder, settings, **changes):
    """Arguments of `train_unet` for a subject below a folder."""
    return {
        "paths_to_slices": [str(folder / "sub-01" / "slices.npz")],
        "paths_to_validation": [],
        "contrasts": ["gre"],
        "unet": UNET,
        "training": settings,
        "path_to_weights": None,
        "protocol": None,
        "map_scale_s": 3.0,
        "study_seed": 7,
        "repetition": "1",
        "memory_mb": 100,
        "code": "0",
        "checkpoint_folder": str(folder / "checkpoint"),
        "checkpoint_epochs": 1,
        "path_to_log": str(folder / "log.csv"),
        "path_to_model": str(folder / "model.keras"),
        "path_to_training_files": str(folder / "training_files.tsv"),
        "path_to_validation_files": str(folder / "validation_files.tsv"),
    } | changes


def write_slices(folder, n_slices, size):
    (folder / "sub-01").mkdir(parents=True)
    rng = np.random.default_rng(1)
    images = rng.random((n_slices, size, size, 1), dtype=np.float32)
    brain = np.ones((n_slices, size, size), bool)
    stored = Slices(images, ["gre"], 0.5 * images, ["T1"], brain, np.arange(n_slices))
    stored.save(folder / "sub-01" / "slices.npz")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Function that returns the initial weights of a network and the seed of its fit."""
    from contrast2map.learning import training

    write_slices(tmp_path, 2, 16)
    begun = []

    def fit(model, slices, settings, seed, checkpoint, path_to_log, report, validation, persons):
        begun.append((model.get_weights()[0].tobytes(), seed))

    monkeypatch.setattr(training, "fit", fit)

    def train(study_seed, repetition):
        train_unet.train_unet(
            **arguments(
                tmp_path,
                SETTINGS,
                study_seed=study_seed,
                repetition=repetition,
            ),
            report=lambda line: None,
        )
        return begun[-1]

    return train


def test_initial_weights_depend_on_seed_and_repetition_only(start):
    first = start(7, "1")
    assert start(7, "1") == first
    for other in (start(7, "2"), start(8, "1")):
        assert other[0] != first[0] and other[1] != first[1]


PROGRAM = """
import json, sys
from contrast2map.jobs import processor
processor.prepare(1)
import train_unet
train_unet.train_unet(**json.loads(sys.argv[1]), report=lambda line: print(line, flush=True))
"""


class Training:
    """A training in a separate process, in a folder."""

    def __init__(self, folder, **changes):
        given = json.dumps(arguments(folder, SETTINGS, **changes))
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, given],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def end(self):
        said, _ = self.process.communicate(timeout=300)
        return said.splitlines()


def epochs_on_disk(folder):
    """Number of epochs of the state on disk, and of the log."""
    state = folder / "checkpoint" / "state.npz"
    with np.load(state) as stored:
        return json.loads(str(stored["facts"]))["epoch"] if state.exists() else 0


def results(folder):
    """Log without the seconds, and weights."""
    from contrast2map.any_protocol import pretrained

    log = [row.rsplit(",", 1)[0] for row in (folder / "log.csv").read_text().splitlines()]
    return log, pretrained.load(folder / "model.keras").get_weights()


@pytest.mark.slow
def test_a_training_killed_at_random_moments_ends_with_the_same_bits(tmp_path):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for folder in (undisturbed, killed):
        write_slices(folder, 80, 64)
    assert Training(undisturbed).end()[-1].startswith("epoch 40/40")
    rng, n_before = random.Random(1), 0
    for number in (signal.SIGTERM, signal.SIGKILL):
        training = Training(killed)
        wait_for_epoch(killed, n_before + 1, training.process)
        time.sleep(rng.uniform(0, 0.5))
        n_logged = len((killed / "log.csv").read_text().splitlines()) - 1
        training.process.send_signal(number)
        lines = training.end()
        assert training.process.returncode != 0
        n_before, last = epochs_on_disk(killed), n_before
        assert n_before >= max(n_logged - 1, last + 1)
        if last:
            assert lines[0].startswith(f"resuming after epoch {last} ")
        (killed / "log.csv").unlink()  # Snakemake removes the output of a failed job
    assert Training(killed).end()[-1].startswith("epoch 40/40")
    (log, weights), (expected_log, expected_weights) = results(killed), results(undisturbed)
    assert log == expected_log and len(log) == 41
    for mine, theirs in zip(weights, expected_weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def wait_for_epoch(folder, n_epochs, process):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        log = folder / "log.csv"
        if log.exists() and len(log.read_text().splitlines()) > n_epochs:
            return
        time.sleep(0.02)
    pytest.fail(f"epoch {n_epochs} was not reached; exit code {process.poll()}")
