"""The type in which a network computes; weights, statistics and output stay in float32."""

import keras
import numpy as np
import pytest

from contrast2map.learning import precision
from contrast2map.learning.unet import UNetConfig, build_unet

AMX, PLAIN = ["avx512f", "amx_bf16", "amx_tile"], ["avx2", "fma"]


@pytest.fixture
def without_gpu(monkeypatch):
    monkeypatch.setattr(precision, "gpu_capability", lambda: None)


@pytest.mark.parametrize(
    ("wanted", "flags", "expected"),
    [
        ("auto", AMX, "bfloat16"),
        ("auto", PLAIN, "float32"),
        ("auto", [], "float32"),
        ("float32", AMX, "float32"),
        ("bfloat16", PLAIN, "bfloat16"),
    ],
)
def test_auto_is_bfloat16_where_the_processor_has_tiles(without_gpu, wanted, flags, expected):
    assert precision.resolve(wanted, flags) == expected


@pytest.mark.parametrize(
    ("capability", "expected"), [((6, 1), "float32"), ((8, 0), "bfloat16"), ((9, 0), "bfloat16")]
)
def test_with_a_gpu_its_capability_decides(monkeypatch, capability, expected):
    monkeypatch.setattr(precision, "gpu_capability", lambda: capability)
    assert precision.resolve("auto", AMX) == expected


def test_emulated_bfloat16_is_reported(without_gpu, caplog):
    precision.resolve("bfloat16", PLAIN)
    assert "bfloat16 is emulated" in caplog.text and "float32" in caplog.text
    caplog.clear()
    precision.resolve("bfloat16", AMX)
    assert not caplog.text


def test_the_flags_of_the_processor_are_read():
    flags = precision._cpu_flags()
    assert all(isinstance(flag, str) and " " not in flag for flag in flags)


@pytest.fixture(scope="module")
def networks():
    size = UNetConfig(2, 2, 1, 0.3, 0.9)
    return {kind: build_unet(size, 3, 2, 1, kind) for kind in ("float32", "bfloat16")}


@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_weights_statistics_and_output_are_float32_in_both_precisions(networks, kind):
    model = networks[kind]
    assert precision.of_model(model) == kind
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert model.output.dtype == "float32"
    computes_in = {layer.compute_dtype for layer in model.layers if layer.name.startswith("down")}
    assert computes_in == {kind}


def test_both_precisions_start_from_the_same_weights_and_give_nearly_the_same_maps(networks, rng):
    one, other = networks.values()
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    images = rng.random((1, 16, 16, 3), dtype=np.float32)
    exact, rough = (np.asarray(keras.ops.convert_to_numpy(model(images))) for model in (one, other))
    assert 0 < np.abs(exact - rough).max() < 0.05 * np.abs(exact).max()


def test_the_type_of_a_network_is_saved_with_it(networks, tmp_path):
    networks["bfloat16"].save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert precision.of_model(loaded) == "bfloat16"
