"""How real a scan looks in numbers: noise, contrast, spread, the k-space that it fills.

One code measures real and simulated scans, each on its own grid: interpolation smooths noise.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast2map.evaluation import tissue_medians
from contrast2map.imaging.masks import GM, WM, ball
from contrast2map.preprocessing.hmrf import FWHM_PER_SIGMA
from contrast2map.quality import measures

SMOOTH_FWHM_MM = 20.0  # of the bias field that the embedded segmentation looks for
NOISE_STEP = 2  # voxels: within the band that scanners fill, still finer than most anatomy
RAYLEIGH_MEDIAN = np.sqrt(2 * np.log(2))  # of the magnitude of noise, over the SD of a channel
CORNER_SHARE = 1 / 8  # of an edge of a slice: in the corners there is air
WINDOW_MM = 64.0  # edge of the window in the brain whose k-space is looked at
FILLED = 0.5  # of the power of the noise: an edge that the window blurs stays where it is


@dataclass(frozen=True)
class Measure:
    """What a number of `measure` is called, and which way it is easier for a network.

    Attributes:
        words: Its name in a table.
        n_decimals: Digits after the point.
        kinder: "higher", "lower" or "far_from_1" where such values are easier; None: neither.
        short: Its name in a sentence.
    """

    words: str
    n_decimals: int
    kinder: str | None
    short: str


MEASURES = {
    "signal_to_noise": Measure(
        "Signal-to-noise in white matter, noise two voxels apart", 1, "higher", "signal-to-noise"
    ),
    "air_signal_to_noise": Measure(
        "Signal-to-noise in white matter, noise of the air", 1, "higher", "signal-to-noise by air"
    ),
    "noise_whiteness": Measure(
        "Noise of neighbours over noise two voxels apart", 2, "higher", "whiteness of the noise"
    ),
    "filled_share": Measure("In-plane k-space that is filled (%)", 0, None, "filled k-space"),
    "gm_wm_ratio": Measure(
        "Grey over white matter, medians", 2, "far_from_1", "grey over white matter"
    ),
    "gm_wm_contrast_to_noise": Measure(
        "Grey-white contrast over the SD within the two", 2, "higher", "grey-white contrast-to-SD"
    ),
    "csf_wm_ratio": Measure("CSF over white matter, medians", 2, None, "CSF over white matter"),
    "wm_spread": Measure(
        "Spread within white matter (%)", 1, "lower", "spread within white matter"
    ),
    "wm_smooth_spread": Measure(
        "of it, smooth over 20 mm (%)", 1, "lower", "smooth part of that spread"
    ),
    "wm_smooth_share": Measure(
        "smooth share of the variance (%)", 0, None, "smooth share of that variance"
    ),
    "gm_spread": Measure("Spread within grey matter (%)", 1, "lower", "spread within grey matter"),
    "zero_share": Measure("Voxels that are 0 (%)", 1, None, "empty voxels"),
    "cut_share": Measure(
        "Brain's voxels at the scan's largest value (%)", 2, "lower", "brain at the largest value"
    ),
}
VERDICTS = ("kinder", "harsher", "differs", "alike")


def measure(values, tissue, voxel_mm):
    """Numbers of one scan.

    Args:
        values: Scan as acquired, shape (x, y, slice).
        tissue: Labels of `masks.TISSUE_LABELS` on its grid, same shape.
        voxel_mm: Voxel edges in mm.

    Returns:
        Dict of `MEASURES` to number: shares and spreads in %, the others without unit; None where
        a scan does not show it.
    """
    white = ndimage.binary_erosion(tissue == WM, ball(1))
    medians = tissue_medians.with_ratios(
        tissue_medians.of_image(values, tissue, np.ones(tissue.shape, bool))
    )
    steps = {step: noise_sd(values, white, step) for step in (1, NOISE_STEP)}
    noise, air = steps[NOISE_STEP], air_noise_sd(values)
    spread, smooth = spreads(values, white, voxel_mm)
    contrast = measures.measure_tissue(values, tissue).get("gm_wm_contrast_to_noise")
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
    """SD of the noise by local differences, robust against edges.

    The mask of Immerkaer (CVIU 1996;64:300), [1 -2 1] along both axes of a slice, is blind to
    constants and ramps; here its median absolute deviation is taken instead of the mean, and its
    points may lie several voxels apart. White noise gives its SD at any step, smoothed or
    interpolated noise less at step 1. What texture the tissue has at that distance counts as noise.

    Args:
        values: Scan, shape (x, y, slice).
        inside: True in one tissue, same shape.
        step: Distance of the points in voxels.

    Returns:
        SD in units of the scan; None where fewer than `quality.MIN_VOXELS` squares of the mask's
        size lie inside.
    """
    kernel = np.zeros(2 * step + 1)
    kernel[[0, step, -1]] = 1, -2, 1
    whole = ndimage.binary_erosion(inside, np.ones((2 * step + 1, 2 * step + 1, 1)))
    if np.count_nonzero(whole) < measures.MIN_VOXELS:
        return None
    along_x = ndimage.convolve1d(np.asarray(values, float), kernel, axis=0)
    differences = ndimage.convolve1d(along_x, kernel, axis=1)[whole]
    return float(measures.MAD_TO_SD * np.median(np.abs(differences)) / (kernel**2).sum())


def air_noise_sd(values):
    """SD of the noise in a channel, from the magnitude in the corners of the slices.

    There is no signal, so magnitudes are of Rayleigh's distribution (Gudbjartsson and Patz, MRM
    1995;34:910).

    Args:
        values: Scan, shape (x, y, slice).

    Returns:
        SD in units of the scan; None where half of the air is 0, as scanners and defacing leave it.
    """
    width, height = (max(1, int(size * CORNER_SHARE)) for size in values.shape[:2])
    ends = (slice(None, width), slice(-width, None)), (slice(None, height), slice(-height, None))
    air = np.concatenate([values[x, y].ravel() for x in ends[0] for y in ends[1]])
    median = np.median(air)
    return float(median / RAYLEIGH_MEDIAN) if median > 0 else None


def spreads(values, inside, voxel_mm):
    """Robust SD of a scan in a tissue, and of what of it is smooth, over the median.

    Args:
        values: Scan, shape (x, y, slice).
        inside: True in one tissue, same shape.
        voxel_mm: Voxel edges in mm.

    Returns:
        Pair of shares of the median; smooth is the mean over `SMOOTH_FWHM_MM` (Gaussian) of the
        voxels inside. Nones where there are too few.
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
    """Share of a slice's k-space that holds signal or noise.

    Scanners fill a part of k-space and interpolate to a larger matrix. Filled is what has at least
    half of the power that white noise of the given SD would have there.

    Args:
        values: Scan, shape (x, y, slice).
        brain: True in the brain, same shape.
        voxel_mm: Voxel edges in mm.
        noise: SD of the noise within the part that is filled, as `noise_sd` finds it at
            `NOISE_STEP`; or None.

    Returns:
        Share 0-1 of a window in the middle of the brain, mean power of a third of its slices; None
        where the window does not fit into the scan.
    """
    found = np.argwhere(brain)
    if noise is None or len(found) < measures.MIN_VOXELS:
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


def compare(real, simulated, kinder):
    """Whether simulated scans are easier than real ones.

    Args:
        real: Numbers of the real scans; None is left out.
        simulated: Numbers of the simulated scans.
        kinder: As in `Measure`.

    Returns:
        "kinder" or "harsher" where all simulated numbers lie beyond all real ones, "differs" where
        neither side is easier, "alike" where the ranges meet; None where one side has no number.
    """
    real, simulated = ([x for x in numbers if x is not None] for numbers in (real, simulated))
    if not real or not simulated:
        return None
    if kinder == "far_from_1":
        real, simulated = (np.abs(np.log(numbers)).tolist() for numbers in (real, simulated))
    if max(simulated) < min(real):
        side = "lower"
    elif min(simulated) > max(real):
        side = "higher"
    else:
        return "alike"
    if kinder is None:
        return "differs"
    return "kinder" if side == kinder.replace("far_from_1", "higher") else "harsher"


def histogram(values, tissue, edges):
    """Share of the brain's voxels by intensity over the white-matter median.

    Args:
        values: Scan in integers as stored, shape (x, y, slice).
        tissue: Labels of `masks.TISSUE_LABELS`, same shape.
        edges: Edges of the bins, shape (n_bins + 1,).

    Returns:
        Density, per unit of the white-matter median, shape (n_bins,).
    """
    brain = values[tissue > 0]
    # Scanners store integers: spread over their step they do not beat with the bins.
    spread = brain + np.random.default_rng(0).uniform(-0.5, 0.5, len(brain))
    relative = spread / np.median(values[tissue == WM])
    return np.histogram(relative, edges)[0] / (len(brain) * np.diff(edges))


def _median_and_spread(values):
    """Median, and robust SD over it; Nones where there are too few."""
    if len(values) < measures.MIN_VOXELS:
        return None, None
    median = float(np.median(values))
    return median, float(measures.MAD_TO_SD * np.median(np.abs(values - median)) / median)


def _over(above, below, power=1):
    return (above / below) ** power if above is not None and below else None


def _percent(share):
    return None if share is None else 100 * float(share)
