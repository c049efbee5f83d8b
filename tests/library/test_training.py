"""Training: the learning rate's schedule, the log, and a network that learns."""

import csv
import math

import numpy as np
import pytest

from contrast2map import patches, training
from contrast2map.unet import UNetConfig, build_unet

PAPER = {"learning_rate": 1e-4, "n_epochs_constant": 300, "decay_rate": 0.02}
SETTINGS = {
    "patch_size": [16, 16],
    "batch_size": 4,
    "n_epochs": 4,
    "n_epochs_constant": 2,
    "decay_rate": 0.5,
    "learning_rate": 1e-2,
    "beta_1": 0.5,
    "ssim_weight": 0.1,
    "ssim_data_range": None,
}


@pytest.mark.parametrize(
    ("epoch", "exponent"), [(0, 0), (150, 0), (299, 0), (300, -0.02), (301, -0.04), (499, -4.0)]
)
def test_the_learning_rate_is_constant_and_then_decays(epoch, exponent):
    rate = training.learning_rate_of(epoch, **PAPER)
    assert rate == pytest.approx(1e-4 * math.exp(exponent), rel=1e-12)


def test_the_learning_rate_stays_where_it_does_not_decay():
    assert training.learning_rate_of(499, **(PAPER | {"decay_rate": 0})) == 1e-4


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    images = rng.random((8, 24, 20, 1), dtype=np.float32)
    return images, np.concatenate([0.5 * images, 0.2 + 0.1 * images], axis=-1)


def fit(data, folder, seed=1, **changes):
    model = build_unet(UNetConfig(2, 2, 1, 0.1, 0.9), 1, 2, seed)
    lines = []
    training.fit(
        model, *data, folder / "log.csv", lines.append, training=SETTINGS | changes, seed=seed
    )
    with open(folder / "log.csv", newline="") as table:
        return model, list(csv.DictReader(table)), lines


@pytest.fixture(scope="module")
def fitted(data, tmp_path_factory):
    """Model, rows of the log, lines of progress, and the epochs that the patches began."""
    begun = []
    begin = patches.Patches.begin

    def count(self, epoch):
        begun.append(epoch)
        begin(self, epoch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patches.Patches, "begin", count)
        return *fit(data, tmp_path_factory.mktemp("fit")), begun


def test_the_log_has_a_row_an_epoch_with_its_learning_rate(fitted):
    _, rows, _, _ = fitted
    assert list(rows[0]) == list(training.LOG_COLUMNS)
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    rates = [float(row["learning_rate"]) for row in rows]
    expected = [0.01, 0.01, 0.01 * math.exp(-0.5), 0.01 * math.exp(-1)]
    np.testing.assert_allclose(rates, expected, rtol=1e-4)


def test_the_logged_loss_is_the_sum_of_its_parts(fitted):
    for row in fitted[1]:
        parts = float(row["l1"]) + SETTINGS["ssim_weight"] * float(row["ssim_loss"])
        assert float(row["loss"]) == pytest.approx(parts, rel=1e-3)
        assert float(row["seconds"]) >= 0


def test_a_network_learns(fitted):
    losses = [float(row["l1"]) for row in fitted[1]]
    assert losses[-1] < 0.9 * losses[0]


def test_every_epoch_draws_new_patches(fitted):
    assert fitted[3][:4] == [0, 1, 2, 3]


def test_the_end_of_training_is_told(fitted):
    assert fitted[2][-1].startswith("epoch 4/4, loss ") and fitted[2][-1].endswith("0 s left")


def test_the_same_seed_trains_the_same_network(data, fitted, tmp_path):
    model, rows, _ = fit(data, tmp_path)
    for mine, theirs in zip(model.get_weights(), fitted[0].get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
    assert rows[-1]["loss"] == fitted[1][-1]["loss"]


def test_the_optimiser_has_the_configs_first_moment(fitted):
    assert fitted[0].optimizer.beta_1 == 0.5


def test_a_loss_that_is_no_number_ends_the_training(data, tmp_path):
    images, maps = data
    broken = np.full_like(maps, np.nan)
    with pytest.raises(FloatingPointError, match="in epoch 1; lower training.learning_rate"):
        fit((images, broken), tmp_path)


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (89, "89 s"), (600, "10 min"), (7200, "2.0 h")]
)
def test_durations_are_told_as_a_person_says_them(seconds, words):
    assert training._duration(seconds) == words
