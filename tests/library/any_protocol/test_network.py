"""The network of any protocol: what may influence its maps, and what must not."""

import keras
import numpy as np
import pytest

import law
from contrast2map.any_protocol import encoding, layers, likelihood, network, weights
from contrast2map.any_protocol.prediction import Measurer

CONDITIONINGS = (network.CONCATENATION, network.FILM, network.HYPER)
N_CONTEXT = encoding.n_numbers(len(law.SLOTS), len(law.FIELDS))


def small(conditioning=network.FILM, normalisation=network.NONE, filters=(4, 8, 8)):
    config = network.NetworkConfig(filters, 2, 8, conditioning, normalisation)
    return config, network.build_network(config, len(law.SLOTS), N_CONTEXT, seed=1)


def inputs_of(batch):
    context = encoding.encode(batch.protocol, batch.present, batch.common_scale, law.FIELDS)
    return encoding.without_absent(batch.images, batch.present), context


def test_unknown_numbers_are_zero_and_flagged():
    protocol = np.array([[[0.3, np.nan], [0.6, 30]]])
    numbers = encoding.encode(protocol, [[True, True]], [True], law.FIELDS)
    expected = [0, 0, 1, 0, 1, np.log(2), 0, 1, 1, 1, 1]
    np.testing.assert_allclose(numbers, [expected], atol=1e-6)
    assert numbers.shape[1] == N_CONTEXT


def test_a_time_of_zero_stays_finite():
    assert np.isfinite(encoding.encode(np.zeros((1, 2, 2)), [[1, 1]], [0], law.FIELDS)).all()


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_only_what_is_present_and_known_influences_the_maps(conditioning):
    _, model = small(conditioning)
    batch = law.batch(0, 0, n_images=1)
    batch.present[:] = [[True, False]]
    maps = model.predict_on_batch(inputs_of(batch))
    batch.images[..., 1], batch.protocol[:, 1] = 7, 7
    assert np.array_equal(maps, model.predict_on_batch(inputs_of(batch)))
    batch.protocol[:, 0, 0] *= 2
    assert np.abs(maps - model.predict_on_batch(inputs_of(batch))).max() > 1e-4


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_images_of_a_batch_do_not_influence_each_other(conditioning):
    _, model = small(conditioning, network.CHANNELS)
    images, context = inputs_of(law.batch(0, 0))
    together = model.predict_on_batch([images, context])
    alone = model.predict_on_batch([images[2:3], context[2:3]])
    np.testing.assert_allclose(together[2:3], alone, atol=1e-5)


def test_a_patch_and_a_whole_slice_give_the_same_maps_in_the_interior():
    config, model = small(normalisation=network.CHANNELS, filters=(4, 8))
    images, context = inputs_of(law.batch(0, 0, n_images=1, size=64))
    measurer = Measurer(model, law.SLOTS, law.FIELDS, config.divisor)
    whole = measurer.slices(images, context)
    patch = measurer.slices(images[:, 16:48, 16:48], context)
    # Four 3x3 convolutions at half resolution reach 8 voxels.
    np.testing.assert_allclose(whole[:, 26:38, 26:38], patch[:, 10:22, 10:22], atol=1e-5)
    assert np.abs(whole[:, 16:48, 16:48] - patch).max() > 1e-5


def test_start_values_are_typical_relaxation_times_with_bounded_spread():
    _, model = small()
    maps = model.predict_on_batch(inputs_of(law.batch(0, 0)))
    assert np.abs(maps[..., :2] - np.log(layers.TYPICAL_S)).max() < 2
    low, high = np.log(layers.SPREADS)
    assert (maps[..., 2:] > low).all() and (maps[..., 2:] < high).all()


def test_likelihood_is_laplaces_and_counts_the_mask_only():
    T1_s, T2_s = np.full((1, 1, 2), 1.0), np.full((1, 1, 2), 0.1)
    targets = likelihood.targets(T1_s, T2_s, [[[True, False]]])
    maps = np.zeros((1, 1, 2, 4), np.float32)
    maps[0, 0, 0] = np.log([1.2, 0.08, 0.3, 0.2])
    maps[0, 0, 1] = 99
    expected = np.log(1.2) / 0.3 + np.log(0.1 / 0.08) / 0.2 + np.log(2 * 0.3) + np.log(2 * 0.2)
    found = likelihood.negative_log_likelihood(targets, maps)
    assert float(keras.ops.convert_to_numpy(found)) == pytest.approx(expected, rel=1e-5)
    errors = [
        float(keras.ops.convert_to_numpy(each(targets, maps))) for each in likelihood.metrics()
    ]
    assert errors == pytest.approx([np.log(1.2), np.log(1.25)], rel=1e-5)


@pytest.mark.parametrize("conditioning", CONDITIONINGS)
def test_weights_in_float16_give_nearly_the_same_maps(tmp_path, conditioning):
    config, model = small(conditioning, network.CHANNELS)
    weights.save(tmp_path / "w.npz", model, config, law.SLOTS, law.FIELDS, {"n_steps": 3})
    again, head = weights.load(tmp_path / "w.npz")
    inputs = inputs_of(law.batch(0, 0))
    difference = np.abs(model.predict_on_batch(inputs) - again.predict_on_batch(inputs))
    assert 0 < difference.max() < 5e-3
    assert head["facts"] == {"n_steps": 3} and head["slots"] == list(law.SLOTS)


def test_weights_that_do_not_fit_are_refused(tmp_path):
    config, model = small()
    model.weights[0].assign(model.weights[0] * 0 + 1e6)
    with pytest.raises(ValueError, match="1000000"):
        weights.save(tmp_path / "w.npz", model, config, law.SLOTS, law.FIELDS, {})
    with pytest.raises(ValueError, match=r"w\.npz.*another network"):
        weights.assign(model, {"read_0/kernel": np.zeros(3)}, "w.npz")


def test_volumes_of_a_subset_are_measured_in_any_size():
    config, model = small()
    measurer = Measurer(model, law.SLOTS, law.FIELDS, config.divisor)
    scan = np.random.default_rng(0).random((13, 10, 9)).astype(np.float32)
    maps = measurer({"long": scan}, {"long": {"TR_s": 1.0}}, common_scale=False)
    assert all(each.shape == scan.shape and (each > 0).all() for each in maps)
    first = measurer({"long": scan[..., :1]}, {"long": {"TR_s": 1.0}}, common_scale=False)
    np.testing.assert_allclose(first.T1_s, maps.T1_s[..., :1], rtol=1e-5)
    with pytest.raises(ValueError, match="unknown: TE_s"):
        measurer({"long": scan}, {"long": {"TE_s": 1.0}}, common_scale=False)
    with pytest.raises(ValueError, match="scans none"):
        measurer({}, {}, common_scale=False)


def test_an_unknown_option_is_named():
    with pytest.raises(ValueError, match="conditioning is 'FiLM'"):
        network.NetworkConfig([4, 8], 2, 8, "FiLM", network.NONE)
