"""The network has the architecture of the paper, at any size."""

import keras
import numpy as np
import pytest

from contrast2map.any_protocol import pretrained
from contrast2map.learning.unet import UNetConfig, build_unet

SIZE = {"n_filters": 2, "n_levels": 4, "n_convolutions": 3, "initialiser_sd": 0.02}
SMALL = UNetConfig(**SIZE, normalisation_momentum=0.9)


@pytest.fixture(scope="module")
def network():
    return build_unet(SMALL, n_contrasts=3, n_quantities=2, seed=1)


def layers_of(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def weights(model):
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


@pytest.mark.parametrize("size", [(16, 16), (32, 48), (64, 16)])
def test_maps_have_the_size_of_the_images(network, size):
    images = np.zeros((2, *size, 3), np.float32)
    assert tuple(network(images).shape) == (2, *size, 2)


def test_a_he_start_has_the_variance_of_the_inputs_of_each_kernel(tmp_path):
    he = UNetConfig(**SIZE | {"n_filters": 16, "initialiser_sd": "he"}, normalisation_momentum=0.9)
    model = build_unet(he, n_contrasts=3, n_quantities=2, seed=1)
    for name, n_inputs in (("down_1_conv_0", 9 * 16), ("bottom_conv_0", 9 * 128)):
        kernel = model.get_layer(name).get_weights()[0]
        assert kernel.std() == pytest.approx((2 / n_inputs) ** 0.5, rel=0.05)
    last = model.get_layer("maps").get_weights()[0]
    assert 0.01 < last.std() < 0.03  # maps begin near 0
    model.save(tmp_path / "model.keras")
    again = pretrained.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(weights(again), weights(model))


def test_a_config_with_an_unknown_key_is_refused():
    with pytest.raises(TypeError, match="n_layers"):
        UNetConfig(**SIZE, normalisation_momentum=0.9, n_layers=1)


def test_there_are_four_average_poolings_and_four_bilinear_upsamplings(network):
    pools = layers_of(network, keras.layers.AveragePooling2D)
    assert [layer.name for layer in pools] == [f"pool_{level}" for level in range(4)]
    assert not layers_of(network, keras.layers.MaxPooling2D)
    upsamplings = layers_of(network, keras.layers.UpSampling2D)
    assert [layer.interpolation for layer in upsamplings] == ["bilinear"] * 4


def test_each_level_has_three_convolutions_of_doubling_filters_on_either_side(network):
    convolutions = {layer.name: layer for layer in layers_of(network, keras.layers.Conv2D)}
    groups = (
        [(f"down_{k}", k) for k in range(4)] + [("bottom", 4)] + [(f"up_{k}", k) for k in range(4)]
    )
    for name, level in groups:
        group = [layer for key, layer in convolutions.items() if key.startswith(f"{name}_conv_")]
        assert len(group) == 3
        assert {layer.filters for layer in group} == {2 * 2**level}
        assert {layer.kernel_size for layer in group} == {(3, 3)}
    for level in range(4):
        assert convolutions[f"upconv_{level}"].filters == 2 * 2**level
        assert convolutions[f"upconv_{level}"].kernel_size == (2, 2)
    assert len(convolutions) == 9 * 3 + 4 + 1


def test_each_group_is_convolution_then_normalisation_then_rectifier(network):
    names = [layer.name for layer in network.layers]
    start = names.index("down_0_conv_0")
    assert names[start : start + 3] == ["down_0_conv_0", "down_0_norm_0", "down_0_relu_0"]
    for kind in (keras.layers.BatchNormalization, keras.layers.ReLU):
        assert len(layers_of(network, kind)) == 27


def test_skips_join_the_same_level(network):
    skips = layers_of(network, keras.layers.Concatenate)
    assert sorted(layer.name for layer in skips) == [f"skip_{level}" for level in range(4)]
    for layer in skips:
        level = layer.name.removeprefix("skip_")
        joined = [network.get_layer(f"down_{level}_relu_2"), network.get_layer(f"upconv_{level}")]
        assert [tensor.name for tensor in layer.input] == [part.output.name for part in joined]
    # A skip concatenates the channels of the down-sampling and up-sampling paths.
    assert [layer.output.shape[-1] for layer in skips] == [32, 16, 8, 4]


def test_the_output_is_linear(network):
    last = network.layers[-1]
    assert last.name == "maps" and last.kernel_size == (1, 1)
    assert last.activation is keras.activations.linear
    images = np.random.default_rng(0).normal(size=(1, 16, 16, 3)).astype(np.float32)
    last.bias.assign([-5.0, 0.0])
    assert float(keras.ops.max(network(images)[..., 0])) < 0
    last.bias.assign([0.0, 0.0])


def test_the_same_seed_gives_the_same_weights_and_another_one_others(network):
    same, other = (build_unet(SMALL, 3, 2, seed) for seed in (1, 2))
    np.testing.assert_array_equal(weights(same), weights(network))
    assert not np.allclose(weights(other), weights(network))


def test_initial_kernels_are_normally_distributed_and_different(network):
    kernels = [layer.kernel.numpy().ravel() for layer in layers_of(network, keras.layers.Conv2D)]
    every = np.concatenate(kernels)
    assert every.std() == pytest.approx(0.02, rel=0.05) and abs(every.mean()) < 0.001
    assert np.abs(every).max() > 0.05  # not truncated at two SDs
    assert len({kernel[:4].tobytes() for kernel in kernels}) == len(kernels)


def test_neighbouring_seeds_share_no_kernel(network):
    neighbour = build_unet(SMALL, 3, 2, seed=2)
    first, second = (
        {layer.kernel.numpy().tobytes() for layer in layers_of(model, keras.layers.Conv2D)}
        for model in (network, neighbour)
    )
    assert not first & second


def test_initial_kernels_are_equal_on_all_backends(network):
    kernel = network.get_layer("bottom_conv_0").get_weights()[0]
    seed = network.get_layer("bottom_conv_0").kernel_initializer.seed
    drawn = 0.02 * np.random.default_rng(seed).standard_normal(kernel.shape)
    np.testing.assert_array_equal(kernel, drawn.astype(np.float32))


def test_a_network_is_saved_and_loaded_with_its_initialiser(network, tmp_path):
    network.save(tmp_path / "model.keras")
    loaded = pretrained.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(weights(loaded), weights(network))
    starts = [
        model.get_layer("maps").kernel_initializer.get_config() for model in (network, loaded)
    ]
    assert starts[0] == starts[1] and starts[0]["sd"] == 0.02


def test_the_largest_seed_of_the_config_builds_a_network(schema):
    largest = schema["properties"]["seed"]["maximum"]
    build_unet(UNetConfig(1, 1, 1, 0.02, 0.9), 1, 1, seed=largest)


def test_fewer_levels_and_convolutions_make_a_smaller_network():
    small = build_unet(UNetConfig(3, 2, 1, 0.02, 0.9), n_contrasts=1, n_quantities=1, seed=1)
    assert len(layers_of(small, keras.layers.AveragePooling2D)) == 2
    assert len(layers_of(small, keras.layers.BatchNormalization)) == 5
    assert tuple(small(np.zeros((1, 20, 12, 1), np.float32)).shape) == (1, 20, 12, 1)
