import keras
import numpy as np
import pytest

from contrast2map.learning.layers import FusedBatchNormalization


@pytest.fixture
def layers():
    """The plain and the fused layer with the same weights that are not their start values."""
    rng = np.random.default_rng(1)
    pair = keras.layers.BatchNormalization(), FusedBatchNormalization()
    weights = [rng.uniform(0.5, 2, 3).astype("float32") for _ in range(4)]
    for layer in pair:
        layer.build((None, 5, 4, 3))
        layer.set_weights(weights)
    return pair


@pytest.fixture
def features():
    return np.random.default_rng(2).normal(3, 2, (2, 5, 4, 3)).astype("float32")


@pytest.mark.parametrize("training", [True, False])
def test_fused_layer_gives_what_the_plain_layer_gives(layers, features, training):
    plain, fused = (
        keras.ops.convert_to_numpy(layer(features, training=training)) for layer in layers
    )
    assert np.allclose(plain, fused, atol=1e-5)


def test_fused_layer_learns_the_same_moving_statistics(layers, features):
    for layer in layers:
        layer(features, training=True)
    for plain, fused in zip(*(layer.get_weights() for layer in layers), strict=True):
        assert np.allclose(plain, fused, rtol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients by tf.GradientTape")
def test_fused_layer_has_the_gradients_of_the_plain_layer(layers, features):
    import tensorflow as tf

    gradients = []
    for layer in layers:
        inputs = tf.constant(features)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(layer(inputs, training=True) ** 3)
        gradients.append(tape.gradient(loss, [inputs, *layer.trainable_variables]))
    for plain, fused in zip(*gradients, strict=True):
        assert np.allclose(plain, fused, rtol=1e-3, atol=1e-3)
