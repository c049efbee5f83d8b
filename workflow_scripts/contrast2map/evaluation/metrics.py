"""Errors of a predicted map against a reference map, one 2-D slice at a time.

Two conventions are computed:

`paper`
    Both maps are multiplied by the mask. PSNR and SSIM are computed for the whole slice with the
    range of the reference slice (maximum - minimum) as data range. The zero background is included
    and correct by construction, so this convention is optimistic.
`brain`
    Only voxels of the mask are used, also within each window of SSIM (`masked_ssim`). The data
    range is fixed at 3 s, the value by which the maps are normalised. A slice's score then depends
    neither on its background nor on its brightest voxel.

MAE and MPE are computed over the voxels of the mask in both conventions, as the published values
imply: an MAE of 52.7 ms at 5.1 % corresponds to a mean T1 of 52.7 / 0.051 = 1033 ms, that of brain
tissue. Both were therefore averaged over the same voxels (an MAE over the whole slice would be
several times smaller), and a percentage error is defined only where T1 is nonzero.
"""

import numpy as np
from scipy import ndimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from contrast2map.study.terms import MS_PER_S

CONVENTIONS = ("paper", "brain")
METRICS = ("mae_ms", "mpe_percent", "psnr_db", "ssim")
FIXED_RANGE_S = 3.0
WINDOW_VOXELS = 7  # edge of SSIM's window, scikit-image's default
STABILISERS = (0.01, 0.03)  # K1 and K2 of Wang et al., IEEE TIP 2004;13:600, section III-B
# The ratio of a covariance to variances is biased towards zero if computed from few voxels: for
# normally distributed values by up to 0.30 (n = 2), 0.17 (n = 3) and less than 0.05 (n = 9 or more;
# simulated).
MINIMUM_WINDOW_VOXELS = 9


def mean_absolute_error_ms(predicted_s, reference_s, mask):
    """Mean absolute error over the voxels of a mask, in ms.

    Args:
        predicted_s: Predicted relaxation times in seconds, any shape.
        reference_s: Reference relaxation times in seconds, same shape.
        mask: True where the maps are compared, same shape.
    """
    return float(np.abs(predicted_s[mask] - reference_s[mask]).mean() * MS_PER_S)


def mean_percentage_error(predicted_s, reference_s, mask):
    """Mean of |error| / reference over the voxels of a mask, in percent.

    Args:
        predicted_s: Predicted relaxation times in seconds, any shape.
        reference_s: Reference relaxation times in seconds, same shape, positive within the mask.
        mask: True where the maps are compared, same shape.
    """
    error_s = np.abs(predicted_s[mask] - reference_s[mask])
    return float(100 * (error_s / reference_s[mask]).mean())


def masked_ssim(predicted_s, reference_s, mask, range_s):
    """SSIM of a slice, independent of the values outside the mask.

    Wang et al., IEEE TIP 2004;13:600, equation 13, as in scikit-image (uniform window, sample
    variances and covariance over n - 1), but with only those n voxels of each window that are in
    the mask.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (height, width).
        reference_s: Reference relaxation times in seconds, same shape.
        mask: True where the maps are compared, same shape.
        range_s: Data range in seconds.

    Returns:
        Mean over the voxels of the mask whose window contains at least `MINIMUM_WINDOW_VOXELS` of
        the mask; NaN without such a voxel.
    """
    n_voxels = np.rint(_window_means(mask.astype(float)) * WINDOW_VOXELS**2)
    counted = mask & (n_voxels >= MINIMUM_WINDOW_VOXELS)
    if not counted.any():
        return np.nan
    n_voxels = n_voxels[counted]

    def local_mean(values):
        return _window_means(np.where(mask, values, 0.0))[counted] * WINDOW_VOXELS**2 / n_voxels

    sample = n_voxels / (n_voxels - 1)
    x, y = local_mean(predicted_s), local_mean(reference_s)
    variances = sample * (local_mean(predicted_s**2) - x**2 + local_mean(reference_s**2) - y**2)
    covariance = sample * (local_mean(predicted_s * reference_s) - x * y)
    c1, c2 = ((k * range_s) ** 2 for k in STABILISERS)
    ssim = (2 * x * y + c1) * (2 * covariance + c2) / ((x**2 + y**2 + c1) * (variances + c2))
    return float(ssim.mean())


def similarity(predicted_s, reference_s, mask, convention):
    """PSNR and SSIM of one slice in one of the two conventions.

    SSIM is that of scikit-image with its default uniform window of 7 x 7 voxels (`paper`) or
    `masked_ssim` with the same window (`brain`).

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (height, width).
        reference_s: Reference relaxation times in seconds, shape (height, width).
        mask: True where the maps are compared, shape (height, width).
        convention: `paper` or `brain`.

    Returns:
        PSNR in dB (infinite if the maps are equal) and SSIM; NaN where undefined.
    """
    masked_prediction_s = np.where(mask, predicted_s, 0.0)
    masked_reference_s = np.where(mask, reference_s, 0.0)
    if convention == "paper":
        range_s = float(np.ptp(masked_reference_s))
        compared = np.ones_like(mask)
    elif convention == "brain":
        range_s = FIXED_RANGE_S
        compared = mask
    else:
        raise ValueError(f"convention must be one of {CONVENTIONS}, not {convention!r}")
    if range_s == 0:
        return np.nan, np.nan
    with np.errstate(divide="ignore"):
        psnr_db = peak_signal_noise_ratio(
            masked_reference_s[compared], masked_prediction_s[compared], data_range=range_s
        )
    if convention == "paper":
        ssim = structural_similarity(masked_reference_s, masked_prediction_s, data_range=range_s)
    else:
        ssim = masked_ssim(masked_prediction_s, masked_reference_s, mask, range_s)
    return float(psnr_db), float(ssim)


def slice_errors(predicted_s, reference_s, mask):
    """All errors of one slice in both conventions.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (height, width).
        reference_s: Reference relaxation times in seconds, shape (height, width).
        mask: True where the maps are compared, shape (height, width).

    Returns:
        One record per convention: convention, n_voxels, mae_ms, mpe_percent, psnr_db, ssim. Empty
        for an empty mask.

    Raises:
        ValueError: A map is not finite or the reference is not positive within the mask.
    """
    mask = np.asarray(mask, dtype=bool)
    predicted_s, reference_s = np.asarray(predicted_s, float), np.asarray(reference_s, float)
    if not mask.any():
        return []
    if not (np.isfinite(predicted_s[mask]).all() and np.isfinite(reference_s[mask]).all()):
        raise ValueError("a map is not finite within the mask")
    if (reference_s[mask] <= 0).any():
        raise ValueError(
            "the reference is not positive within the mask; exclude voxels without a value"
        )
    mae_ms = mean_absolute_error_ms(predicted_s, reference_s, mask)
    mpe_percent = mean_percentage_error(predicted_s, reference_s, mask)
    records = []
    for convention in CONVENTIONS:
        psnr_db, ssim = similarity(predicted_s, reference_s, mask, convention)
        records.append(
            {
                "convention": convention,
                "n_voxels": int(mask.sum()),
                "mae_ms": mae_ms,
                "mpe_percent": mpe_percent,
                "psnr_db": psnr_db,
                "ssim": ssim,
            }
        )
    return records


def _window_means(values):
    """Mean of each window of a slice, which is padded with zeros."""
    return ndimage.uniform_filter(values, WINDOW_VOXELS, mode="constant", cval=0.0)
