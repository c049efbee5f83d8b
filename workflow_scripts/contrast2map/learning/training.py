"""Train a U-Net, or resume its training where it was stopped."""

import logging
import math
from dataclasses import asdict, dataclass

import keras

from contrast2map.jobs import devices, interruption
from contrast2map.learning import precision
from contrast2map.learning.callbacks import (
    EpochLog,
    FrozenStatistics,
    StateKeeper,
    restore_state,
)
from contrast2map.learning.checkpoint import Checkpoint
from contrast2map.learning.losses import RELATIVE_ERRORS, L1AndSSIM, l1, relative_errors
from contrast2map.learning.patches import Patches
from contrast2map.learning.prediction import divisor_of
from contrast2map.learning.schedules import WarmUpAndCosine
from contrast2map.learning.unet import build_unet
from contrast2map.learning.validation import ValidationSlices

ADAM, ADAMW = "adam", "adamw"
OPTIMISERS = {ADAM: keras.optimizers.Adam, ADAMW: keras.optimizers.AdamW}
EXPONENTIAL, COSINE = "exponential", "cosine"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingSettings:
    """Settings for the training of a network.

    Attributes:
        patch_size: Height and width of a patch in voxels.
        batch_size: Patches per step.
        n_epochs: Number of epochs.
        n_epochs_constant: Number of epochs before the learning rate decays.
        decay_rate: Exponent of this decay per epoch.
        learning_rate: Learning rate before the decay.
        beta_1: Adam's decay rate of the first moment.
        ssim_weight: Weight of the structural dissimilarity in the loss.
        ssim_data_range: Data range of SSIM; None means maximum minus minimum of the target batch.
        precision: Type in which layers compute: "auto", "float32" or "bfloat16".
        optimiser: "adam" or "adamw".
        weight_decay: Weight decay of AdamW.
        gradient_norm: Largest norm of all gradients together; larger ones are scaled down. None for
            no limit.
        schedule: "exponential", the paper's, or "cosine": the learning rate rises to
            `learning_rate` and falls to 0 as a cosine until the last step; n_epochs_constant and
            decay_rate are then not used.
        n_warm_up_epochs: Epochs in which the rate of "cosine" rises, possibly a fraction.
        n_epochs_frozen: Last epochs, in which batch normalisation uses the moving statistics, as
            in prediction (`callbacks.FrozenStatistics`).
    """

    patch_size: tuple[int, int]
    batch_size: int
    n_epochs: int
    n_epochs_constant: int
    decay_rate: float
    learning_rate: float
    beta_1: float
    ssim_weight: float
    ssim_data_range: float | None
    precision: str
    optimiser: str
    weight_decay: float
    gradient_norm: float | None
    schedule: str
    n_warm_up_epochs: float
    n_epochs_frozen: int

    metrics = ("l1", "ssim_loss", *RELATIVE_ERRORS)  # columns of the log

    def compile(self, model, n_steps):
        """Attach optimiser and loss to a keras.Model that is trained for a number of steps."""
        rate, options = self.learning_rate, {}
        if self.schedule == COSINE:
            n_warm_up = round(self.n_warm_up_epochs * n_steps / self.n_epochs)
            rate = WarmUpAndCosine(self.learning_rate, n_warm_up, n_steps)
        if self.optimiser == ADAMW:
            options["weight_decay"] = self.weight_decay
        compile_for_training(
            model,
            OPTIMISERS[self.optimiser](
                rate, beta_1=self.beta_1, global_clipnorm=self.gradient_norm, **options
            ),
            ssim_weight=self.ssim_weight,
            ssim_data_range=self.ssim_data_range,
        )

    def callbacks(self):
        """Callbacks of Keras that the recipe needs."""
        found = [FrozenStatistics(self.n_epochs - self.n_epochs_frozen)]
        if self.schedule != COSINE:
            found.append(
                keras.callbacks.LearningRateScheduler(lambda epoch, _: self.learning_rate_of(epoch))
            )
        return found

    def learning_rate_of(self, epoch):
        """Learning rate of an epoch, counted from 0 (Qiu et al. 2022, section 2.3).

        Constant at first, then multiplied by exp(-decay_rate) each epoch.
        """
        n_decays = max(0, epoch + 1 - self.n_epochs_constant)
        return self.learning_rate * math.exp(-self.decay_rate * n_decays)


def train(
    slices,
    unet,
    settings,
    *,
    validation,
    seed,
    other_identity,
    checkpoint_folder,
    checkpoint_epochs,
    path_to_log,
    report,
    new_persons=None,
):
    """Build a network and train it, or resume its training from a checkpoint.

    Args:
        slices: training_set.TrainingSet.
        unet: unet.UNetConfig.
        settings: TrainingSettings.
        validation: training_set.TrainingSet of the subjects held back for validation, whose error
            the log states after each epoch; None without. It does not affect the network.
        seed: Seed of start values and patches.
        other_identity: Dict that can be stored as JSON, with everything else that affects the
            result: contrasts, data, code. Training resumes from a checkpoint only if this and the
            arguments above are the same.
        checkpoint_folder: Folder for the checkpoint, used by no other training.
        checkpoint_epochs: Epochs between two checkpoints.
        path_to_log: CSV file that gets one row per epoch.
        report: Function that takes a progress line.
        new_persons: new_persons.NewPersons that turns training slices into other persons', or None.

    Returns:
        Trained keras.Model.

    Raises:
        FloatingPointError: The loss is not finite.
        MemoryError: The network does not fit into memory; the message names the settings to lower.
        interruption.Interrupted: A signal arrived; the last finished epoch is on disk.
    """
    n_contrasts, n_quantities = slices.images.shape[-1], slices.maps.shape[-1]
    return run(
        lambda compute_in: build_unet(unet, n_contrasts, n_quantities, seed, compute_in),
        slices,
        settings,
        {"unet": asdict(unet)} | other_identity,
        {"unet.n_filters": unet.n_filters},
        validation=validation,
        new_persons=new_persons,
        seed=seed,
        checkpoint_folder=checkpoint_folder,
        checkpoint_epochs=checkpoint_epochs,
        path_to_log=path_to_log,
        report=report,
    )


def run(
    build,
    slices,
    settings,
    other_identity,
    other_large,
    *,
    validation,
    seed,
    checkpoint_folder,
    checkpoint_epochs,
    path_to_log,
    report,
    new_persons=None,
):
    """Build a network of any start and train it, or resume its training from a checkpoint.

    Args:
        build: Function of the type in which layers compute that returns the keras.Model.
        slices: training_set.TrainingSet.
        settings: As of `fit`.
        other_identity: As of `train`; includes what `build` depends on.
        other_large: Dict mapping further settings that could be lowered to save memory to values.
        validation, seed, checkpoint_folder, checkpoint_epochs, path_to_log, report, new_persons: As
            of `train`.

    Returns:
        Trained keras.Model.

    Raises:
        FloatingPointError, MemoryError, interruption.Interrupted: See `train`.
    """
    compute_in = precision.resolve(settings.precision)
    logger.info("computing in %s with %s", compute_in, keras.backend.backend())
    identity = {
        "training": asdict(settings),
        "new_persons": new_persons and asdict(new_persons),
        "seed": seed,
        "precision": compute_in,
        "keras": f"{keras.__version__} on {keras.backend.backend()}",
    }
    checkpoint = Checkpoint(checkpoint_folder, identity | other_identity, checkpoint_epochs)
    keras.utils.set_random_seed(seed)
    model = build(compute_in)
    large = {
        "training.batch_size": settings.batch_size,
        "training.patch_size": settings.patch_size,
    }
    with devices.out_of_memory_named(large | other_large):
        fit(model, slices, settings, seed, checkpoint, path_to_log, report, validation, new_persons)
    return model


def fit(
    model,
    slices,
    settings,
    seed,
    checkpoint,
    path_to_log,
    report,
    validation=None,
    new_persons=None,
):
    """Fit a network, continuing from a checkpoint if there is a valid one.

    Args:
        model: keras.Model.
        slices: training_set.TrainingSet.
        settings: TrainingSettings or any_protocol.fine_tuning.FineTuningSettings.
        seed: Seed of the patches.
        checkpoint: checkpoint.Checkpoint. At the end it holds the last epoch; the caller removes it
            after saving the network.
        path_to_log: CSV file that gets one row per epoch.
        report: Function that takes a progress line.
        validation, new_persons: As of `train`.

    Raises:
        FloatingPointError: The loss is not finite.
        interruption.Interrupted: A signal arrived; the last finished epoch is on disk.
    """
    patches = Patches(
        slices.images, slices.maps, settings.patch_size, settings.batch_size, seed, new_persons
    )
    settings.compile(model, n_steps=settings.n_epochs * len(patches))
    state, message = checkpoint.load()
    if message:
        report(message)
    if state:
        restore_state(state, model)
    rows = state.rows if state else []
    metrics = settings.metrics
    if validation:
        metrics += tuple(f"val_{name}" for name in RELATIVE_ERRORS)
    log = EpochLog(path_to_log, metrics, settings.n_epochs, len(patches), report, rows)
    with interruption.noticed() as request:
        model.fit(
            patches,
            initial_epoch=state.epoch if state else 0,
            epochs=settings.n_epochs,
            shuffle=False,
            verbose=0,
            validation_data=ValidationSlices(validation, divisor_of(model)) if validation else None,
            callbacks=[
                keras.callbacks.LambdaCallback(
                    on_epoch_begin=lambda epoch, _: patches.begin(epoch)
                ),
                *settings.callbacks(),
                log,
                StateKeeper(checkpoint, log, settings.n_epochs, state, request),
            ],
        )


def compile_for_training(model, optimiser, *, ssim_weight, ssim_data_range):
    """Attach optimiser and loss; Keras compiles with XLA on JAX, and on TensorFlow with a GPU.

    Args:
        model: keras.Model.
        optimiser: keras.Optimizer.
        ssim_weight, ssim_data_range: See `TrainingSettings`.
    """
    loss = L1AndSSIM(ssim_weight, ssim_data_range)
    model.compile(
        optimizer=optimiser,
        loss=loss,
        metrics=[_named(l1, "l1"), _named(loss.ssim_loss, "ssim_loss"), *relative_errors()],
        jit_compile="auto",
    )
    # Otherwise Keras creates the moments while TensorFlow traces the step, which takes longer.
    model.optimizer.build(model.trainable_variables)


def _named(function, name):
    """Turn a function into a metric with the name that the log shows."""
    return keras.metrics.MeanMetricWrapper(function, name=name)
