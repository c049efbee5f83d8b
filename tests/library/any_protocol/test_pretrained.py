"""The network for any protocol as a network of a study, and its fine-tuning on a cohort."""

import csv
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from contrast2map.any_protocol import encoding, fine_tuning, pretrained, weights
from contrast2map.any_protocol.network import NetworkConfig, build_network
from contrast2map.any_protocol.prediction import Measurer
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.learning.inspection import describe_layers
from contrast2map.learning.prediction import Predictor
from contrast2map.learning.training_set import TrainingSet
from contrast2map.learning.unet import UNetConfig, build_unet

CONFIG = NetworkConfig((4, 6, 8), 1, 8, "hyper_network", "channels")
PROTOCOL = {
    "flair": ("flair", {"TR_s": 5.0, "TI_s": 1.8, "TE_s": 0.11}),
    "mprage": ("t1", {"TR_s": 1.9, "TI_s": 0.9, "flip_angle_deg": 9}),
}
SETTINGS = fine_tuning.FineTuningSettings(
    patch_size=(16, 16),
    batch_size=4,
    n_epochs=25,
    n_warm_up_steps=2,
    learning_rate=1e-2,
    weight_decay=1e-4,
    gradient_norm=1.0,
    precision="float32",
)


@pytest.fixture(scope="module")
def path_to_weights(tmp_path_factory):
    """File of an untrained network, and the file's name."""
    n_context = encoding.n_numbers(len(SLOTS), len(PROTOCOL_FIELDS))
    model = build_network(CONFIG, len(SLOTS), n_context, seed=3)
    path = tmp_path_factory.mktemp("weights") / "network.npz"
    weights.save(path, model, CONFIG, SLOTS, PROTOCOL_FIELDS, {})
    return path


@pytest.fixture(scope="module")
def visit():
    """Images (flair, mprage) of random values with a background of 0, (slice, H, W, 2)."""
    images = np.random.default_rng(1).uniform(0.2, 1.5, (8, 24, 20, 2)).astype(np.float32)
    images[:, :4] = 0
    return images


def test_it_finds_what_the_network_finds_that_is_told_the_same(path_to_weights, visit):
    gains = [1.25, 0.5]
    model = pretrained.build(path_to_weights, PROTOCOL, gains, map_scale_s=3.0)
    found = Predictor(model, "float32")(visit)

    measurer = Measurer.of_file(path_to_weights)
    scans = {
        slot: np.moveaxis(gain * visit[..., channel], 0, 2)
        for channel, (slot, gain) in enumerate(zip(PROTOCOL, gains, strict=True))
    }
    told = {slot: numbers for slot, (_, numbers) in PROTOCOL.items()}
    expected = measurer(scans, told, common_scale=False)
    inside = np.s_[:, 4:]
    for channel, map_s in enumerate((expected.T1_s, expected.T2_s)):
        of_study = 3.0 * found[..., channel]
        np.testing.assert_allclose(of_study[inside], np.moveaxis(map_s, 2, 0)[inside], rtol=1e-4)
        assert not of_study[:, :4].any()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_it_is_saved_and_predicts_as_trained(path_to_weights, visit, tmp_path, precision):
    model = pretrained.build(path_to_weights, PROTOCOL, [1.0, 1.0], 3.0, precision)
    model.save(tmp_path / "model.keras")
    predictor = Predictor(pretrained.load(tmp_path / "model.keras"), precision)
    tolerance = {"float32": 1e-5, "bfloat16": 0.05}[precision]
    np.testing.assert_allclose(predictor(visit), predictor.plainly(visit), rtol=tolerance)


def test_all_its_weights_are_in_the_description_of_its_layers(path_to_weights):
    model = pretrained.build(path_to_weights, PROTOCOL, [1.0, 1.0], 3.0)
    layers = describe_layers(model, 32, 24)
    assert sum(layer.n_parameters for layer in layers) == model.count_params()
    assert {(layer.height, layer.width) for layer in layers} == {(32, 24), (16, 12), (8, 6)}


def test_gains_make_the_median_of_each_brain_1(visit):
    gains = pretrained.gains_of(visit)
    medians = [np.median(visit[..., n][visit[..., n] > 0]) for n in range(2)]
    np.testing.assert_allclose(np.multiply(gains, medians), 1, rtol=1e-6)
    with pytest.raises(ValueError, match="channel 1"):
        pretrained.gains_of(visit * [1, 0])


def fine_tune(path_to_weights, images, folder, **changes):
    # A scan whose relation to T1 and T2 the network does not know yet.
    maps = np.where(images > 0, 0.3 + 0.1 * images, 0).astype(np.float32)
    lines = []
    folder.mkdir(exist_ok=True)
    model = fine_tuning.train(
        TrainingSet(images, maps),
        path_to_weights,
        PROTOCOL,
        3.0,
        SETTINGS,
        **{
            "validation": None,
            "seed": 5,
            "other_identity": {"weights": "a"},
            "checkpoint_folder": folder,
            "checkpoint_epochs": 1,
            "path_to_log": folder / "log.csv",
            "report": lines.append,
        }
        | changes,
    )
    with open(folder / "log.csv") as log:
        return model, list(csv.DictReader(log)), lines


def test_fine_tuning_learns_and_is_repeatable(path_to_weights, visit, tmp_path):
    model, rows, _ = fine_tune(path_to_weights, visit, tmp_path / "a")
    assert float(rows[-1]["loss"]) < 0.7 * float(rows[0]["loss"])
    for row in rows:
        parts = (float(row["T1_error"]) + float(row["T2_error"])) / 2
        assert float(row["loss"]) == pytest.approx(parts, rel=1e-3)
    again, _, _ = fine_tune(path_to_weights, visit, tmp_path / "b")
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_other_weights_start_a_new_training(path_to_weights, visit, tmp_path):
    fine_tune(path_to_weights, visit, tmp_path)
    _, _, lines = fine_tune(path_to_weights, visit, tmp_path, other_identity={"weights": "b"})
    assert "weights was a, is b" in lines[0]


def test_the_rate_rises_and_falls_to_0(path_to_weights):
    model = pretrained.build(path_to_weights, PROTOCOL, [1.0, 1.0], 3.0)
    SETTINGS.compile(model, n_steps=20)
    rate = model.optimizer._learning_rate
    rates = [float(keras.ops.convert_to_numpy(rate(step))) for step in (0, 1, 20)]
    np.testing.assert_allclose(rates, [0.005, 0.01, 0.0], atol=1e-6)


def test_a_network_from_scratch_is_loaded_by_a_process_that_built_none(tmp_path):
    build_unet(UNetConfig(2, 1, 1, 0.1, 0.9), 2, 2, seed=1).save(tmp_path / "model.keras")
    program = (
        "import sys; from contrast2map.any_protocol import pretrained as p; p.load(sys.argv[1])"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "model.keras")],
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
    )
