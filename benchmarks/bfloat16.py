"""Effect of bfloat16 on accuracy, emulated on a processor without it.

    python benchmarks/bfloat16.py results/demo

Retrains the network of a finished study in each fold with three seeds, in float32 and with rounding
to bfloat16 of all numbers that a bfloat16 training rounds: images, kernels, layer outputs, and the
gradients of all of them. Sums, statistics, weights, loss and output stay in float32, as in a
bfloat16 training. Prints the held-out mean absolute error excluding CSF against the reference, and
its SD across seeds. Two trainings run at a time, on one core each.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

from contrast2map.jobs import processor

SEEDS, N_AT_A_TIME = (1, 2, 3), 2
FLOAT32, ROUNDED = "float32", "rounded to bfloat16"


def main(results):
    """Print one line per training, then the table."""
    study = yaml.safe_load((results / "workflow" / "config.yaml").read_text())
    folds = pd.read_csv(results / "folds" / "folds.tsv", sep="\t", dtype=str)
    tasks = [
        (results, study, folds, fold, seed, kind)
        for seed in SEEDS
        for fold in sorted(folds["fold"].unique())
        for kind in (FLOAT32, ROUNDED)
    ]
    rows, started = [], time.monotonic()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(N_AT_A_TIME, context, processor.prepare, (1,)) as pool:
        futures = [pool.submit(train_and_compare, *task) for task in tasks]
        for n_done, done in enumerate(as_completed(futures), 1):
            rows += done.result()
            left_min = (time.monotonic() - started) / n_done * (len(tasks) - n_done) / 60
            print(f"{n_done}/{len(tasks)} trained, {left_min:.0f} min left", flush=True)
    print_table(pd.DataFrame(rows))


def train_and_compare(results, study, folds, fold, seed, kind):
    """Train one network; return a row for each held-out subject and quantity."""
    import keras

    from contrast2map.evaluation.subject_errors import errors_by_slice
    from contrast2map.imaging import grids, images
    from contrast2map.learning import training_set
    from contrast2map.learning.checkpoint import Checkpoint
    from contrast2map.learning.prediction import Predictor
    from contrast2map.learning.training import TrainingSettings, fit
    from contrast2map.learning.unet import UNetConfig, build_unet
    from contrast2map.preprocessing import normalisation, slices
    from contrast2map.workflow import configuration

    def path_of(subject, name):
        return results / "preprocessed" / f"sub-{subject}" / name

    contrasts = study["input_sets"][0]
    settings = TrainingSettings(**configuration.training_settings(study))
    scale_s = study["preprocessing"]["normalisation"]["map_scale_s"]
    trained_on = sorted(folds.loc[folds["fold"] != fold, "subject"])
    paths = [path_of(subject, "slices.npz") for subject in trained_on]
    keras.utils.set_random_seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        known = training_set.load(paths, contrasts, memory_bytes=8e9, folder=folder)
        model = build_unet(UNetConfig(**study["unet"]), len(contrasts), 2, seed)
        if kind == ROUNDED:
            model = rounding(model)
        checkpoint = Checkpoint(folder, {}, every=settings.n_epochs)
        log = Path(folder) / "log.csv"
        fit(model, known, settings, seed, checkpoint, log, report=lambda _: None)
    predict = Predictor(model, FLOAT32) if kind == FLOAT32 else _by(model)
    rows = []
    for subject in sorted(folds.loc[folds["fold"] == fold, "subject"]):
        held_out = slices.load(path_of(subject, "slices.npz"))
        mask = images.values(images.load(path_of(subject, "excluding_csf_mask.nii.gz")))
        region = grids.to_slices(mask)[held_out.slice_indices] > 0
        scaled = predict(held_out.inputs_of(contrasts))
        for number, quantity in enumerate(held_out.quantities):
            predicted_s, reference_s = (
                np.moveaxis(normalisation.restore_maps(each, held_out.brain, scale_s), 0, -1)
                for each in (scaled[..., number], held_out.maps[..., number])
            )
            errors = errors_by_slice(
                predicted_s, reference_s, np.moveaxis(region, 0, -1), range(len(region))
            )
            mae_ms = np.mean([row["mae_ms"] for row in errors if row["convention"] == "paper"])
            rows.append(
                {"kind": kind, "seed": seed, "fold": fold, "subject": subject, quantity: mae_ms}
            )
    return rows


def rounding(model):
    """Copy a network with its initial weights, but round its numbers to bfloat16."""
    import keras
    from keras import layers, ops

    def rounded(numbers):
        return ops.cast(ops.cast(numbers, "bfloat16"), "float32")

    class Rounded(layers.Layer):
        def call(self, features):
            return rounded(features)

    class RoundedConv2D(layers.Conv2D):
        def convolution_op(self, inputs, kernel):
            return super().convolution_op(rounded(inputs), rounded(kernel))

    def copy(layer):
        is_inner = isinstance(layer, layers.Conv2D) and layer.name != "maps"
        return (RoundedConv2D if is_inner else type(layer)).from_config(layer.get_config())

    def call(layer, *inputs, **options):
        features = layer(*inputs, **options)
        return features if layer.name == "maps" else Rounded(name=f"{layer.name}_rounded")(features)

    return keras.models.clone_model(model, clone_function=copy, call_function=call)


def _by(model):
    from contrast2map.learning.prediction import SLICES_AT_ONCE

    return lambda images: np.asarray(model.predict(images, SLICES_AT_ONCE, verbose=0))


def print_table(rows):
    """Print means over subjects for each seed, differences, and SDs across seeds."""
    by_seed = rows.groupby(["kind", "seed"])[["T1", "T2"]].mean().unstack("kind")
    print("| seed | " + " | ".join(f"{q}, {kind} (ms)" for q, kind in by_seed.columns) + " |")
    print("| --- " * (1 + len(by_seed.columns)) + "|")
    for seed, row in by_seed.iterrows():
        print(f"| {seed} | " + " | ".join(f"{value:.2f}" for value in row) + " |")
    for quantity in ("T1", "T2"):
        of = by_seed[quantity]
        difference = of[ROUNDED].mean() - of[FLOAT32].mean()
        spreads = [f"{of[kind].std():.2f} ms {kind}" for kind in (FLOAT32, ROUNDED)]
        print(f"{quantity}: difference {difference:+.2f} ms; SD across seeds {', '.join(spreads)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="folder of a finished study")
    main(parser.parse_args().results)
