"""The loss equals its definition, and its SSIM that of scikit-image."""

import keras
import numpy as np
import pytest
from skimage.metrics import structural_similarity

from contrast2map.learning.losses import (
    L1AndSSIM,
    l1,
    mean_ssim,
    relative_error,
    relative_errors,
)

SHAPE = (2, 24, 20, 2)


def number(tensor):
    return float(keras.ops.convert_to_numpy(tensor))


def scikit_ssim(target, predicted, data_range):
    """Mean over batch, channels and positions with the window inside the image."""
    values = []
    for b in range(target.shape[0]):
        for c in range(target.shape[-1]):
            _, full = structural_similarity(
                target[b, ..., c].astype(float),
                predicted[b, ..., c].astype(float),
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                data_range=data_range,
                full=True,
            )
            values.append(full[5:-5, 5:-5].mean())
    return np.mean(values)


@pytest.fixture
def pair(rng, by_either):
    """Target and prediction of different channels and contrast, float32."""
    target = rng.random(SHAPE, dtype=np.float32) * [1.0, 0.3]
    target[:, :8] *= 0.2
    predicted = 0.8 * target + 0.1 * rng.random(SHAPE)
    return target.astype(np.float32), predicted.astype(np.float32)


@pytest.mark.parametrize("data_range", [0.1, 1.0, 3.0])
def test_ssim_is_that_of_scikit_image(pair, data_range):
    found = number(mean_ssim(*pair, data_range))
    assert found == pytest.approx(scikit_ssim(*pair, data_range), abs=2e-5)
    assert 0.1 < found < 0.999


def test_the_smallest_image_that_holds_the_window_has_one_position(pair):
    target, predicted = (image[:, :11, :11] for image in pair)
    assert number(mean_ssim(target, predicted, 1.0)) == pytest.approx(
        scikit_ssim(target, predicted, 1.0), abs=2e-5
    )


def test_identical_images_have_no_loss(pair):
    target, _ = pair
    loss = L1AndSSIM(ssim_weight=0.1, ssim_data_range=None)
    assert number(loss(target, target)) == pytest.approx(0, abs=1e-6)


def test_the_loss_is_l1_plus_weighted_dissimilarity(pair):
    target, predicted = pair
    error = np.abs(target - predicted).mean()
    assert number(l1(target, predicted)) == pytest.approx(error, rel=1e-5)
    for weight in (0.0, 0.1, 2.0):
        loss = L1AndSSIM(weight, ssim_data_range=1.0)
        expected = error + weight * (1 - scikit_ssim(target, predicted, 1.0))
        assert number(loss(target, predicted)) == pytest.approx(expected, rel=1e-4)


def test_without_a_data_range_that_of_the_target_batch_is_used(pair):
    target, predicted = pair
    loss = L1AndSSIM(0.1, ssim_data_range=None)
    expected = 1 - scikit_ssim(target, predicted, float(np.ptp(target)))
    assert number(loss.ssim_loss(target, predicted)) == pytest.approx(expected, abs=2e-5)
    shifted = number(loss.ssim_loss(target + 1, predicted + 1))
    expected = 1 - scikit_ssim(target + 1, predicted + 1, float(np.ptp(target)))
    assert shifted == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("predicted", [0.0, 0.01, -3.0])
def test_a_batch_of_background_has_a_finite_loss_and_gradient(predicted):
    target = np.zeros((1, 16, 16, 2), np.float32)
    layer = keras.layers.Conv2D(2, 1, kernel_initializer="zeros")
    layer.bias_initializer = keras.initializers.Constant(predicted)
    model = keras.Sequential([keras.Input((16, 16, 2)), layer])
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=L1AndSSIM(0.1, None))
    loss = model.train_on_batch(target, target)
    assert np.isfinite(loss).all()
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_the_loss_is_restored_from_its_config():
    loss = L1AndSSIM(0.3, 1.5)
    again = L1AndSSIM.from_config(loss.get_config())
    assert (again.ssim_weight, again.ssim_data_range) == (0.3, 1.5)
    rebuilt = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert isinstance(rebuilt, L1AndSSIM) and rebuilt.ssim_weight == 0.3


def test_the_relative_error_is_the_mean_where_there_is_a_reference():
    target = np.array([[[[0.5, 0.02], [0.0, 0.0]]]], np.float32)
    predicted = np.array([[[[0.6, 0.03], [9.0, 9.0]]]], np.float32)
    assert float(relative_error(target, predicted)) == pytest.approx((0.2 + 0.5) / 2, rel=1e-5)
    for metric, (name, error) in zip(
        relative_errors(), {"T1_error": 0.2, "T2_error": 0.5}.items(), strict=True
    ):
        metric.update_state(target, predicted)
        assert metric.name == name and float(metric.result()) == pytest.approx(error, rel=1e-5)
