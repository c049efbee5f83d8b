"""Fit a U-Net, write its log, say how long it will take, go on where it was killed."""

import collections
import csv
import math
import statistics
import time

import keras
import numpy as np

from contrast2map.jobs import interruption
from contrast2map.learning.checkpoint import State
from contrast2map.learning.losses import L1AndSSIM, l1
from contrast2map.learning.patches import Patches

LOG_COLUMNS = ("epoch", "learning_rate", "loss", "l1", "ssim_loss", "seconds")
SECONDS_BETWEEN_LINES = 10
N_EPOCHS_REMEMBERED = 9  # for what is left
SECONDS_BETWEEN_STATES = 10


def learning_rate_of(epoch, *, learning_rate, n_epochs_constant, decay_rate):
    """Constant at first, then times exp(-decay_rate) each epoch (Qiu et al. 2022, section 2.3).

    Args:
        epoch: Number of the epoch, from 0.
        learning_rate: Rate of the first epochs.
        n_epochs_constant: Number of epochs at that rate.
        decay_rate: Exponent of the decay per epoch.
    """
    return learning_rate * math.exp(-decay_rate * max(0, epoch + 1 - n_epochs_constant))


def fit(model, images, maps, path_to_log, report, *, training, seed, checkpoint):
    """Train a network, or go on with its training.

    Args:
        model: keras.Model.
        images: Normalised images, float32 (slice, height, width, contrast).
        maps: Scaled maps, float32 (slice, height, width, quantity).
        path_to_log: CSV file that gets a row an epoch.
        report: Called with a line of progress now and then.
        training: Section `training` of the config.
        seed: Seed of the patches.
        checkpoint: training_state.Checkpoint that is gone on from, and that holds the last epoch
            in the end; whoever keeps the network removes it.

    Raises:
        FloatingPointError: The loss is not a number any more.
        interruption.Interrupted: A signal came; the last finished epoch is on disk.
    """
    compile_for_training(model, training)
    state, words = checkpoint.load()
    if words:
        report(words)
    if state:
        _put(state, model)
    schedule = {key: training[key] for key in ("learning_rate", "n_epochs_constant", "decay_rate")}
    first, n_epochs = state.epoch if state else 0, training["n_epochs"]
    log = EpochLog(path_to_log, n_epochs, report, state.rows if state else [])
    patches = Patches(images, maps, training["patch_size"], training["batch_size"], seed)
    with interruption.noticed() as request:
        model.fit(
            patches,
            initial_epoch=first,
            epochs=n_epochs,
            shuffle=False,
            verbose=0,
            callbacks=[
                keras.callbacks.LambdaCallback(
                    on_epoch_begin=lambda epoch, _: patches.begin(epoch)
                ),
                keras.callbacks.LearningRateScheduler(
                    lambda epoch, _: learning_rate_of(epoch, **schedule)
                ),
                log,
                StateKeeper(checkpoint, log, n_epochs, state, request),
            ],
        )


def compile_for_training(model, training):
    """Give a network its optimiser and loss; XLA compiles it where that pays (GPU, JAX).

    Args:
        model: keras.Model.
        training: Section `training` of the config.
    """
    loss = L1AndSSIM(training["ssim_weight"], training["ssim_data_range"])
    model.compile(
        optimizer=keras.optimizers.Adam(training["learning_rate"], beta_1=training["beta_1"]),
        loss=loss,
        metrics=[_named(l1, "l1"), _named(loss.ssim_loss, "ssim_loss")],
        jit_compile="auto",
    )


class EpochLog(keras.callbacks.Callback):
    """Write a row of the log after each epoch, and a line of progress every ten seconds.

    Attributes:
        rows: Rows so far, as lists of text.
    """

    def __init__(self, path_to_log, n_epochs, report, rows):
        super().__init__()
        self.path_to_log, self.n_epochs, self.report = path_to_log, n_epochs, report
        self.rows = list(rows)

    def on_train_begin(self, logs=None):
        """Write the log's head, and the rows of the epochs before."""
        with open(self.path_to_log, "w", newline="") as table:
            csv.writer(table, lineterminator="\n").writerows([LOG_COLUMNS, *self.rows])
        self.last_line = time.monotonic()
        self.recent_s = collections.deque(maxlen=N_EPOCHS_REMEMBERED)

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
        row = [str(epoch + 1), f"{rate:.6g}"]
        row += [f"{logs[name]:.6g}" for name in ("loss", "l1", "ssim_loss")]
        self.recent_s.append(now - self.epoch_started)
        self.rows.append([*row, f"{self.recent_s[-1]:.2f}"])
        with open(self.path_to_log, "a", newline="") as table:
            csv.writer(table, lineterminator="\n").writerow(self.rows[-1])
        n_done = epoch + 1
        if now - self.last_line > SECONDS_BETWEEN_LINES or n_done == self.n_epochs:
            self.last_line = now
            # The median: the first epoch compiles, and one may have slept with the machine.
            left_s = statistics.median(self.recent_s) * (self.n_epochs - n_done)
            self.report(
                f"epoch {n_done}/{self.n_epochs}, loss {logs['loss']:.4f}, {_duration(left_s)} left"
            )


class StateKeeper(keras.callbacks.Callback):
    """Keep the state after each epoch: on disk every so many epochs, and when a signal comes."""

    def __init__(self, checkpoint, log, n_epochs, state, request):
        super().__init__()
        self.checkpoint, self.log, self.n_epochs = checkpoint, log, n_epochs
        self.state, self.request = state, request
        self.taken = -math.inf

    def on_epoch_end(self, epoch, logs=None):
        """Take the state; write it when it is due."""
        n_done, now = epoch + 1, time.monotonic()
        due = n_done % self.checkpoint.every == 0 or n_done == self.n_epochs
        # What lies on a GPU takes as long to fetch as a short epoch to compute.
        if due or now - self.taken > SECONDS_BETWEEN_STATES:
            self.state, self.taken = _take(n_done, self.model, self.log.rows), now
        if due:
            self.checkpoint.save(self.state)

    def on_train_batch_begin(self, batch, logs=None):
        """Leave the training if a signal asked for it.

        At a batch's begin: at its end Keras waits for the batch's loss, and a GPU for the next.

        Raises:
            interruption.Interrupted: It did.
        """
        if self.request.signal:
            kept = "no epoch was finished"
            if self.state:
                self.checkpoint.save(self.state)
                kept = f"epoch {self.state.epoch} is kept in {self.checkpoint.path}"
            raise interruption.Interrupted(f"{self.request.signal}: {kept}; run again to go on")


def _take(epoch, model, rows):
    # JAX holds the weights elsewhere during a fit.
    getattr(model, "jax_state_sync", lambda: None)()
    optimiser = [_copy(variable) for variable in model.optimizer.variables]
    return State(epoch, [_copy(weight) for weight in model.weights], optimiser, list(rows))


def _put(state, model):
    model.optimizer.build(model.trainable_variables)
    model.set_weights(state.weights)
    for variable, value in zip(model.optimizer.variables, state.optimiser, strict=True):
        variable.assign(value)


def _copy(variable):
    return np.array(keras.ops.convert_to_numpy(variable))


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
