"""The network of the package as ONNX: the same numbers, and a guide to its inputs."""

import numpy as np
import pytest

from contrast2map import __main__ as command_line
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.maps import export, shipped


def test_a_missing_package_is_reported_on_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(export, "NEEDED", ("no_such_package",))
    assert command_line.main(["export", "--output", str(tmp_path / "out")]) == 2
    written = capsys.readouterr().err
    assert "pip install no_such_package" in written and written.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_other_contents_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "NEEDED", ())
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(export.ExportError, match="not an empty folder"):
        export.export(tmp_path)


def test_the_guide_names_every_input_and_the_factors():
    model = shipped.open_model()
    words = export.guide(model, 16)
    for name in (*SLOTS, *PROTOCOL_FIELDS, "90 % interval", model.sha256, "multiples of 16"):
        assert name in words
    assert str(model.calibration.factors["T2"][3]) in words


def test_the_exported_network_gives_the_same_numbers(tmp_path, rng):
    pytest.importorskip("tf2onnx", reason="onnx, tf2onnx and onnxruntime are not installed")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    export.export(tmp_path / "out")
    session = runtime.InferenceSession(
        str(tmp_path / "out" / export.MODEL), providers=["CPUExecutionProvider"]
    )
    network = shipped.load(shipped.open_model()).networks["network"].model
    images = rng.random((2, 48, 32, len(SLOTS))).astype(np.float32)
    context = rng.standard_normal((2, network.inputs[1].shape[-1])).astype(np.float32)
    (found,) = session.run(None, {"images": images, "context": context})
    np.testing.assert_allclose(found, network.predict_on_batch([images, context]), atol=1e-3)
