"""How the protocol acts on the network of any protocol: the ways compared on equal steps.

    python benchmarks/conditioning.py LABELS_FOLDER CACHE_FOLDER [N_STEPS]

LABELS_FOLDER holds the label maps of SynthSeg. Every way learns from the same batches with the
settings of config/any_protocol.yaml, after a warm-up at its peak learning rate, and is judged on
the same held-out batches, with the weights of the last step.
"""

import os
import sys
import time
from pathlib import Path

import yaml

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parents[1]
sys.path.insert(1, str(ROOT / "workflow_scripts"))

from contrast2map.jobs import processor

N_WARM_UP, N_HELD_OUT, SEED = 100, 10, 77


def main(labels_folder, cache_folder, n_steps="400"):
    """Print the table."""
    processor.prepare()
    from contrast2map.any_protocol import network

    config = yaml.safe_load((ROOT / "config" / "any_protocol.yaml").read_text())["any_protocol"]
    batches = drawn(config["teacher"], labels_folder, cache_folder, int(n_steps) + N_HELD_OUT)
    print("| way | weights | s per step | loss | T1 error (%) | T2 error (%) |")
    print("| --- | --- | --- | --- | --- | --- |")
    for way in (network.HYPER, network.FILM, network.CONCATENATION):
        row = learned(config, way, batches)
        print(f"| {way} | {' | '.join(row)} |", flush=True)


def drawn(teacher, labels_folder, cache_folder, n_batches):
    """Inputs and targets of batches."""
    from contrast2map.any_protocol import training
    from contrast2map.imaging.protocol import PROTOCOL_FIELDS
    from contrast2map.teacher.feed import Feed
    from contrast2map.teacher.settings import TeacherSettings

    settings, n_cores = TeacherSettings(**teacher), len(os.sched_getaffinity(0))
    with Feed(settings, labels_folder, SEED, cache_folder, n_cores) as feed:
        examples = training.examples(feed, list(PROTOCOL_FIELDS))
        return [next(examples) for _ in range(n_batches)]


def learned(config, way, batches):
    """Cells of the table for one way."""
    import keras
    import numpy as np

    from contrast2map.any_protocol import encoding, likelihood, network, training
    from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS

    n_context = encoding.n_numbers(len(SLOTS), len(PROTOCOL_FIELDS))
    architecture = network.NetworkConfig(**config["network"] | {"conditioning": way})
    model = network.build_network(architecture, len(SLOTS), n_context, seed=1)
    # So many steps that the learning rate stays at its peak.
    settings = config["training"] | {"n_warm_up_steps": N_WARM_UP, "n_steps": 10**6}
    training.compile_for_training(model, training.TrainingSettings(**settings))
    taught, held_out = batches[:-N_HELD_OUT], batches[-N_HELD_OUT:]
    model.train_on_batch(list(taught[0][0]), taught[0][1])  # traces the step
    started = time.perf_counter()
    for inputs, targets in taught:
        model.train_on_batch(list(inputs), targets)
    each_s = (time.perf_counter() - started) / len(taught)
    losses, errors = [], []
    for inputs, targets in held_out:
        maps = model.predict_on_batch(list(inputs))
        losses.append(keras.ops.convert_to_numpy(likelihood.negative_log_likelihood(targets, maps)))
        inside = targets[..., 2] > 0
        errors.append(np.abs(targets[..., :2] - maps[..., :2])[inside].mean(axis=0))
    T1, T2 = 100 * np.mean(errors, axis=0)
    numbers = (f"{each_s:.3f}", f"{np.mean(losses):.3f}", f"{T1:.1f}", f"{T2:.1f}")
    return (f"{model.count_params():,}", *numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
