"""Describe the layers of a Keras model as plain records."""

from typing import NamedTuple

import keras

N_AXES = 4  # batch, height, width, channel


class Layer(NamedTuple):
    """One layer of a model.

    Attributes:
        name: Name in the model.
        kind: Class, such as Conv2D.
        parents: Names of the layers that are its inputs.
        height: Height of the output in voxels.
        width: Width of the output in voxels.
        n_channels: Channels of the output.
        kernel: Height and width of the kernel or pool, or None.
        n_parameters: Number of weights, with those of the layers that read numbers of the protocol
            for it.
    """

    name: str
    kind: str
    parents: tuple
    height: int
    width: int
    n_channels: int
    kernel: tuple | None
    n_parameters: int


def describe_layers(model, height, width):
    """Describe the layers of a functional Keras model in topological order.

    The model may accept images of any size; shapes are given for one size.

    Args:
        model: Built functional model for images of shape (batch, height, width, channel).
        height: Height of the input in voxels.
        width: Width of the input in voxels.

    Returns:
        List of `Layer`.
    """
    images = keras.Input((height, width, model.input_shape[-1]))
    sized = keras.models.clone_model(model, input_tensors=images)
    layers, unshown = [], {}
    for layer in sized.layers:
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        is_input = type(layer).__name__ == "InputLayer"
        names = [] if is_input else [each._keras_history.operation.name for each in tensors]
        shape = tuple(layer.output.shape)
        n_parameters = int(layer.count_params()) + sum(unshown.pop(name, 0) for name in names)
        if len(shape) != N_AXES:  # numbers of the protocol, not images
            unshown[layer.name] = n_parameters
            continue
        shown = {each.name for each in layers}
        kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
        layers.append(
            Layer(
                name=layer.name,
                kind=_kind(layer),
                parents=tuple(name for name in names if name in shown),
                height=int(shape[1]),
                width=int(shape[2]),
                n_channels=int(shape[3]),
                kernel=tuple(kernel) if kernel else None,
                n_parameters=n_parameters,
            )
        )
    return layers


def _kind(layer):
    kind = type(layer).__name__
    return layer.activation.__name__ if kind == "Activation" else kind
