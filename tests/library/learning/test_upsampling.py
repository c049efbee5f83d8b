"""Up-sampling by matrix products is Keras' own bilinear up-sampling."""

import keras
import numpy as np
import pytest

from contrast2map.learning.layers import BilinearUpsampling

SIZES = [(1, 1), (2, 3), (5, 4), (8, 6)]
by_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="gradients by tf.GradientTape"
)
# Products of numbers with 8 bits are summed in float32 and rounded once.
TOLERANCE = 2**-7


def rounded(values):
    """Values that bfloat16 holds exactly, as float32."""
    return np.asarray(keras.ops.cast(keras.ops.cast(values, "bfloat16"), "float32"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.usefixtures("by_either")
def test_it_gives_what_keras_gives(size, dtype, rng):
    features = rounded(rng.normal(size=(2, *size, 3)).astype(np.float32))
    expected = keras.layers.UpSampling2D(2, interpolation="bilinear")(features)
    found = BilinearUpsampling(dtype=dtype)(features)
    assert tuple(found.shape) == (2, 2 * size[0], 2 * size[1], 3)
    tolerance = 1e-6 if dtype == "float32" else TOLERANCE
    np.testing.assert_allclose(
        np.asarray(keras.ops.cast(found, "float32")), expected, atol=tolerance * 4
    )


@by_tensorflow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("by_either")
def test_it_has_the_gradient_of_keras(size, rng):
    import tensorflow as tf

    features = rounded(rng.normal(size=(2, *size, 3)).astype(np.float32))
    weights = rounded(rng.normal(size=(2, 2 * size[0], 2 * size[1], 3)).astype(np.float32))
    gradients = []
    layers = (
        keras.layers.UpSampling2D(2, interpolation="bilinear"),
        BilinearUpsampling(dtype="mixed_bfloat16"),
    )
    for layer in layers:
        inputs = tf.constant(features)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(tf.cast(layer(inputs), tf.float32) * weights)
        gradients.append(tape.gradient(loss, inputs))
    scale = np.abs(gradients[0]).max()
    np.testing.assert_allclose(gradients[1], gradients[0], atol=2 * TOLERANCE * scale)


@by_tensorflow
def test_a_graph_for_any_size_is_right_for_each(rng):
    import tensorflow as tf

    layer = BilinearUpsampling(dtype="mixed_bfloat16")
    graph = tf.function(layer, input_signature=[tf.TensorSpec([None, None, None, 2], tf.bfloat16)])
    for size in SIZES:
        features = tf.cast(rng.normal(size=(1, *size, 2)), tf.bfloat16)
        np.testing.assert_array_equal(
            tf.cast(graph(features), tf.float32), tf.cast(layer(features), tf.float32)
        )


def test_it_is_saved_and_loaded_with_a_model(tmp_path, rng):
    images = keras.Input((4, 4, 1))
    model = keras.Model(images, BilinearUpsampling(name="up")(images))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    features = rng.normal(size=(1, 4, 4, 1)).astype(np.float32)
    np.testing.assert_array_equal(loaded(features), model(features))


@pytest.mark.parametrize("options", [{"size": 3}, {"interpolation": "nearest"}])
def test_anything_but_doubling_by_linear_interpolation_is_refused(options):
    with pytest.raises(ValueError, match="doubles height and width"):
        BilinearUpsampling(**options)
