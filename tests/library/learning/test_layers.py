"""The project's layers give the values and the gradients of Keras' layers."""

import json
import zipfile

import keras
import numpy as np
import pytest

from contrast2map.learning.layers import BilinearUpsampling, FusedBatchNormalization

SIZES = [(1, 1), (2, 3), (5, 4), (8, 6)]
# Products of 8-bit significands are summed in float32 and rounded once.
TOLERANCE = 2**-7
needs_gradient_tape = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="gradients by tf.GradientTape"
)


@pytest.fixture
def normalisations():
    """Keras' layer and the fused one, with the same weights, different from the initial ones."""
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
def test_the_fused_normalisation_gives_the_values_of_keras(normalisations, features, training):
    plain, fused = (
        keras.ops.convert_to_numpy(layer(features, training=training)) for layer in normalisations
    )
    assert np.allclose(plain, fused, atol=1e-5)


def test_the_fused_normalisation_learns_the_moving_statistics_of_keras(normalisations, features):
    for layer in normalisations:
        layer(features, training=True)
    for plain, fused in zip(*(layer.get_weights() for layer in normalisations), strict=True):
        assert np.allclose(plain, fused, rtol=1e-5)


@needs_gradient_tape
def test_the_fused_normalisation_has_the_gradients_of_keras(normalisations, features):
    import tensorflow as tf

    gradients = []
    for layer in normalisations:
        inputs = tf.constant(features)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(layer(inputs, training=True) ** 3)
        gradients.append(tape.gradient(loss, [inputs, *layer.trainable_variables]))
    for plain, fused in zip(*gradients, strict=True):
        assert np.allclose(plain, fused, rtol=1e-3, atol=1e-3)


def rounded(values):
    """Values rounded to bfloat16, as float32."""
    return np.asarray(keras.ops.cast(keras.ops.cast(values, "bfloat16"), "float32"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
@pytest.mark.usefixtures("by_either")
def test_the_upsampling_gives_the_values_of_keras(size, dtype, rng):
    features = rounded(rng.normal(size=(2, *size, 3)).astype(np.float32))
    expected = keras.layers.UpSampling2D(2, interpolation="bilinear")(features)
    found = BilinearUpsampling(dtype=dtype)(features)
    assert tuple(found.shape) == (2, 2 * size[0], 2 * size[1], 3)
    tolerance = 1e-6 if dtype == "float32" else TOLERANCE
    np.testing.assert_allclose(
        np.asarray(keras.ops.cast(found, "float32")), expected, atol=tolerance * 4
    )


@needs_gradient_tape
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("by_either")
def test_the_upsampling_has_the_gradient_of_keras(size, rng):
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


@needs_gradient_tape
def test_one_graph_upsamples_images_of_any_size(rng):
    import tensorflow as tf

    layer = BilinearUpsampling(dtype="mixed_bfloat16")
    graph = tf.function(layer, input_signature=[tf.TensorSpec([None, None, None, 2], tf.bfloat16)])
    for size in SIZES:
        features = tf.cast(rng.normal(size=(1, *size, 2)), tf.bfloat16)
        np.testing.assert_array_equal(
            tf.cast(graph(features), tf.float32), tf.cast(layer(features), tf.float32)
        )


@pytest.mark.parametrize("options", [{"size": 3}, {"interpolation": "nearest"}])
def test_anything_but_doubling_by_linear_interpolation_is_refused(options):
    with pytest.raises(ValueError, match="doubles height and width"):
        BilinearUpsampling(**options)


@pytest.mark.parametrize(
    "modules",
    [
        {},
        # Module of the layers when older bundles were made.
        {"BilinearUpsampling": "upsampling", "FusedBatchNormalization": "batch_normalisation"},
    ],
    ids=["now", "before the library had packages"],
)
def test_a_saved_layer_is_found_by_its_registered_name(modules, tmp_path, rng):
    images = keras.Input((4, 4, 1))
    outputs = FusedBatchNormalization()(BilinearUpsampling()(images))
    model = keras.Model(images, outputs)
    model.save(tmp_path / "model.keras")
    with_modules(tmp_path / "model.keras", modules)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert [type(layer) for layer in loaded.layers] == [type(layer) for layer in model.layers]
    features = rng.normal(size=(1, 4, 4, 1)).astype(np.float32)
    np.testing.assert_array_equal(loaded(features), model(features))


def with_modules(path, modules):
    """Change the module of each layer's class in a saved model."""
    with zipfile.ZipFile(path) as stored:
        files = {name: stored.read(name) for name in stored.namelist()}
    config = json.loads(files["config.json"])
    for layer in config["config"]["layers"]:
        if layer["class_name"] in modules:
            layer["module"] = f"contrast2map.{modules[layer['class_name']]}"
            assert layer["registered_name"] == f"contrast2map>{layer['class_name']}"
    with zipfile.ZipFile(path, "w") as stored:
        for name, contents in (files | {"config.json": json.dumps(config)}).items():
            stored.writestr(name, contents)
