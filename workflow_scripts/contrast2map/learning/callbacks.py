"""Callbacks of a training: write the log, report progress, save the state."""

import collections
import csv
import math
import statistics
import time

import keras
import numpy as np

from contrast2map.jobs import interruption
from contrast2map.learning.checkpoint import State
from contrast2map.learning.layers import FusedBatchNormalization

SECONDS_BETWEEN_LINES = 10
SECONDS_BETWEEN_STATES = 10
N_EPOCHS_TIMED = 9  # latest epochs, from which the remaining time is estimated


class EpochLog(keras.callbacks.Callback):
    """Write a row of the log after each epoch, and a progress line every ten seconds.

    Args:
        path_to_log: CSV file.
        metrics: Keras' names of the metrics, columns beside the loss; `val_` is written as
            `validation_`.
        n_epochs: Epochs of the whole training.
        n_steps: Steps of an epoch.
        report: Function that takes a progress line.
        rows: Rows of earlier epochs.

    Attributes:
        rows: Rows written so far, each a list of strings.
    """

    def __init__(self, path_to_log, metrics, n_epochs, n_steps, report, rows):
        super().__init__()
        self.losses = ("loss", *metrics)
        self.path_to_log, self.report = path_to_log, report
        self.n_epochs, self.n_steps = n_epochs, n_steps
        self.rows = list(rows)

    def on_train_begin(self, logs=None):
        """Write the header and the rows of earlier epochs."""
        losses = [name.replace("val_", "validation_") for name in self.losses]
        columns = ("epoch", "n_steps", "learning_rate", *losses, "seconds")
        with open(self.path_to_log, "w", newline="") as table:
            csv.writer(table, lineterminator="\n").writerows([columns, *self.rows])
        self.last_line = time.monotonic()
        self.recent_s = collections.deque(maxlen=N_EPOCHS_TIMED)

    def on_epoch_begin(self, epoch, logs=None):
        """Start the epoch's clock."""
        self.epoch_started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Write the row of the epoch and report progress.

        Raises:
            FloatingPointError: The loss is not finite.
        """
        now = time.monotonic()
        if not math.isfinite(logs["loss"]):
            raise FloatingPointError(
                f"loss is {logs['loss']} in epoch {epoch + 1}; lower training.learning_rate"
            )
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        row = [str(epoch + 1), str((epoch + 1) * self.n_steps), f"{rate:.6g}"]
        row += [f"{logs[name]:.6g}" for name in self.losses]
        self.recent_s.append(now - self.epoch_started)
        self.rows.append([*row, f"{self.recent_s[-1]:.2f}"])
        with open(self.path_to_log, "a", newline="") as table:
            csv.writer(table, lineterminator="\n").writerow(self.rows[-1])
        n_done = epoch + 1
        if now - self.last_line > SECONDS_BETWEEN_LINES or n_done == self.n_epochs:
            self.last_line = now
            # The median ignores outliers: the first epoch compiles, and the machine may have slept.
            left_s = statistics.median(self.recent_s) * (self.n_epochs - n_done)
            self.report(
                f"epoch {n_done}/{self.n_epochs}, loss {logs['loss']:.4f}, "
                f"about {duration(left_s)} left"
            )


class FrozenStatistics(keras.callbacks.Callback):
    """Let batch normalisation use its moving statistics from an epoch on, as in prediction.

    With the statistics of its own batch, a batch normalisation bounds outliers, since they raise
    the variance; in prediction it does not. A network that has only learned the former may answer
    a feature that is rare in a batch with a blob of impossible values (Wu and Johnson,
    arXiv:2105.07576, describe the discrepancy and this remedy).

    Args:
        first_epoch: Epoch, counted from 0.
    """

    def __init__(self, first_epoch):
        super().__init__()
        self.first_epoch = first_epoch

    def on_epoch_begin(self, epoch, logs=None):
        """Switch, also if the training was resumed later."""
        if epoch < self.first_epoch:
            return
        normalisations = [
            layer
            for layer in self.model.layers
            if isinstance(layer, FusedBatchNormalization) and not layer.is_frozen
        ]
        if normalisations:
            for layer in normalisations:
                layer.is_frozen = True
            self.model.make_train_function(force=True)  # the traced step does not know it


class StateKeeper(keras.callbacks.Callback):
    """Copy the state after epochs; save it at the checkpoint's interval and on a signal."""

    def __init__(self, checkpoint, log, n_epochs, state, request):
        super().__init__()
        self.checkpoint, self.log, self.n_epochs = checkpoint, log, n_epochs
        self.state, self.request = state, request
        self.taken = -math.inf

    def on_epoch_end(self, epoch, logs=None):
        """Copy the state unless a recent copy exists; save it if this is due."""
        n_done, now = epoch + 1, time.monotonic()
        due = n_done % self.checkpoint.every == 0 or n_done == self.n_epochs
        # Fetching the state from a GPU takes as long as computing a short epoch.
        if due or now - self.taken > SECONDS_BETWEEN_STATES:
            self.state, self.taken = take_state(n_done, self.model, self.log.rows), now
        if due:
            self.checkpoint.save(self.state)

    def on_train_batch_begin(self, batch, logs=None):
        """Save the state and stop the training if a signal has arrived.

        This is checked before a batch, since after it Keras would wait for the loss and a GPU idle.

        Raises:
            interruption.Interrupted: A signal has arrived.
        """
        if self.request.signal:
            kept = "no epoch finished"
            if self.state:
                self.checkpoint.save(self.state)
                kept = f"epoch {self.state.epoch} saved in {self.checkpoint.path}"
            raise interruption.Interrupted(f"{self.request.signal}: {kept}; run again to resume")


def take_state(epoch, model, rows):
    """Copy the state of a compiled keras.Model; see `State` for the arguments."""
    # JAX keeps the weights outside the model during a fit.
    getattr(model, "jax_state_sync", lambda: None)()
    optimiser = [_copy(variable) for variable in model.optimizer.variables]
    return State(epoch, [_copy(weight) for weight in model.weights], optimiser, list(rows))


def restore_state(state, model):
    """Load a state into a keras.Model compiled by `training.compile_for_training`."""
    model.set_weights(state.weights)
    for variable, value in zip(model.optimizer.variables, state.optimiser, strict=True):
        variable.assign(value)


def _copy(variable):
    return np.array(keras.ops.convert_to_numpy(variable))


def duration(seconds):
    """Format a duration in seconds, minutes or hours, depending on its length."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
