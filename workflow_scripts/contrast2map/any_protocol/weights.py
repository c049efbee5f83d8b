"""Weights of a network in one small file that any Keras backend reads."""

import json
from dataclasses import asdict

import keras
import numpy as np

from contrast2map.any_protocol import encoding
from contrast2map.any_protocol.network import NetworkConfig, build_network

FORMAT = 1


def save(path, model, config, slots, fields, facts):
    """Write weights in float16, with what is needed to build the network again.

    Args:
        path: `.npz` file.
        model: keras.Model of `network.build_network`.
        config: Its NetworkConfig.
        slots, fields: Names of the kinds of scans and of the fields of a protocol, in order.
        facts: Dict that can be stored as JSON: how the network was trained.

    Raises:
        ValueError: A weight is too large for float16 or not finite.
    """
    halves = {}
    for name, values in arrays(model).items():
        with np.errstate(over="ignore"):
            halves[name] = values.astype(np.float16)
        if not np.isfinite(halves[name]).all():
            raise ValueError(f"{name}: largest value {np.abs(values).max()} in float16")
    head = {
        "format": FORMAT,
        "network": asdict(config),
        "slots": list(slots),
        "fields": list(fields),
        "facts": facts,
    }
    with open(path, "wb") as file:
        np.savez_compressed(file, head=json.dumps(head), **halves)


def load(path):
    """Build the network of a file.

    Args:
        path: File that `save` wrote.

    Returns:
        keras.Model, and the head of the file: dict with network, slots, fields and facts.

    Raises:
        ValueError: The file has another format or weights of another network.
    """
    with np.load(path) as stored:
        head = json.loads(str(stored["head"]))
        if head["format"] != FORMAT:
            raise ValueError(f"{path}: format {head['format']}; this version reads {FORMAT}")
        found = {name: stored[name].astype(np.float32) for name in stored.files if name != "head"}
    config = NetworkConfig(**head["network"])
    n_slots = len(head["slots"])
    n_context = encoding.n_numbers(n_slots, len(head["fields"]))
    model = build_network(config, n_slots, n_context, seed=0)
    assign(model, found, path)
    return model, head


def arrays(model):
    """Weights of a network as a dict of NumPy arrays by name."""
    return {weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights}


def assign(model, named, path):
    """Set the weights of a network from a dict of arrays by name.

    Raises:
        ValueError: A weight is missing, unknown or of another shape; `path` names the file.
    """
    wanted = {weight.path: tuple(weight.shape) for weight in model.weights}
    found = {name: array.shape for name, array in named.items()}
    if wanted != found:
        differing = sorted(dict(wanted.items() ^ found.items()))
        raise ValueError(f"{path}: weights of another network ({', '.join(differing[:3])} ...)")
    model.set_weights([named[weight.path] for weight in model.weights])
