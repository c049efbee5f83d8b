"""Train the network on batches that are drawn while it learns; resume where it was stopped."""

import logging
import time
from dataclasses import asdict, dataclass

import keras

from contrast2map.any_protocol import encoding, likelihood
from contrast2map.any_protocol.progress import SegmentLog, Validation
from contrast2map.jobs import interruption
from contrast2map.learning.callbacks import StateKeeper, restore_state
from contrast2map.learning.schedules import WarmUpAndCosine

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingSettings:
    """Settings of a training.

    Attributes:
        n_steps: Optimiser steps in all.
        n_warm_up_steps: Steps in which the learning rate rises from 0 to its peak.
        learning_rate: Peak, from which it falls to 0 as a cosine until the last step.
        weight_decay: Weight decay of AdamW.
        gradient_norm: Largest norm of all gradients together; larger ones are scaled down.
        average_momentum: Share of the running average of the weights kept at each step. The average
            is what is validated and saved.
        segment_steps: Steps between two rows of the log, and two checkpoints.
        validation_segments: Segments between two validations.
    """

    n_steps: int
    n_warm_up_steps: int
    learning_rate: float
    weight_decay: float
    gradient_norm: float
    average_momentum: float
    segment_steps: int
    validation_segments: int

    def __post_init__(self):
        if self.n_steps % self.segment_steps:
            raise ValueError(
                f"n_steps {self.n_steps} is not a multiple of segment_steps {self.segment_steps}"
            )


class Deadline(keras.callbacks.Callback):
    """Stop the training with the first segment that ends after a time limit."""

    def __init__(self, minutes):
        super().__init__()
        self.minutes, self.started = minutes, time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Stop if the time is over."""
        if self.minutes is not None and time.monotonic() - self.started > 60 * self.minutes:
            self.model.stop_training = True


def compile_for_training(model, settings):
    """Attach optimiser, loss and metrics to a network.

    Args:
        model: keras.Model of `network.build_network`.
        settings: TrainingSettings.
    """
    model.compile(
        optimizer=keras.optimizers.AdamW(
            WarmUpAndCosine(settings.learning_rate, settings.n_warm_up_steps, settings.n_steps),
            weight_decay=settings.weight_decay,
            global_clipnorm=settings.gradient_norm,
            use_ema=True,
            ema_momentum=settings.average_momentum,
        ),
        loss=likelihood.negative_log_likelihood,
        metrics=likelihood.metrics(),
        jit_compile="auto",
    )
    # Now, because a checkpoint restores the optimiser's moments before the first step makes them.
    model.optimizer.build(model.trainable_variables)


def fit(
    model, batches, fields, settings, *, checkpoint, validate, path_to_log, report, minutes=None
):
    """Train a network, continuing from a checkpoint if there is a valid one.

    The network ends with the running average of its weights.

    Args:
        model: keras.Model with the weights from which a new training starts.
        batches: Function that takes a step and returns a context manager of an iterator over
            (step, `teacher.batch.Batch`) from there.
        fields: Names of the fields of a protocol.
        settings: TrainingSettings.
        checkpoint: checkpoint.Checkpoint of this training; its epochs are segments.
        validate: Function that takes the network, with averaged weights, and the number of steps.
        path_to_log: CSV file that gets one row per segment.
        report: Function that takes a progress line.
        minutes: Time after which the training stops at the end of a segment; None for no limit.

    Returns:
        Number of finished steps.

    Raises:
        FloatingPointError: The loss is not finite.
        interruption.Interrupted: A signal arrived; the last finished segment is on disk.
    """
    compile_for_training(model, settings)
    state, message = checkpoint.load()
    if message:
        report(message)
    if state:
        restore_state(state, model)
    n_segments = settings.n_steps // settings.segment_steps
    n_done = state.epoch if state else 0
    log = SegmentLog(path_to_log, n_segments, settings, report, state.rows if state else [])
    if n_done < n_segments:
        with (
            interruption.noticed() as request,
            batches(n_done * settings.segment_steps) as steps_and_batches,
        ):
            model.fit(
                examples(steps_and_batches, fields),
                initial_epoch=n_done,
                epochs=n_segments,
                steps_per_epoch=settings.segment_steps,
                shuffle=False,
                verbose=0,
                callbacks=[
                    log,
                    StateKeeper(checkpoint, log, n_segments, state, request),
                    Validation(validate, settings, n_segments, use_averages),
                    Deadline(minutes),
                ],
            )
    use_averages(model)
    return int(keras.ops.convert_to_numpy(model.optimizer.iterations))


def examples(steps_and_batches, fields):
    """Turn batches of the teacher into inputs and targets of the network."""
    for _, batch in steps_and_batches:
        yield (
            encoding.inputs_of(batch, fields),
            likelihood.targets(batch.T1_s, batch.T2_s, batch.mask),
        )


def use_averages(model):
    """Replace the weights of a compiled network by their running averages."""
    averages = model.optimizer._model_variables_moving_average
    for weight, average in zip(model.trainable_variables, averages, strict=True):
        weight.assign(average)


def identity(settings, network, seed, compute_in, other):
    """Everything that affects the result of a training, for its checkpoint."""
    return {
        "network": asdict(network),
        "training": asdict(settings),
        "seed": seed,
        "precision": compute_in,
        "keras": f"{keras.__version__} on {keras.backend.backend()}",
    } | other
