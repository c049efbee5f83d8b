"""Which random numbers a network gets."""

import numpy as np
import pytest

import train_unet
from contrast2map.slices import Slices

UNET = {"n_filters": 1, "n_levels": 1, "n_convolutions": 1, "initialiser_sd": 0.1}
UNET |= {"normalisation_momentum": 0.9}


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Function that gives the start values of a network, and the seed that its fit would get."""
    from contrast2map import training

    folder = tmp_path / "sub-01"
    folder.mkdir()
    zeros = np.zeros((2, 16, 16, 1), np.float32)
    brain = np.ones((2, 16, 16), bool)
    Slices(zeros, ["gre"], zeros, ["T1"], brain, np.arange(2)).save(folder / "slices.npz")
    begun = []

    def fit(model, images, maps, path_to_log, report, *, training, seed):
        begun.append((model.get_weights()[0].tobytes(), seed))

    monkeypatch.setattr(training, "fit", fit)

    def train(study_seed, repetition):
        train_unet.train_unet(
            paths_to_slices=[folder / "slices.npz"],
            contrasts=["gre"],
            unet=UNET,
            settings={},
            study_seed=study_seed,
            repetition=repetition,
            path_to_log=tmp_path / "log.csv",
            path_to_model=tmp_path / "model.keras",
            path_to_training_files=tmp_path / "training_files.tsv",
            report=lambda line: None,
        )
        return begun[-1]

    return train


def test_a_network_starts_alike_for_one_seed_and_repetition_and_otherwise_not(start):
    first = start(7, "1")
    assert start(7, "1") == first
    for other in (start(7, "2"), start(8, "1")):
        assert other[0] != first[0] and other[1] != first[1]
