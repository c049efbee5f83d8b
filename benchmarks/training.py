"""A training step and an epoch, compared with plain Keras and PyTorch.

    python benchmarks/training.py 16                # 16 filters
    python benchmarks/training.py 8 --n-rounds 1    # a trial of the program

Prints a table for L1 + SSIM, Adam, batches of 16 patches of 160 x 128 voxels, and the best of each
program. Each program computes in float32 and, if the processor has it in hardware, in bfloat16.
PyTorch is measured if it is installed (benchmarks/requirements.txt).
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

import numpy as np
import workers

BATCH, HEIGHT, WIDTH = 16, 160, 128
N_STEPS = 1
LOSS = {"ssim_weight": 0.1, "ssim_data_range": None}
PLAIN = {"FusedBatchNormalization": "BatchNormalization", "BilinearUpsampling": "UpSampling2D"}
PROGRAMS = {
    "ours": "contrast2map",
    "epoch": "contrast2map, epoch with data loading",
    "keras": "plain Keras",
    "torch": "PyTorch, channels last",
}


def main():
    """Print the tables."""
    from contrast2map.learning.precision import AUTO, resolve

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n_filters", type=int)
    parser.add_argument("--n-rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{arguments.n_filters} filters; a step is {BATCH} patches of {HEIGHT} x {WIDTH}\n")
    command = [sys.executable, __file__, "--serve"]
    programs = [
        workers.Program(name, each, [*command, kind, str(arguments.n_filters), each])
        for kind, name in PROGRAMS.items()
        for each in workers.precisions()
    ]
    workers.compare(programs, arguments.n_rounds, N_STEPS, chosen=resolve(AUTO))


def serve(kind, n_filters, precision):
    """Run one of the compared programs."""
    rng = np.random.default_rng(1)
    images = rng.random((BATCH, HEIGHT, WIDTH, 3), dtype=np.float32)
    maps = rng.random((BATCH, HEIGHT, WIDTH, 2), dtype=np.float32)
    if kind == "torch":
        import torch_unet

        workers.serve(torch_unet.training_step(int(n_filters), images, maps, precision))
        return
    if kind != "keras":
        from contrast2map.jobs import processor

        processor.prepare()
    import keras

    from contrast2map.learning import training

    model = build(int(n_filters), precision, plain=kind == "keras")
    training.compile_for_training(model, keras.optimizers.Adam(1e-4, beta_1=0.5), **LOSS)
    if kind == "epoch":
        workers.serve(feeding_step(model))
    else:
        workers.serve(lambda: model.train_on_batch(images, maps))


def build(n_filters, precision, plain=False):
    """The network, or the same network built from Keras layers."""
    import keras

    from contrast2map.learning.unet import UNetConfig, build_unet

    model = build_unet(UNetConfig(n_filters, 4, 3, 0.02, 0.99), 3, 2, 1, precision)
    if not plain:
        return model

    def copy(layer):
        kind = getattr(keras.layers, PLAIN.get(type(layer).__name__, type(layer).__name__))
        return kind.from_config(layer.get_config())

    return keras.models.clone_model(model, clone_function=copy)


def feeding_step(model):
    """Function that advances an endless fit by one step, with data loaded as in a study."""
    import threading

    import keras

    from contrast2map.learning.patches import Patches

    rng = np.random.default_rng(2)
    shape = (BATCH * 8, 256, 256)
    patches = Patches(
        rng.random((*shape, 3), dtype=np.float32),
        rng.random((*shape, 2), dtype=np.float32),
        (HEIGHT, WIDTH),
        BATCH,
        seed=1,
    )
    go, done = threading.Semaphore(0), threading.Semaphore(0)

    class OneByOne(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            go.acquire()

        def on_train_batch_end(self, batch, logs=None):
            done.release()

    threading.Thread(
        target=lambda: model.fit(
            patches, epochs=10**6, verbose=0, shuffle=False, callbacks=[OneByOne()]
        ),
        daemon=True,
    ).start()

    def step():
        go.release()
        done.acquire()

    return step


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
    else:
        main()
