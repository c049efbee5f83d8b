"""Callbacks of a training: log, progress and validation."""

import collections
import csv
import math
import statistics
import time

import keras

from contrast2map.learning.callbacks import duration

COLUMNS = ("step", "learning_rate", "loss", "T1_error", "T2_error", "seconds")
SECONDS_BETWEEN_LINES = 30
N_SEGMENTS_TIMED = 9  # latest segments, from which the remaining time is estimated


class SegmentLog(keras.callbacks.Callback):
    """Write a row of the log after each segment, and report progress.

    Attributes:
        rows: Rows written so far, each a list of strings.
    """

    def __init__(self, path_to_log, n_segments, settings, report, rows):
        super().__init__()
        self.path_to_log, self.n_segments, self.settings = path_to_log, n_segments, settings
        self.report, self.rows = report, list(rows)
        self.recent_s = collections.deque(maxlen=N_SEGMENTS_TIMED)
        self.last_line = -math.inf

    def on_train_begin(self, logs=None):
        """Write the header and the rows of earlier segments."""
        with open(self.path_to_log, "w", newline="") as table:
            csv.writer(table, lineterminator="\n").writerows([COLUMNS, *self.rows])

    def on_epoch_begin(self, epoch, logs=None):
        """Start the segment's clock."""
        self.started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Write the row of the segment and report progress.

        Raises:
            FloatingPointError: The loss is not finite.
        """
        n_done, now = epoch + 1, time.monotonic()
        step = n_done * self.settings.segment_steps
        if not math.isfinite(logs["loss"]):
            raise FloatingPointError(
                f"loss is {logs['loss']} before step {step}; lower training.learning_rate"
            )
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.recent_s.append(now - self.started)
        row = [str(step), f"{rate:.6g}"]
        row += [f"{logs[name]:.6g}" for name in ("loss", "T1_error", "T2_error")]
        self.rows.append([*row, f"{self.recent_s[-1]:.2f}"])
        with open(self.path_to_log, "a", newline="") as table:
            csv.writer(table, lineterminator="\n").writerow(self.rows[-1])
        if now - self.last_line > SECONDS_BETWEEN_LINES or n_done == self.n_segments:
            self.last_line = now
            left_s = statistics.median(self.recent_s) * (self.n_segments - n_done)
            self.report(
                f"step {step}/{self.settings.n_steps}, loss {logs['loss']:.3f}, error of T1 "
                f"{100 * logs['T1_error']:.1f} %, of T2 {100 * logs['T2_error']:.1f} %, "
                f"about {duration(left_s)} left"
            )


class Validation(keras.callbacks.Callback):
    """Judge the network with averaged weights after every few segments and after the last."""

    def __init__(self, validate, settings, n_segments, use_averages):
        super().__init__()
        self.validate, self.settings, self.n_segments = validate, settings, n_segments
        self.use_averages = use_averages

    def on_epoch_end(self, epoch, logs=None):
        """Validate if it is due; the training continues with the weights that it had."""
        n_done = epoch + 1
        if n_done % self.settings.validation_segments and n_done != self.n_segments:
            return
        # JAX keeps the weights outside the model during a fit.
        getattr(self.model, "jax_state_sync", lambda: None)()
        own = self.model.get_weights()
        self.use_averages(self.model)
        self.validate(self.model, n_done * self.settings.segment_steps)
        self.model.set_weights(own)
