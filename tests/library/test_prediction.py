"""Prediction of whole slices of any size."""

import keras
import numpy as np
import pytest

from contrast2map.prediction import SLICES_AT_ONCE, predict_slices
from contrast2map.unet import UNetConfig, build_unet


@pytest.fixture(scope="module")
def network():
    """A network of which every weight matters."""
    model = build_unet(UNetConfig(2, 2, 1, 0.3, 0.9), n_contrasts=2, n_quantities=2, seed=3)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(rng.normal(0, 0.1, layer.moving_mean.shape))
            layer.moving_variance.assign(rng.uniform(0.5, 2, layer.moving_variance.shape))
    return model


@pytest.mark.parametrize("size", [(16, 20), (15, 18), (13, 17)])
def test_maps_have_the_slices_size_whatever_it_is(network, rng, size):
    images = rng.random((3, *size, 2), dtype=np.float32)
    maps = predict_slices(network, images)
    assert maps.shape == (3, *size, 2) and maps.dtype == np.float32
    high, wide = (-n % 4 for n in size)
    padded = np.pad(images, [(0, 0), (0, high), (0, wide), (0, 0)])
    expected = keras.ops.convert_to_numpy(network(padded, training=False))
    np.testing.assert_allclose(maps, expected[:, : size[0], : size[1]], atol=1e-5)


def test_a_slice_does_not_depend_on_the_slices_beside_it(network, rng):
    images = rng.random((2 * SLICES_AT_ONCE + 3, 8, 8, 2), dtype=np.float32)
    maps = predict_slices(network, images)
    assert len(maps) == len(images)
    for index in (0, SLICES_AT_ONCE, len(images) - 1):
        alone = predict_slices(network, images[index : index + 1])[0]
        np.testing.assert_allclose(maps[index], alone, atol=1e-5)


def test_prediction_leaves_the_network_and_the_images_as_they_are(network, rng):
    images = rng.random((2, 9, 9, 2), dtype=np.float32)
    before = images.copy(), [weight.copy() for weight in network.get_weights()]
    predict_slices(network, images)
    np.testing.assert_array_equal(images, before[0])
    for now, then in zip(network.get_weights(), before[1], strict=True):
        np.testing.assert_array_equal(now, then)
