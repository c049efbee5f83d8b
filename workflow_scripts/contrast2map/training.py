"""Fit a U-Net, write its log, say how long it will take."""

import csv
import math
import time

import keras

from contrast2map.losses import L1AndSSIM, l1
from contrast2map.patches import Patches

LOG_COLUMNS = ("epoch", "learning_rate", "loss", "l1", "ssim_loss", "seconds")
SECONDS_BETWEEN_LINES = 10


def learning_rate_of(epoch, *, learning_rate, n_epochs_constant, decay_rate):
    """Constant at first, then times exp(-decay_rate) each epoch (Qiu et al. 2022, section 2.3).

    Args:
        epoch: Number of the epoch, from 0.
        learning_rate: Rate of the first epochs.
        n_epochs_constant: Number of epochs at that rate.
        decay_rate: Exponent of the decay per epoch.
    """
    return learning_rate * math.exp(-decay_rate * max(0, epoch + 1 - n_epochs_constant))


def fit(model, images, maps, path_to_log, report, *, training, seed):
    """Train a network.

    Args:
        model: keras.Model.
        images: Normalised images, float32 (slice, height, width, contrast).
        maps: Scaled maps, float32 (slice, height, width, quantity).
        path_to_log: CSV file that gets a row an epoch.
        report: Called with a line of progress now and then.
        training: Section `training` of the config.
        seed: Seed of the patches.
    """
    loss = L1AndSSIM(training["ssim_weight"], training["ssim_data_range"])
    patches = Patches(images, maps, training["patch_size"], training["batch_size"], seed)
    schedule = {key: training[key] for key in ("learning_rate", "n_epochs_constant", "decay_rate")}
    model.compile(
        optimizer=keras.optimizers.Adam(training["learning_rate"], beta_1=training["beta_1"]),
        loss=loss,
        metrics=[_named(l1, "l1"), _named(loss.ssim_loss, "ssim_loss")],
        jit_compile="auto",
    )
    model.fit(
        patches,
        epochs=training["n_epochs"],
        shuffle=False,
        verbose=0,
        callbacks=[
            keras.callbacks.LearningRateScheduler(
                lambda epoch, _: learning_rate_of(epoch, **schedule)
            ),
            keras.callbacks.TerminateOnNaN(),
            EpochLog(path_to_log, training["n_epochs"], report),
        ],
    )


class EpochLog(keras.callbacks.Callback):
    """Write a row of the log after each epoch, and a line of progress every ten seconds."""

    def __init__(self, path_to_log, n_epochs, report):
        super().__init__()
        self.path_to_log, self.n_epochs, self.report = path_to_log, n_epochs, report

    def on_train_begin(self, logs=None):
        """Write the log's head."""
        with open(self.path_to_log, "w", newline="") as table:
            csv.writer(table, lineterminator="\n").writerow(LOG_COLUMNS)
        self.started = self.last_line = time.monotonic()

    def on_epoch_begin(self, epoch, logs=None):
        """Start the epoch's clock."""
        self.epoch_started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Write the epoch's row; report progress.

        Raises:
            FloatingPointError: The loss is not a number any more.
        """
        now = time.monotonic()
        if not math.isfinite(logs["loss"]):
            raise FloatingPointError(
                f"the loss is {logs['loss']} in epoch {epoch + 1}; lower training.learning_rate"
            )
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        row = [epoch + 1, f"{rate:.6g}"]
        row += [f"{logs[name]:.6g}" for name in ("loss", "l1", "ssim_loss")]
        with open(self.path_to_log, "a", newline="") as table:
            csv.writer(table, lineterminator="\n").writerow(
                [*row, f"{now - self.epoch_started:.2f}"]
            )
        n_done = epoch + 1
        if now - self.last_line > SECONDS_BETWEEN_LINES or n_done == self.n_epochs:
            self.last_line = now
            left_s = (now - self.started) / n_done * (self.n_epochs - n_done)
            self.report(
                f"epoch {n_done}/{self.n_epochs}, loss {logs['loss']:.4f}, {_duration(left_s)} left"
            )


def _named(function, name):
    """A metric function under a name for the log."""
    return keras.metrics.MeanMetricWrapper(function, name=name)


def _duration(seconds):
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
