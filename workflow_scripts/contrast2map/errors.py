"""Errors of a predicted map against a reference map, one 2-D slice at a time.

Two conventions are computed side by side:

`paper`
    Both maps are multiplied by the mask; PSNR and SSIM are taken on the whole slice with the range
    of the reference slice (maximum - minimum) as data range. The zero background counts and is
    right by construction, so this convention flatters.
`brain`
    Only voxels of the mask count, and the data range is fixed at 3 s, the value by which the maps
    are normalised. A slice's score then depends on neither its background nor its brightest voxel.

MAE and MPE are taken over the voxels of the mask in both conventions. The published values imply
it: an MAE of 52.7 ms that is 5.1 % belongs to a mean T1 of 52.7 / 0.051 = 1033 ms, that of brain
tissue, so both were taken over the same voxels (an MAE over the whole slice would be several times
smaller than the MPE implies), and a percentage error exists only where the T1 is not zero.
"""

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

CONVENTIONS = ("paper", "brain")
METRICS = ("mae_ms", "mpe_percent", "psnr_db", "ssim")
FIXED_RANGE_S = 3.0
MS_PER_S = 1000.0


def mean_absolute_error_ms(predicted_s, reference_s, mask):
    """Mean absolute error over the voxels of a mask, in ms.

    Args:
        predicted_s: Predicted relaxation times in seconds, any shape.
        reference_s: Reference relaxation times in seconds, same shape.
        mask: True where the maps are compared, same shape.
    """
    return float(np.abs(predicted_s[mask] - reference_s[mask]).mean() * MS_PER_S)


def mean_percentage_error(predicted_s, reference_s, mask):
    """Mean over the voxels of a mask of |error| / reference, in percent.

    Args:
        predicted_s: Predicted relaxation times in seconds, any shape.
        reference_s: Reference relaxation times in seconds, same shape, positive within the mask.
        mask: True where the maps are compared, same shape.
    """
    error_s = np.abs(predicted_s[mask] - reference_s[mask])
    return float(100 * (error_s / reference_s[mask]).mean())


def similarity(predicted_s, reference_s, mask, convention):
    """PSNR and SSIM of one slice in one of the two conventions.

    SSIM is scikit-image's with its default uniform window of 7 x 7 voxels. In convention `brain` it
    is the mean of the local SSIM over the voxels of the mask; windows that straddle the mask's
    border still see zeros beyond it.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (height, width).
        reference_s: Reference relaxation times in seconds, shape (height, width).
        mask: True where the maps are compared, shape (height, width).
        convention: `paper` or `brain`.

    Returns:
        PSNR in dB (infinite where the maps are equal) and SSIM.
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
        raise ValueError(f"convention is one of {CONVENTIONS}, not {convention!r}")
    if range_s == 0:
        return np.nan, np.nan
    with np.errstate(divide="ignore"):
        psnr_db = peak_signal_noise_ratio(
            masked_reference_s[compared], masked_prediction_s[compared], data_range=range_s
        )
    mean_ssim, local_ssim = structural_similarity(
        masked_reference_s, masked_prediction_s, data_range=range_s, full=True
    )
    # skimage leaves a margin of half a window out of its mean; the paper's value is that mean.
    ssim = mean_ssim if convention == "paper" else local_ssim[mask].mean()
    return float(psnr_db), float(ssim)


def slice_errors(predicted_s, reference_s, mask):
    """All errors of one slice in every convention.

    Args:
        predicted_s: Predicted relaxation times in seconds, shape (height, width).
        reference_s: Reference relaxation times in seconds, shape (height, width).
        mask: True where the maps are compared, shape (height, width).

    Returns:
        One record per convention: convention, n_voxels, mae_ms, mpe_percent, psnr_db, ssim. Empty
        if the mask is empty.
    """
    mask = np.asarray(mask, dtype=bool)
    predicted_s, reference_s = np.asarray(predicted_s, float), np.asarray(reference_s, float)
    if not mask.any():
        return []
    if not (np.isfinite(predicted_s[mask]).all() and np.isfinite(reference_s[mask]).all()):
        raise ValueError("a map is not finite within the mask")
    if (reference_s[mask] <= 0).any():
        raise ValueError("the reference is not positive within the mask: it has no value there")
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
