"""Training: settings, learning rate, log, progress, and resumption after kills and signals."""

import csv
import math
import os
import signal
from dataclasses import asdict, replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from contrast2map.jobs import interruption
from contrast2map.learning import callbacks, checkpoint, patches
from contrast2map.learning.callbacks import EpochLog
from contrast2map.learning.training import TrainingSettings, fit
from contrast2map.learning.training_set import TrainingSet
from contrast2map.learning.unet import UNetConfig, build_unet

SETTINGS = TrainingSettings(
    patch_size=(16, 16),
    batch_size=4,
    n_epochs=4,
    n_epochs_constant=2,
    decay_rate=0.5,
    learning_rate=1e-2,
    beta_1=0.5,
    ssim_weight=0.1,
    ssim_data_range=None,
    precision="float32",
    optimiser="adam",
    weight_decay=0.0,
    gradient_norm=None,
    schedule="exponential",
    n_warm_up_epochs=0,
    n_epochs_frozen=0,
)
PAPER = replace(SETTINGS, learning_rate=1e-4, n_epochs_constant=300, decay_rate=0.02)


@pytest.mark.parametrize(
    ("epoch", "exponent"), [(0, 0), (150, 0), (299, 0), (300, -0.02), (301, -0.04), (499, -4.0)]
)
def test_the_learning_rate_is_constant_and_then_decays(epoch, exponent):
    assert PAPER.learning_rate_of(epoch) == pytest.approx(1e-4 * math.exp(exponent), rel=1e-12)


def test_without_decay_the_learning_rate_is_constant():
    assert replace(PAPER, decay_rate=0).learning_rate_of(499) == 1e-4


EFFICIENT = {"optimiser": "adamw", "weight_decay": 1e-3, "gradient_norm": 0.5}
EFFICIENT |= {"schedule": "cosine", "n_warm_up_epochs": 1}


def test_with_the_cosine_schedule_the_rate_rises_and_falls_by_step(data, tmp_path):
    model, rows, _ = fit_in(tmp_path, data, **EFFICIENT)
    # Two steps of warm-up of eight; after epoch 1, 2, 3 and 4 the next step is number 2, 4, 6, 8.
    expected = [0.01 * (1 + math.cos(math.pi * (step - 2) / 6)) / 2 for step in (2, 4, 6, 8)]
    rates = [float(row["learning_rate"]) for row in rows]
    np.testing.assert_allclose(rates, expected, atol=1e-7)
    optimiser = model.optimizer
    assert type(optimiser) is keras.optimizers.AdamW and optimiser.beta_1 == 0.5
    assert optimiser.weight_decay == 1e-3 and optimiser.global_clipnorm == 0.5
    assert float(rows[-1]["l1"]) < 0.9 * float(rows[0]["l1"])


def test_the_paper_uses_adam_without_decay_of_weights_or_limit_of_gradients(fitted):
    optimiser = fitted[0].optimizer
    assert type(optimiser) is keras.optimizers.Adam
    assert optimiser.weight_decay is None and optimiser.global_clipnorm is None


def test_a_training_with_the_cosine_schedule_resumes_with_the_same_bits(
    data, tmp_path, at_batch, monkeypatch
):
    whole, whole_rows, _ = fit_in(tmp_path / "whole", data, **EFFICIENT)
    at_batch(2, 1, fail)
    with pytest.raises(Exception, match="Killed"):
        fit_in(tmp_path / "killed", data, **EFFICIENT)
    monkeypatch.undo()
    model, rows, _ = fit_in(tmp_path / "killed", data, **EFFICIENT)
    assert without_seconds(rows) == without_seconds(whole_rows)
    for mine, theirs in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def statistics_of(model):
    return np.concatenate(
        [
            np.array(each)
            for layer in model.layers
            if isinstance(layer, keras.layers.BatchNormalization)
            for each in (layer.moving_mean, layer.moving_variance)
        ]
    )


def test_in_the_last_epochs_the_network_learns_with_the_statistics_of_prediction(data, tmp_path):
    model, rows, _ = fit_in(tmp_path / "whole", data, n_epochs_frozen=2, gradient_norm=1.0)
    half, _, _ = fit_in(tmp_path / "half", data, n_epochs=2, gradient_norm=1.0)
    np.testing.assert_array_equal(statistics_of(model), statistics_of(half))
    assert not np.array_equal(model.get_layer("maps").kernel, half.get_layer("maps").kernel)
    images = data.images[:4]
    np.testing.assert_allclose(model(images, training=True), model(images), atol=1e-6)
    free, free_rows, _ = fit_in(tmp_path / "free", data, gradient_norm=1.0)
    assert without_seconds(rows[:2]) == without_seconds(free_rows[:2])
    assert np.abs(np.subtract(free(images, training=True), free(images))).max() > 1e-3


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_training_resumes_before_and_after_its_statistics_are_frozen(
    data, tmp_path, at_batch, monkeypatch, epoch
):
    whole, whole_rows, _ = fit_in(tmp_path / "whole", data, n_epochs_frozen=2)
    at_batch(epoch, 1, fail)
    with pytest.raises(Exception, match="Killed"):
        fit_in(tmp_path / "killed", data, n_epochs_frozen=2)
    monkeypatch.undo()
    model, rows, _ = fit_in(tmp_path / "killed", data, n_epochs_frozen=2)
    assert without_seconds(rows) == without_seconds(whole_rows)
    for mine, theirs in zip(model.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_setting_that_is_unknown_or_missing_is_refused():
    settings = asdict(SETTINGS)
    with pytest.raises(TypeError, match="batchsize"):
        TrainingSettings(**settings, batchsize=8)
    with pytest.raises(TypeError, match="beta_1"):
        TrainingSettings(**{name: settings[name] for name in settings if name != "beta_1"})


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    images = rng.random((8, 24, 20, 1), dtype=np.float32)
    return TrainingSet(images, np.concatenate([0.5 * images, 0.2 + 0.1 * images], axis=-1))


def fit_in(folder, data, seed=1, every=1, validation=None, **changes):
    """Model, rows of the log, and lines of progress."""
    keras.utils.set_random_seed(seed)
    folder.mkdir(exist_ok=True)
    lines, settings = [], replace(SETTINGS, **changes)
    model = build_unet(UNetConfig(2, 2, 1, 0.1, 0.9), 1, 2, seed, settings.precision)
    stored = checkpoint.Checkpoint(folder / "checkpoint", asdict(settings), every)
    log = folder / "log.csv"
    fit(model, data, settings, seed, stored, log, lines.append, validation)
    return model, rows_of(folder), lines


def rows_of(folder):
    with open(folder / "log.csv", newline="") as table:
        return list(csv.DictReader(table))


@pytest.fixture(scope="module")
def fitted(data, tmp_path_factory):
    """Model, rows of the log, lines of progress, and the epochs begun by the patches."""
    begun = []
    begin = patches.Patches.begin

    def count(self, epoch):
        begun.append(epoch)
        begin(self, epoch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patches.Patches, "begin", count)
        return *fit_in(tmp_path_factory.mktemp("fit"), data), begun


def test_the_log_has_one_row_per_epoch_with_its_learning_rate(fitted):
    _, rows, _, _ = fitted
    assert list(rows[0]) == (
        "epoch n_steps learning_rate loss l1 ssim_loss T1_error T2_error seconds".split()
    )
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["n_steps"] for row in rows] == ["2", "4", "6", "8"]
    rates = [float(row["learning_rate"]) for row in rows]
    expected = [0.01, 0.01, 0.01 * math.exp(-0.5), 0.01 * math.exp(-1)]
    np.testing.assert_allclose(rates, expected, rtol=1e-4)


def test_the_logged_loss_is_the_sum_of_its_parts(fitted):
    for row in fitted[1]:
        parts = float(row["l1"]) + SETTINGS.ssim_weight * float(row["ssim_loss"])
        assert float(row["loss"]) == pytest.approx(parts, rel=1e-3)
        assert float(row["seconds"]) >= 0


def test_a_network_learns(fitted):
    losses = [float(row["l1"]) for row in fitted[1]]
    assert losses[-1] < 0.9 * losses[0]


def test_a_network_learns_as_well_in_bfloat16(data, fitted, tmp_path):
    _, rows, _ = fit_in(tmp_path, data, precision="bfloat16")
    for mine, exact in zip(rows, fitted[1], strict=True):
        assert mine["loss"] != exact["loss"]
        assert float(mine["loss"]) == pytest.approx(float(exact["loss"]), rel=0.05)


def test_every_epoch_draws_new_patches(fitted):
    assert fitted[3] == [0, 0, 1, 2, 3]  # when created, then at each epoch


def test_the_end_of_training_is_reported(fitted):
    assert fitted[2][-1].startswith("epoch 4/4, loss ") and "0 s left" in fitted[2][-1]


def test_the_same_seed_trains_the_same_network(data, fitted, tmp_path):
    model, rows, _ = fit_in(tmp_path, data)
    for mine, theirs in zip(model.get_weights(), fitted[0].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert rows[-1]["loss"] == fitted[1][-1]["loss"]


def test_the_optimiser_uses_the_configured_beta_1(fitted):
    assert fitted[0].optimizer.beta_1 == 0.5


def test_a_loss_that_is_not_finite_stops_the_training(data, tmp_path):
    broken = data._replace(maps=np.full_like(data.maps, np.nan))
    with pytest.raises(FloatingPointError, match="nan in epoch 1.* training.learning_rate"):
        fit_in(tmp_path, broken)


@pytest.fixture(scope="module")
def held_back():
    """A validation subject, of another size than the training subjects."""
    rng = np.random.default_rng(1)
    images = np.zeros((5, 30, 18, 1), np.float32)
    images[:, 7:27, 2:15] = 0.1 + rng.random((5, 20, 13, 1), dtype=np.float32)
    return TrainingSet(
        images,
        np.concatenate([0.5 * images, np.where(images > 0, 0.2, 0).astype(np.float32)], axis=-1),
    )


def test_validation_is_logged_and_leaves_the_network_as_it_is(data, held_back, fitted, tmp_path):
    model, rows, _ = fit_in(tmp_path, data, validation=held_back)
    for mine, theirs in zip(model.get_weights(), fitted[0].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    errors = [float(row["validation_T1_error"]) for row in rows]
    assert errors[-1] < errors[0]
    # As computed from the whole slices, padded to a multiple of 4 but not cropped.
    images, target = (np.pad(each, [(0, 0), (0, 2), (0, 2), (0, 0)]) for each in held_back)
    predicted = keras.ops.convert_to_numpy(model(images, training=False))
    for index, quantity in enumerate(("T1", "T2")):
        inside = target[..., index] > 0
        error = np.abs(predicted - target)[..., index][inside] / target[..., index][inside]
        assert float(rows[-1][f"validation_{quantity}_error"]) == pytest.approx(
            error.mean(), rel=0.1
        )


def test_a_resumed_training_has_the_same_validation(data, held_back, tmp_path, at_batch):
    _, whole, _ = fit_in(tmp_path / "whole", data, validation=held_back)
    at_batch(2, 1, fail)
    with pytest.raises(Exception, match="Killed"):
        fit_in(tmp_path / "killed", data, validation=held_back)
    _, rows, _ = fit_in(tmp_path / "killed", data, validation=held_back)
    assert without_seconds(rows) == without_seconds(whole)


def without_seconds(rows):
    return [{name: row[name] for name in row if name != "seconds"} for row in rows]


class Killed(Exception):
    """Simulates the end of the process during a batch."""


@pytest.fixture
def at_batch(monkeypatch):
    """Function that calls another one when a batch of an epoch is cut."""
    cut = patches.Patches.__getitem__

    def arrange(epoch, index, happen):
        def disturbed(self, number):
            # Keras also cuts the first batches before an epoch, for their shapes.
            if (self.epoch, number) == (epoch, index) and armed and armed.pop():
                happen()
            return cut(self, number)

        armed = [True]
        monkeypatch.setattr(patches.Patches, "__getitem__", disturbed)

    yield arrange
    monkeypatch.undo()


def state_of(folder):
    return checkpoint.Checkpoint(folder / "checkpoint", asdict(SETTINGS)).load()[0]


def fail():
    raise Killed("Killed")


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_training_that_was_killed_ends_with_the_same_bits(
    data, fitted, tmp_path, at_batch, epoch, monkeypatch
):
    at_batch(epoch, 1, fail)
    with pytest.raises(Exception, match="Killed"):
        fit_in(tmp_path, data)
    monkeypatch.undo()
    assert state_of(tmp_path).epoch == epoch
    (tmp_path / "log.csv").unlink()  # Snakemake removes the output of a failed job
    model, rows, lines = fit_in(tmp_path, data)
    assert lines[0].startswith(f"resuming after epoch {epoch} from ")
    assert without_seconds(rows) == without_seconds(fitted[1])
    for mine, theirs in zip(model.get_weights(), fitted[0].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_one_very_long_epoch_does_not_affect_the_estimate_of_the_remaining_time(
    tmp_path, monkeypatch
):
    now, lines = [0.0], []
    monkeypatch.setattr(callbacks.time, "monotonic", lambda: now[0])
    log = EpochLog(tmp_path / "log.csv", ("l1",), 10, 2, lines.append, [])
    log.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1)))
    log.on_train_begin()
    for epoch, seconds in enumerate([20, 20, 3600, 20, 20]):
        log.on_epoch_begin(epoch)
        now[0] += seconds
        log.on_epoch_end(epoch, {"loss": 1.0, "l1": 1.0})
    assert lines[-1].startswith("epoch 5/10, loss 1.0000") and " 2 min " in lines[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_saves_the_last_epoch_whatever_the_interval(
    data, tmp_path, at_batch, number, monkeypatch
):
    before = signal.getsignal(number)
    monkeypatch.setattr(callbacks, "SECONDS_BETWEEN_STATES", 0)
    at_batch(2, 0, lambda: os.kill(os.getpid(), number))
    with pytest.raises(interruption.Interrupted, match=f"{number.name}: epoch 2 saved in"):
        fit_in(tmp_path, data, every=100)
    assert state_of(tmp_path).epoch == 2
    assert signal.getsignal(number) == before


def test_the_state_is_not_copied_after_each_of_many_short_epochs(data, tmp_path, at_batch):
    at_batch(2, 0, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(interruption.Interrupted, match="SIGTERM: epoch 1 saved in"):
        fit_in(tmp_path, data, every=100)
    assert state_of(tmp_path).epoch == 1


def test_a_signal_in_the_first_epoch_saves_nothing(data, tmp_path, at_batch):
    at_batch(0, 1, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(interruption.Interrupted, match="SIGTERM: no epoch finished"):
        fit_in(tmp_path, data)
    assert state_of(tmp_path) is None


def test_states_are_written_at_the_interval_and_at_the_end(data, tmp_path, monkeypatch):
    written = []
    save = checkpoint.Checkpoint.save

    def note(self, state):
        written.append(state.epoch)
        save(self, state)

    monkeypatch.setattr(checkpoint.Checkpoint, "save", note)
    fit_in(tmp_path, data, every=3)
    assert written == [3, 4]


def test_a_finished_training_is_not_trained_again(data, fitted, tmp_path):
    fit_in(tmp_path, data)
    first = rows_of(tmp_path)
    model, rows, lines = fit_in(tmp_path, data)
    assert rows == first and lines[0].startswith("resuming after epoch 4")
    for mine, theirs in zip(model.get_weights(), fitted[0].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_training_with_other_settings_starts_from_the_beginning_and_reports_why(data, tmp_path):
    fit_in(tmp_path, data)
    _, rows, lines = fit_in(tmp_path, data, learning_rate=2e-2)
    assert str(tmp_path / "checkpoint") in lines[0]
    assert "learning_rate was 0.01, is 0.02" in lines[0]
    assert [row["learning_rate"] for row in rows[:2]] == ["0.02", "0.02"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (89, "89 s"), (600, "10 min"), (7200, "2.0 h")]
)
def test_durations_are_given_in_a_suitable_unit(seconds, words):
    assert callbacks.duration(seconds) == words
