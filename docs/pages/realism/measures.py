"""Measures of a scan's realism: noise, contrast, spread within tissue, filled k-space.

The same code measures real and simulated scans, each on its own grid, because interpolation
smooths noise.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast2map.evaluation import tissue_medians
from contrast2map.imaging.masks import GM, WM, ball
from contrast2map.preprocessing.hmrf import FWHM_PER_SIGMA
from contrast2map.quality.measures import MAD_TO_SD, MIN_VOXELS, measure_tissue

SMOOTH_FWHM_MM = 20.0  # as the bias field of the embedded segmentation
NOISE_STEP = 2  # voxels: within the band that scanners fill, finer than most anatomy
RAYLEIGH_MEDIAN = np.sqrt(2 * np.log(2))  # of the magnitude of noise, per SD of a channel
CORNER_SHARE = 1 / 8  # of a slice's edge: the corners contain air
WINDOW_MM = 64.0  # edge of the window in the brain whose k-space is measured
FILLED = 0.5  # of the power of the noise: the blur of the window does not move an edge


@dataclass(frozen=True)
class Measure:
    """How a number of `measure` is printed, and on which side it is easier for a network.

    Attributes:
        n_decimals: Digits after the point.
        easier: Easier values: "higher", "lower" or "far_from_1"; None if neither side is.
        unit: "%" or empty.
    """

    n_decimals: int
    easier: str | None
    unit: str = ""


# The page's names for them are in templates/realism.md.j2.
MEASURES = {
    "signal_to_noise": Measure(1, "higher"),
    "air_signal_to_noise": Measure(1, "higher"),
    "noise_whiteness": Measure(2, "higher"),
    "filled_share": Measure(0, None, "%"),
    "gm_wm_ratio": Measure(2, "far_from_1"),
    "gm_wm_contrast_to_noise": Measure(2, "higher"),
    "csf_wm_ratio": Measure(2, None),
    "wm_spread": Measure(1, "lower", "%"),
    "wm_smooth_spread": Measure(1, "lower", "%"),
    "wm_smooth_share": Measure(0, None, "%"),
    "gm_spread": Measure(1, "lower", "%"),
    "zero_share": Measure(1, None, "%"),
    "cut_share": Measure(2, "lower", "%"),
}


def measure(values, tissue, voxel_mm):
    """Measure one scan.

    Args:
        values: Scan as acquired, shape (x, y, slice).
        tissue: Labels of `masks.TISSUE_LABELS` on its grid, same shape.
        voxel_mm: Voxel edges in mm.

    Returns:
        Dict of `MEASURES` to number: shares and spreads in %, the others without unit; None for
        what the scan does not show.
    """
    white = ndimage.binary_erosion(tissue == WM, ball(1))
    medians = tissue_medians.with_ratios(
        tissue_medians.of_image(values, tissue, np.ones(tissue.shape, bool))
    )
    steps = {step: noise_sd(values, white, step) for step in (1, NOISE_STEP)}
    noise, air = steps[NOISE_STEP], air_noise_sd(values)
    spread, smooth = spreads(values, white, voxel_mm)
    contrast = measure_tissue(values, tissue).get("gm_wm_contrast_to_noise")
    _, gm_spread = _median_and_spread(values[tissue == GM])
    return {
        "signal_to_noise": _over(medians["wm"], noise),
        "air_signal_to_noise": _over(medians["wm"], air),
        "noise_whiteness": _over(steps[1], noise),
        "filled_share": _percent(filled_share(values, tissue > 0, voxel_mm, noise)),
        "gm_wm_ratio": medians["gm/wm"],
        "gm_wm_contrast_to_noise": None if contrast is None else abs(contrast),
        "csf_wm_ratio": medians["csf/wm"],
        "wm_spread": _percent(spread),
        "wm_smooth_spread": _percent(smooth),
        "wm_smooth_share": _percent(_over(smooth, spread, power=2)),
        "gm_spread": _percent(gm_spread),
        "zero_share": _percent(np.mean(values == 0)),
        "cut_share": _percent(np.mean(values[tissue > 0] == values.max()))
        if tissue.any()
        else None,
    }


def noise_sd(values, inside, step=1):
    """SD of the noise, from local differences.

    The mask of Immerkaer (CVIU 1996;64:300), [1 -2 1] along both axes of a slice, cancels constants
    and ramps. The median absolute deviation replaces the mean, which makes it robust against edges,
    and the points of the mask may be several voxels apart. White noise gives the same SD at any
    step; smoothed or interpolated noise gives less at step 1. Texture at this scale counts as
    noise.

    Args:
        values: Scan, shape (x, y, slice).
        inside: True in one tissue, same shape.
        step: Distance of the points in voxels.

    Returns:
        SD in units of the scan; None if the mask fits at fewer than `MIN_VOXELS` positions.
    """
    kernel = np.zeros(2 * step + 1)
    kernel[[0, step, -1]] = 1, -2, 1
    whole = ndimage.binary_erosion(inside, np.ones((2 * step + 1, 2 * step + 1, 1)))
    if np.count_nonzero(whole) < MIN_VOXELS:
        return None
    along_x = ndimage.convolve1d(np.asarray(values, float), kernel, axis=0)
    differences = ndimage.convolve1d(along_x, kernel, axis=1)[whole]
    return float(MAD_TO_SD * np.median(np.abs(differences)) / (kernel**2).sum())


def air_noise_sd(values):
    """SD of the noise of one channel, from the magnitude in the corners of the slices.

    Without signal, magnitudes follow a Rayleigh distribution (Gudbjartsson and Patz, MRM
    1995;34:910).

    Args:
        values: Scan, shape (x, y, slice).

    Returns:
        SD in units of the scan; None if half of the air is 0, set by the scanner or by defacing.
    """
    width, height = (max(1, int(size * CORNER_SHARE)) for size in values.shape[:2])
    ends = (slice(None, width), slice(-width, None)), (slice(None, height), slice(-height, None))
    air = np.concatenate([values[x, y].ravel() for x in ends[0] for y in ends[1]])
    median = np.median(air)
    return float(median / RAYLEIGH_MEDIAN) if median > 0 else None


def spreads(values, inside, voxel_mm):
    """Robust SD within a tissue, and that of its smooth part, relative to the median.

    Args:
        values: Scan, shape (x, y, slice).
        inside: True in one tissue, same shape.
        voxel_mm: Voxel edges in mm.

    Returns:
        Pair of shares of the median. The smooth part is the mean of the tissue's voxels over a
        Gaussian of `SMOOTH_FWHM_MM`. (None, None) if there are too few voxels.
    """
    median, spread = _median_and_spread(values[inside])
    if spread is None:
        return None, None
    sigmas = SMOOTH_FWHM_MM / FWHM_PER_SIGMA / np.asarray(voxel_mm)
    sums, weights = (
        ndimage.gaussian_filter(one, sigmas, mode="constant", truncate=3)
        for one in (np.where(inside, values, 0).astype(float), inside.astype(float))
    )
    means = sums[inside] / weights[inside]
    return spread, _median_and_spread(means)[1] * float(np.median(means)) / median


def filled_share(values, brain, voxel_mm, noise):
    """Share of a slice's k-space that contains signal or noise.

    Scanners fill part of k-space and interpolate to a larger matrix. A point counts as filled if it
    has at least half the power of white noise of the given SD.

    Args:
        values: Scan, shape (x, y, slice).
        brain: True in the brain, same shape.
        voxel_mm: Voxel edges in mm.
        noise: SD of the noise in the filled part, from `noise_sd` at `NOISE_STEP`; or None.

    Returns:
        Share 0-1, from the mean power of the middle third of the brain's slices in a window in the
        middle of the brain; None if the window does not fit into the scan.
    """
    found = np.argwhere(brain)
    if noise is None or len(found) < MIN_VOXELS:
        return None
    middle = found.mean(axis=0).astype(int)
    sizes = (WINDOW_MM / np.asarray(voxel_mm[:2]) // 2 * 2).astype(int)
    first = middle[:2] - sizes // 2
    if (first < 0).any() or (first + sizes > values.shape[:2]).any():
        return None
    half = max(1, np.ptp(found[:, 2]) // 6)
    window = tuple(slice(a, a + n) for a, n in zip(first, sizes, strict=True))
    cut = np.asarray(values, float)[window][..., middle[2] - half : middle[2] + half + 1]
    taper = np.multiply.outer(*(np.hanning(n) for n in sizes))[..., None]
    power = np.abs(np.fft.fft2((cut - cut.mean()) * taper, axes=(0, 1))) ** 2
    power = ndimage.uniform_filter(power.mean(axis=2), 3, mode="wrap")
    return float(np.mean(power > FILLED * noise**2 * (taper**2).sum()))


def compare(real, simulated, easier):
    """Whether simulated scans are easier for a network than real ones.

    Args:
        real: Numbers of the real scans; None is ignored.
        simulated: Numbers of the simulated scans; None is ignored.
        easier: As in `Measure`.

    Returns:
        "easier" or "harder" if all simulated numbers are beyond all real ones, "differs" if neither
        side is easier, "overlaps" if the ranges overlap; None if one side has no number.
    """
    real, simulated = ([x for x in numbers if x is not None] for numbers in (real, simulated))
    if not real or not simulated:
        return None
    if easier == "far_from_1":
        real, simulated = (np.abs(np.log(numbers)).tolist() for numbers in (real, simulated))
    if max(simulated) < min(real):
        side = "lower"
    elif min(simulated) > max(real):
        side = "higher"
    else:
        return "overlaps"
    if easier is None:
        return "differs"
    return "easier" if side == easier.replace("far_from_1", "higher") else "harder"


def _median_and_spread(values):
    """Median, and robust SD divided by it; (None, None) if there are too few values."""
    if len(values) < MIN_VOXELS:
        return None, None
    median = float(np.median(values))
    return median, float(MAD_TO_SD * np.median(np.abs(values - median)) / median)


def _over(above, below, power=1):
    return (above / below) ** power if above is not None and below else None


def _percent(share):
    return None if share is None else 100 * float(share)
