"""Prediction of whole slices of any size by a folded network."""

import keras
import numpy as np
import pytest

from contrast2map.learning import batch_norm_folding, training
from contrast2map.learning.prediction import SLICES_AT_ONCE, Predictor
from contrast2map.learning.unet import UNetConfig, build_unet


def randomised(compute_in="float32"):
    """A network in which every weight affects the output."""
    model = build_unet(UNetConfig(2, 2, 1, 0.3, 0.9), 2, 2, seed=3, compute_in=compute_in)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.gamma.assign(rng.uniform(0.5, 2, layer.gamma.shape))
            layer.beta.assign(rng.normal(0, 0.1, layer.beta.shape))
            layer.moving_mean.assign(rng.normal(0, 0.1, layer.moving_mean.shape))
            layer.moving_variance.assign(rng.uniform(0.5, 2, layer.moving_variance.shape))
    model.layers[-1].bias.assign([0.1, -0.2])
    return model


@pytest.fixture(scope="module")
def network():
    return randomised()


@pytest.fixture(scope="module")
def predictor(network):
    return Predictor(network, "float32")


@pytest.mark.parametrize("size", [(16, 20), (15, 18), (13, 17)])
def test_maps_have_the_size_of_the_slices(network, predictor, rng, size):
    images = rng.random((3, *size, 2), dtype=np.float32)
    maps = predictor(images)
    assert maps.shape == (3, *size, 2) and maps.dtype == np.float32
    high, wide = (-n % 4 for n in size)
    padded = np.pad(images, [(0, 0), (0, high), (0, wide), (0, 0)])
    expected = keras.ops.convert_to_numpy(network(padded, training=False))
    np.testing.assert_allclose(maps, expected[:, : size[0], : size[1]], atol=3e-5)


def test_the_prediction_of_a_slice_does_not_depend_on_other_slices(predictor, rng):
    images = rng.random((2 * SLICES_AT_ONCE + 3, 8, 8, 2), dtype=np.float32)
    maps = predictor(images)
    assert len(maps) == len(images)
    for index in (0, SLICES_AT_ONCE, len(images) - 1):
        np.testing.assert_allclose(maps[index], predictor(images[index : index + 1])[0], atol=1e-5)


def test_prediction_does_not_change_the_network_or_the_images(network, predictor, rng):
    images = rng.random((2, 9, 9, 2), dtype=np.float32)
    before = images.copy(), [weight.copy() for weight in network.get_weights()]
    predictor(images)
    predictor.plainly(images)
    np.testing.assert_array_equal(images, before[0])
    for now, then in zip(network.get_weights(), before[1], strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_folded_network_has_no_normalisation_and_gives_the_same_maps(network, rng):
    folded = batch_norm_folding.fold(network, "float32")
    assert not [layer for layer in folded.layers if "BatchNormalization" in type(layer).__name__]
    images = rng.random((2, 16, 16, 2), dtype=np.float32)
    found, expected = (
        keras.ops.convert_to_numpy(model(images, training=False)) for model in (folded, network)
    )
    np.testing.assert_allclose(found, expected, atol=3e-5)


@pytest.mark.parametrize("trained_in", ["float32", "bfloat16"])
def test_a_network_predicts_in_either_precision(trained_in, rng):
    model = randomised(trained_in)
    images = rng.random((2, 16, 16, 2), dtype=np.float32)
    exact, rough = Predictor(model, "float32"), Predictor(model, "bfloat16")
    plain = exact.plainly(images)
    np.testing.assert_allclose(exact(images), plain, atol=1e-5)
    deviation = np.abs(rough(images) - plain).max()
    assert 1e-4 < deviation < 0.1 * np.abs(plain).max()
    np.testing.assert_allclose(rough.plainly(images), plain, atol=1e-6)


def test_a_network_that_was_just_trained_can_be_used(network, predictor, rng):
    trained = randomised()
    adam = keras.optimizers.Adam(1e-3)
    training.compile_for_training(trained, adam, ssim_weight=0.1, ssim_data_range=None)
    images = rng.random((2, 16, 16, 2), dtype=np.float32)
    used = Predictor(trained, "float32")
    np.testing.assert_allclose(used(images), predictor(images), atol=1e-6)
    np.testing.assert_allclose(used.plainly(images), predictor.plainly(images), atol=1e-6)


# Keras warns of a network that is called with inputs of another structure than it was built with.
@pytest.mark.filterwarnings("error:The structure of `inputs`")
def test_a_loaded_network_predicts_without_a_warning(network, rng, tmp_path):
    path = tmp_path / "network.keras"
    network.save(path)
    loaded = Predictor(keras.saving.load_model(path, compile=False), "float32")
    images = rng.random((2, 8, 8, 2), dtype=np.float32)
    np.testing.assert_allclose(loaded(images), loaded.plainly(images), atol=1e-4)
