"""Prediction of whole slices, compared with Keras, OpenVINO and ONNX Runtime.

    python benchmarks/prediction.py 48             # 48 filters, fastest precision of the machine
    python benchmarks/prediction.py 48 bfloat16

Prints a table for slices of 256 x 256 voxels in batches of 4. OpenVINO and ONNX Runtime are
measured if they are installed (benchmarks/requirements.txt).
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

import numpy as np
import workers

SLICES, SIZE = 4, 256
N_ROUNDS, N_STEPS = 5, 1


def main(n_filters="48", precision="auto"):
    """Print the table."""
    from contrast2map.learning.precision import resolve

    precision = resolve(precision)
    print(f"{n_filters} filters, {precision}, {os.cpu_count()} processors; a step is 4 slices\n")
    command = [sys.executable, __file__, "--serve"]
    kinds = {
        "contrast2map": ("ours", precision),
        "Keras, eager, float32": ("eager", "float32"),
        "Keras, compiled, float32": ("compiled", "float32"),
        f"OpenVINO, {precision}": ("openvino", precision),
        "ONNX Runtime, float32": ("onnx", "float32"),
    }
    programs = {name: [*command, kind, n_filters, how] for name, (kind, how) in kinds.items()}
    workers.compare(programs, N_ROUNDS, N_STEPS)


def serve(kind, n_filters, precision):
    """Run one of the compared programs."""
    from contrast2map.jobs import processor

    if kind == "ours":
        processor.prepare()
    from contrast2map.learning.prediction import Predictor
    from contrast2map.learning.unet import UNetConfig, build_unet

    images = np.random.default_rng(1).random((SLICES, SIZE, SIZE, 3), dtype=np.float32)
    model = build_unet(UNetConfig(int(n_filters), 4, 3, 0.02, 0.99), 3, 2, 1)
    if kind == "ours":
        predictor = Predictor(model, precision)
        workers.serve(lambda: predictor(images))
    elif kind == "eager":
        workers.serve(lambda: np.asarray(model(images, training=False)))
    elif kind == "compiled":
        workers.serve(lambda: model.predict_on_batch(images))
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
        main(*sys.argv[1:])
