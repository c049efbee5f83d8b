"""Prediction of whole slices, compared with Keras, PyTorch, OpenVINO and ONNX Runtime.

    python benchmarks/prediction.py 48                # 48 filters
    python benchmarks/prediction.py 8 --n-rounds 1    # a trial of the program

Prints a table for slices of 256 x 256 voxels in batches of 4, and the best of each program. Each
program computes in float32 and, if the processor has it in hardware, in bfloat16 (ONNX Runtime only
in float32). Programs that are not installed (benchmarks/requirements.txt) are not measured.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

import numpy as np
import training
import workers

SLICES, SIZE = 4, 256
N_STEPS = 1
PROGRAMS = {
    "ours": "contrast2map",
    "keras": "plain Keras",
    "torch": "PyTorch, channels last, folded",
    "openvino": "OpenVINO",
    "onnx": "ONNX Runtime",
}
FLOAT32_ONLY = ("onnx",)  # ONNX Runtime has no bfloat16 convolutions for these processors


def main():
    """Print the tables."""
    from contrast2map.learning.precision import AUTO, FLOAT32, resolve

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n_filters", type=int)
    parser.add_argument("--n-rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{arguments.n_filters} filters; a step is {SLICES} slices of {SIZE} x {SIZE}\n")
    command = [sys.executable, __file__, "--serve"]
    programs = [
        workers.Program(name, each, [*command, kind, str(arguments.n_filters), each])
        for kind, name in PROGRAMS.items()
        for each in ([FLOAT32] if kind in FLOAT32_ONLY else workers.precisions())
    ]
    workers.compare(programs, arguments.n_rounds, N_STEPS, chosen=resolve(AUTO))


def serve(kind, n_filters, precision):
    """Run one of the compared programs."""
    images = np.random.default_rng(1).random((SLICES, SIZE, SIZE, 3), dtype=np.float32)
    if kind == "torch":
        import torch_unet

        workers.serve(torch_unet.prediction_step(int(n_filters), images, 2, precision))
        return
    if kind == "ours":
        from contrast2map.jobs import processor

        processor.prepare()
    if kind == "keras":
        model = training.build(int(n_filters), precision, plain=True)
        workers.serve(lambda: model.predict_on_batch(images))
        return
    model = training.build(int(n_filters), "float32")
    if kind == "ours":
        from contrast2map.learning.prediction import Predictor

        predictor = Predictor(model, precision)
        workers.serve(lambda: predictor(images))
    else:
        model(images)  # tf2onnx exports only models that were called
        apply = {"openvino": _by_openvino, "onnx": _by_onnx_runtime}[kind](model, precision)
        workers.serve(lambda: apply(images))


def _by_openvino(model, precision):
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.xml"
        model.export(path, format="openvino", verbose=False)
        hint = {"float32": "f32", "bfloat16": "bf16"}[precision]
        compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": hint})
    return lambda images: compiled(images)[0]


def _by_onnx_runtime(model, precision):
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/model.onnx"
        model.export(path, format="onnx", verbose=False)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda images: session.run(None, {name: images})[0]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
    else:
        main()
