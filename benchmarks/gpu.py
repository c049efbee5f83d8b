"""Training and prediction of the paper's network on a GPU: speed, extrapolated to 500 epochs.

    KERAS_BACKEND=jax python benchmarks/gpu.py --peak-tflops 989     # H100, dense bfloat16

Trains as in `config/paper.yaml` (48 filters, batches of 16 patches of 160 x 128 voxels) on 1500
slices of 256 x 256 random voxels for some epochs, and predicts 100 slices. Runs on TensorFlow, JAX
or PyTorch; the last two do not need TensorFlow (Keras, namex, optree and rich are enough).

    --products    with JAX: convolutions as in products.py, for machines available only for minutes
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

from contrast2map.jobs import processor

processor.prepare()
if "--products" in sys.argv:  # without autotuning, cuBLAS computes the products
    nothing_timed = "--xla_gpu_autotune_level=0 --xla_gpu_enable_triton_gemm=false"
    os.environ.setdefault("XLA_FLAGS", nothing_timed)

import keras
import numpy as np
import yaml

from contrast2map.learning import precision
from contrast2map.learning.checkpoint import Checkpoint
from contrast2map.learning.prediction import Predictor
from contrast2map.learning.training import TrainingSettings, fit
from contrast2map.learning.training_set import TrainingSet
from contrast2map.learning.unet import UNetConfig, build_unet
from contrast2map.workflow import configuration

CONFIG = Path(__file__).parents[1] / "config"
PUBLISHED = {"training_h": 3.7, "prediction_s": 1.6}  # Qiu et al. 2022, on a GTX 1080 Ti


def main(peak_tflops, n_slices, size, n_epochs, n_filters, by_products):
    """Print a table."""
    if by_products:
        import products

        products.use()
    paper = yaml.safe_load((CONFIG / "paper.yaml").read_text())
    unet = paper["unet"] | ({"n_filters": n_filters} if n_filters else {})
    training = configuration.training_settings(paper)
    compute_in = precision.resolve("auto")
    settings = TrainingSettings(**training | {"n_epochs": n_epochs, "precision": compute_in})
    rng = np.random.default_rng(1)
    shape = n_slices, size, size
    slices = TrainingSet(*(rng.random((*shape, n), dtype=np.float32) for n in (3, 2)))
    model = build_unet(UNetConfig(**unet), 3, 2, 1, compute_in)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        fit(model, slices, settings, 1, Checkpoint(folder, {}, every=n_epochs), log, print)
        seconds = [float(row.split(",")[-1]) for row in log.read_text().splitlines()[1:]]
    epoch_s = float(np.median(seconds[1:] or seconds))  # the first epoch compiles
    n_patches = n_slices // settings.batch_size * settings.batch_size
    flop = 3 * forward_flop(model, *settings.patch_size)
    predictor = Predictor(model, compute_in)
    predictor(slices.images[:100])
    started = time.monotonic()
    predictor(slices.images[:100])
    prediction_s = time.monotonic() - started
    way = ", convolutions as products of matrices" if by_products else ""
    print(f"{keras.backend.backend()}, {compute_in}, {unet['n_filters']} filters{way}")
    print("| | here | published, GTX 1080 Ti |\n| --- | --- | --- |")
    print(f"| patches per second | {n_patches / epoch_s:.1f} | |")
    total_h = paper["training"]["n_epochs"] * epoch_s / 3600
    print(f"| 500 epochs (h), extrapolated | {total_h:.2f} | {PUBLISHED['training_h']} |")
    print(f"| 100 slices (s) | {prediction_s:.2f} | {PUBLISHED['prediction_s']} |")
    reached = flop * n_patches / epoch_s / 1e12
    share = f"{reached / peak_tflops:.1%}" if peak_tflops else "not given"
    print(f"| training, TFLOP/s; share of the peak | {reached:.2f}; {share} | |")


def forward_flop(model, height, width):
    """Floating-point operations of the convolutions of one patch."""
    from contrast2map.learning.inspection import describe_layers

    return sum(
        2 * layer.height * layer.width * layer.n_parameters
        for layer in describe_layers(model, height, width)
        if layer.kind == "Conv2D"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peak-tflops", type=float, help="dense peak of the GPU in the type used")
    parser.add_argument("--n-slices", type=int, default=1500)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--n-epochs", type=int, default=4)
    parser.add_argument("--n-filters", type=int, help="other than the paper's 48")
    parser.add_argument("--products", dest="by_products", action="store_true", help="JAX only")
    main(**vars(parser.parse_args()))
