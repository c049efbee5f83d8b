"""Losses and errors of maps for any Keras backend: L1, SSIM and relative error."""

import keras
import numpy as np
from keras import ops

from contrast2map.study.terms import QUANTITIES

WINDOW_SIZE, WINDOW_SD = 11, 1.5  # Wang et al., IEEE TIP 2004;13:600
K1, K2 = 0.01, 0.03
RELATIVE_ERRORS = tuple(f"{quantity}_error" for quantity in QUANTITIES)


def mean_ssim(target, predicted, data_range):
    """Mean structural similarity (SSIM) over the valid positions of the window.

    Computed as by Wang et al. 2004 with an 11 x 11 Gaussian window (SD 1.5) and population
    covariances; the value equals that of scikit-image with `gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False`.

    Args:
        target: Images, shape (batch, height, width, channel).
        predicted: Images of the same shape.
        data_range: Maximum minus minimum possible value.

    Returns:
        Mean over batch, positions and channels, scalar.
    """
    # Blurring all fields together takes half the time of four blurs.
    squares, products = ops.square(target) + ops.square(predicted), target * predicted
    fields = ops.concatenate([target, predicted, squares, products], axis=-1)
    mean_t, mean_p, squares, products = ops.split(_blur(fields), 4, axis=-1)
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    means = ops.square(mean_t) + ops.square(mean_p)
    luminance = (2 * mean_t * mean_p + c1) / (means + c1)
    structure = (2 * (products - mean_t * mean_p) + c2) / (squares - means + c2)
    return ops.mean(luminance * structure)


@keras.saving.register_keras_serializable("contrast2map")
class L1AndSSIM(keras.losses.Loss):
    """Mean absolute error + ssim_weight * (1 - mean SSIM) (Qiu et al. 2022, section 2.3).

    Args:
        ssim_weight: Weight of the structural dissimilarity, the paper's lambda.
        ssim_data_range: Data range of SSIM; None means maximum minus minimum of the target batch.
    """

    def __init__(self, ssim_weight, ssim_data_range, name="l1_and_ssim", **options):
        super().__init__(name=name, **options)
        self.ssim_weight, self.ssim_data_range = ssim_weight, ssim_data_range

    def call(self, target, predicted):
        """Loss of a batch, scalar."""
        return l1(target, predicted) + self.ssim_weight * self.ssim_loss(target, predicted)

    def ssim_loss(self, target, predicted):
        """1 - mean SSIM of a batch, scalar."""
        data_range = self.ssim_data_range
        if data_range is None:
            # A minimum above 0 keeps the loss of a batch of background defined.
            data_range = ops.maximum(ops.max(target) - ops.min(target), 1e-3)
        return 1 - mean_ssim(target, predicted, data_range)

    def get_config(self):
        """Constructor arguments, for saving."""
        own = {"ssim_weight": self.ssim_weight, "ssim_data_range": self.ssim_data_range}
        return super().get_config() | own


def l1(target, predicted):
    """Mean absolute error of a batch, scalar."""
    return ops.mean(ops.abs(target - predicted))


def relative_error(target, predicted):
    """Mean over T1 and T2, and over the voxels with a reference, of |predicted - target| / target.

    Both quantities weigh alike, whatever their scale.

    Args:
        target, predicted: Scaled maps, shape (batch, height, width, quantity); a target of 0 does
            not count.
    """
    inside = ops.cast(target > 0, predicted.dtype)
    error = ops.abs(predicted - target) / ops.where(target > 0, target, 1.0)
    return ops.sum(error * inside) / ops.maximum(ops.sum(inside), 1.0)


def relative_errors():
    """Keras metrics of the names `RELATIVE_ERRORS`: `relative_error` of T1 and of T2 alone."""
    return [
        keras.metrics.MeanMetricWrapper(_of_channel(number), name=name)
        for number, name in enumerate(RELATIVE_ERRORS)
    ]


def _of_channel(number):
    def error(target, predicted):
        part = slice(number, number + 1)
        return relative_error(target[..., part], predicted[..., part])

    return error


def _window():
    """Gaussian window with sum 1, shape (size,)."""
    offsets = np.arange(WINDOW_SIZE) - WINDOW_SIZE // 2
    weights = np.exp(-(offsets**2) / (2 * WINDOW_SD**2))
    return (weights / weights.sum()).astype("float32")


def _blur(images):
    """Separable Gaussian blur, only at valid positions."""
    if keras.backend.backend() == "tensorflow":
        kernel = np.tile(_window()[:, None, None, None], (1, 1, images.shape[-1], 1))
        columns = ops.depthwise_conv(images, kernel, padding="valid")
        return ops.depthwise_conv(columns, kernel.transpose(1, 0, 2, 3), padding="valid")
    # A GPU may compute a convolution in reduced precision, and the variances of SSIM are
    # differences of large numbers. XLA compiles these sums to one fast kernel.
    height, width = (images.shape[axis] - WINDOW_SIZE + 1 for axis in (1, 2))
    columns = sum(w * images[:, n : n + height] for n, w in enumerate(_window()))
    return sum(w * columns[:, :, n : n + width] for n, w in enumerate(_window()))
