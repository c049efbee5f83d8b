"""Apply a trained network to whole slices."""

from functools import cached_property

import keras
import numpy as np

from contrast2map.learning import batch_norm_folding, precision

SLICES_AT_ONCE = 8
HALVING = ("pool_", "halve_")  # names of the layers that halve height and width


class Predictor:
    """A trained network prepared for prediction: batch normalisations folded, compiled once.

    Args:
        model: Trained keras.Model of `unet.build_unet` or `any_protocol.pretrained.build`.
        compute_in: "float32", "bfloat16" or "auto" (see `precision.resolve`).

    Attributes:
        precision: "float32" or "bfloat16".
    """

    def __init__(self, model, compute_in):
        # Drops optimiser and loss: Keras would compile each copy of a compiled network again.
        self.model = keras.Model(model.input, model.output)
        self.precision = precision.resolve(compute_in)
        self._apply = _compiled(batch_norm_folding.fold(self.model, self.precision))

    def __call__(self, images):
        """Predict maps of whole slices.

        Args:
            images: Normalised images, float32 (slice, height, width, contrast), any size.

        Returns:
            Scaled maps, float32 (slice, height, width, quantity).
        """
        return self._in_batches(self._apply, images)

    def plainly(self, images):
        """Predict with the network as trained, layer by layer in float32."""
        return self._in_batches(lambda batch: self._plain(batch, training=False), images)

    @cached_property
    def _plain(self):
        plain = keras.models.clone_model(self.model, clone_function=_in_float32)
        plain.set_weights(self.model.get_weights())
        return plain

    def _in_batches(self, apply, images):
        divisor = divisor_of(self.model)
        height, width = images.shape[1:3]
        padded = np.pad(images, [(0, 0), (0, -height % divisor), (0, -width % divisor), (0, 0)])
        batches = [
            keras.ops.convert_to_numpy(apply(padded[start : start + SLICES_AT_ONCE]))
            for start in range(0, len(padded), SLICES_AT_ONCE)
        ]
        return np.concatenate(batches)[:, :height, :width].astype(np.float32)


def divisor_of(model):
    """Number of which the height and width of a network's images must be multiples."""
    return 2 ** sum(layer.name.startswith(HALVING) for layer in model.layers)


def _compiled(model):
    """Make a function of a batch of images; with TensorFlow, a graph with constant weights.

    TensorFlow arranges constants in memory for the processor only once, not at each call.
    """
    if keras.backend.backend() != "tensorflow":
        return model.predict_on_batch
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    images = tf.TensorSpec([None, None, None, model.input_shape[-1]], tf.float32)
    graph = tf.function(lambda batch: model(batch, training=False), input_signature=[images])
    frozen = convert_variables_to_constants_v2(graph.get_concrete_function())
    return lambda batch: frozen(tf.constant(batch))[0]


def _in_float32(layer):
    options = layer.get_config()
    if not isinstance(layer, keras.layers.InputLayer):
        options["dtype"] = precision.FLOAT32
    return type(layer).from_config(options)
