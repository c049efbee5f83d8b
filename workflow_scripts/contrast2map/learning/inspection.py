"""Describe the layers of a Keras model as plain records."""

from typing import NamedTuple


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
        n_parameters: Number of weights.
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
    shapes, layers = {}, []
    for layer in model.layers:
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        is_input = type(layer).__name__ == "InputLayer"
        parents = () if is_input else tuple(each._keras_history.operation.name for each in tensors)
        if is_input:
            shape = (1, height, width, layer.output.shape[-1])
        else:
            given = [shapes[parent] for parent in parents]
            shape = layer.compute_output_shape(given if len(given) > 1 else given[0])
        shapes[layer.name] = tuple(shape)
        kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
        layers.append(
            Layer(
                name=layer.name,
                kind=_kind(layer),
                parents=parents,
                height=int(shape[1]),
                width=int(shape[2]),
                n_channels=int(shape[3]),
                kernel=tuple(kernel) if kernel else None,
                n_parameters=int(layer.count_params()),
            )
        )
    return layers


def _kind(layer):
    kind = type(layer).__name__
    return layer.activation.__name__ if kind == "Activation" else kind
