"""Fold the batch normalisations of a trained network into the preceding convolutions."""

import keras
import numpy as np

from contrast2map.learning import precision


def fold(model, compute_in):
    """Build a network that gives the same predictions with fewer operations.

    In prediction, a batch normalisation scales and shifts each channel. The preceding convolution
    can include this: its kernel is multiplied by gamma / sd, and its bias becomes beta - mean *
    gamma / sd.

    Args:
        model: Trained keras.Model of `unet.build_unet` or `any_protocol.pretrained.build`; layers
            with an attribute `needs_float32` compute in float32 in any case.
        compute_in: "float32" or "bfloat16"; the output is float32.

    Returns:
        keras.Model.
    """
    normalised = {
        layer.input._keras_history.operation.name: layer
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    replaced = {layer.name for layer in normalised.values()}
    policy = precision.policy_of(compute_in).name

    def copy(layer):
        if layer.name in replaced:
            return keras.layers.Identity(name=layer.name, dtype=policy)
        options = layer.get_config()
        if not isinstance(layer, keras.layers.InputLayer):
            exact = layer is model.layers[-1] or getattr(layer, "needs_float32", False)
            options["dtype"] = precision.FLOAT32 if exact else policy
        if layer.name in normalised:
            options["use_bias"] = True
        return type(layer).from_config(options)

    folded = keras.models.clone_model(
        model,
        clone_function=copy,
        # A normalisation accepts a mask; the identity that replaces it does not.
        call_function=lambda layer, *features, **_: layer(*features),
    )
    for layer in folded.layers:
        weights = model.get_layer(layer.name).get_weights()
        if layer.name in normalised:
            weights = _folded(weights, normalised[layer.name])
        if layer.weights:
            layer.set_weights(weights)
    return folded


def _folded(weights, normalisation):
    """Kernel and bias of a convolution that includes the normalisation after it."""
    kernel, bias = weights[0], weights[1] if len(weights) > 1 else 0.0
    gamma, beta, mean, variance = (
        np.asarray(keras.ops.convert_to_numpy(each), np.float64)
        for each in (
            normalisation.gamma,
            normalisation.beta,
            normalisation.moving_mean,
            normalisation.moving_variance,
        )
    )
    scale = gamma / np.sqrt(variance + normalisation.epsilon)
    return [
        (kernel * scale).astype(np.float32),
        ((bias - mean) * scale + beta).astype(np.float32),
    ]
