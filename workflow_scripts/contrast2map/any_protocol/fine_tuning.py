"""Fine-tune the network for any protocol on the reference maps of a cohort."""

from dataclasses import dataclass

import keras

from contrast2map.any_protocol import pretrained
from contrast2map.learning import losses
from contrast2map.learning.schedules import WarmUpAndCosine
from contrast2map.learning.training import run


@dataclass(frozen=True)
class FineTuningSettings:
    """Settings for the fine-tuning of a network.

    Attributes:
        patch_size: Height and width of a patch in voxels.
        batch_size: Patches per step.
        n_epochs: Number of epochs.
        n_warm_up_steps: Steps in which the learning rate rises from 0 to its peak.
        learning_rate: Peak, from which it falls to 0 as a cosine until the last step.
        weight_decay: Weight decay of AdamW.
        gradient_norm: Largest norm of all gradients together; larger ones are scaled down.
        precision: Type in which layers compute: "auto", "float32" or "bfloat16".
    """

    patch_size: tuple[int, int]
    batch_size: int
    n_epochs: int
    n_warm_up_steps: int
    learning_rate: float
    weight_decay: float
    gradient_norm: float
    precision: str

    metrics = losses.RELATIVE_ERRORS  # columns of the log

    def compile(self, model, n_steps):
        """Attach optimiser and loss to a keras.Model that is trained for a number of steps."""
        model.compile(
            optimizer=keras.optimizers.AdamW(
                WarmUpAndCosine(self.learning_rate, self.n_warm_up_steps, n_steps),
                weight_decay=self.weight_decay,
                global_clipnorm=self.gradient_norm,
            ),
            loss=losses.relative_error,
            metrics=losses.relative_errors(),
            jit_compile="auto",
        )
        model.optimizer.build(model.trainable_variables)

    def callbacks(self):
        """Callbacks of Keras that the recipe needs: none."""
        return []


def train(slices, path_to_weights, protocol, map_scale_s, settings, *, other_identity, **options):
    """Fine-tune the network, or resume from a checkpoint.

    Args:
        slices: learning.training_set.TrainingSet; its maps are T1 and T2.
        path_to_weights: File of the network for any protocol.
        protocol: Dict mapping slot to (contrast, numbers), in the order of the images' channels.
        map_scale_s: Relaxation time in seconds for a scaled value of 1.
        settings: FineTuningSettings.
        other_identity: As of `learning.training.train`; it must include the file of weights.
        **options: validation, seed, checkpoint_folder, checkpoint_epochs, path_to_log, report,
            new_persons: As of `learning.training.train`.

    Returns:
        Trained keras.Model.

    Raises:
        FloatingPointError, MemoryError, interruption.Interrupted: See `learning.training.train`.
        ValueError: See `pretrained.build` and `pretrained.gains_of`.
    """
    gains = pretrained.gains_of(slices.images)
    identity = {
        "protocol": {slot: list(of_slot) for slot, of_slot in protocol.items()},
        "gains": gains,
        "map_scale_s": map_scale_s,
    }
    return run(
        lambda compute_in: pretrained.build(
            path_to_weights, protocol, gains, map_scale_s, compute_in
        ),
        slices,
        settings,
        identity | other_identity,
        {},
        **options,
    )
