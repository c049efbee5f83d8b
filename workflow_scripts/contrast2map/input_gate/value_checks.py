"""Check the values of scans, maps, masks and segmentations."""

import numpy as np

from contrast2map.imaging.ranges import (
    LARGEST_TIME_S,
    LEAST_CONSTANT,
    added_constant,
    robust_range,
    sample,
)
from contrast2map.study.findings import fail, finding, warn

LEAST_N_LEVELS = 9  # a scan has hundreds of grey levels, a mask two
LEAST_SIGNAL_SHARE = 0.01  # of the voxels; a bare brain in a large field of view fills 5 %
SATURATED_SHARE = 0.01
BEYOND_CEILING = 1e-4  # share of the signal above the value at which it is clipped
OUTLIER_FACTOR = 1000  # fat and vessels reach 20 times the 99th percentile
LEAST_CORRELATION = 0.3  # between neighbours; at least 0.85 in real heads, even across 3 mm slices
SLICE_CONTRAST = 0.02  # relative to the image; a slice with less contrast shows at most ringing
NEGATIVE_SHARE = 0.01
MOST_CONSTANT = 0.2  # ASSUME share of bright voxels; more was certainly added
PADDED_SHARE = 0.9  # of the negative voxels; padding has one value, and noise many
# ASSUME range of the median over positive voxels of a map in seconds: from myelin at 1.5 T (T1
# 0.4 s) to a head with much fluid and noise. Maps in milliseconds are far outside this range.
PLAUSIBLE_MEDIAN_S = {"T1": (0.3, 3.5), "T2": (0.02, 0.6)}
OUTLIER_SHARE = 0.01
LARGER_T2_SHARE, USUAL_LARGER_T2_SHARE = 0.2, 0.05
LEAST_BRAIN_MM3 = 100_000  # preprocessing fails with a smaller brain
BRAIN_MM3 = (300_000, 2_500_000)  # from newborns to the largest brains, with CSF


def check_scan_values(values, path, n_spikes=0):
    """Check the values of a weighted image; return the findings.

    Args:
        values: Finite image values without spikes, shape (x, y, z).
        path: File of the image.
        n_spikes: Number of spikes that were replaced (`spikes.without_spikes`).
    """
    findings = []
    if n_spikes:
        words = "1 voxel is" if n_spikes == 1 else f"{n_spikes} voxels are"
        problem = f"{words} far brighter than all around"
        findings.append(
            warn(path, problem, "nothing to do: they are replaced by their neighbours' median")
        )
    constant = _check_constant(values, path)
    if constant:
        return findings + constant
    sampled = sample(values)
    if len(np.unique(sampled)) < LEAST_N_LEVELS and len(np.unique(values)) < LEAST_N_LEVELS:
        problem = (
            f"has only {len(np.unique(values))} different values, like a mask or a segmentation"
        )
        return [fail(path, problem, "provide the scan itself")]
    findings += _check_slices(values, path) + _check_neighbours(values, path)
    findings += _check_background(values, path)
    share = np.count_nonzero(values) / values.size
    if share < LEAST_SIGNAL_SHARE:
        problem = f"is nearly empty: only {share:.2%} of its voxels are not 0"
        findings.append(fail(path, problem, "provide a scan of the whole head"))
    strong = float(np.percentile(np.abs(sampled), 99))
    findings += _check_negative(values, sampled, strong, path)
    largest = float(np.abs(values).max())
    if 0 < strong * OUTLIER_FACTOR < largest:
        problem = (
            f"is damaged: a value of {largest:.3g} is more than {OUTLIER_FACTOR} times that of "
            "bright voxels"
        )
        findings.append(fail(path, problem, "convert it again, or set such voxels to 0"))
    return findings + _check_saturation(values, path)


def check_map_values(values, quantity, path):
    """Check the values of a T1 or T2 map, expected in seconds; return the findings.

    Args:
        values: Finite map, shape (x, y, z); 0 where nothing was measured.
        quantity: "T1" or "T2".
        path: File of the map.
    """
    constant = _check_constant(values, path)
    if constant:
        return constant
    positive = values[values > 0]
    negative = np.count_nonzero(values < 0) / values.size
    if negative > NEGATIVE_SHARE:
        problem = f"{negative:.0%} of its voxels are negative"
        return [fail(path, problem, "set voxels without a fit to 0")]
    if positive.size < LEAST_SIGNAL_SHARE * values.size:
        problem = (
            f"is nearly empty: only {positive.size / values.size:.2%} of its voxels are above 0"
        )
        return [fail(path, problem, "provide a map of the brain")]
    median = float(np.median(sample(positive)))
    lower, upper = PLAUSIBLE_MEDIAN_S[quantity]
    if not lower <= median <= upper:
        return [_implausible(path, quantity, median)]
    findings = []
    if negative:
        problem = f"{np.count_nonzero(values < 0)} of its voxels are negative"
        findings.append(warn(path, problem, "set voxels without a fit to 0"))
    outliers = np.count_nonzero(positive > LARGEST_TIME_S[quantity]) / positive.size
    if outliers > OUTLIER_SHARE:
        problem = f"{outliers:.0%} of its values are above {LARGEST_TIME_S[quantity]:g} s"
        remedy = "nothing to do if there was no fit: they count as 0; otherwise see its units"
        findings.append(warn(path, problem, remedy))
    return findings


def check_map_pair(T1_s, T2_s, path):
    """Check that T2 is below T1; return the findings.

    Args:
        T1_s: T1 map in seconds, shape (x, y, z).
        T2_s: T2 map in seconds, same shape.
        path: File of the T2 map.
    """
    both = (T1_s > 0) & (T2_s > 0)
    n_both = np.count_nonzero(both)
    if not n_both:
        problem = "has no voxel above 0 in common with the T1 map"
        return [fail(path, problem, "provide maps of one acquisition")]
    share = np.count_nonzero(both & (T2_s >= T1_s)) / n_both
    problem = f"T2 is not below T1 in {share:.0%} of the voxels with both values"
    remedy = "check that the maps are not swapped, and that both are in seconds"
    if share > LARGER_T2_SHARE:
        return [fail(path, problem, remedy)]
    return [warn(path, problem, remedy)] if share > USUAL_LARGER_T2_SHARE else []


def check_mask_values(values, path, may_be_empty, voxel_mm3=None):
    """Check the values of a mask; return the findings.

    Args:
        values: Finite mask values, shape (x, y, z).
        path: File of the mask.
        may_be_empty: Whether an empty mask is valid (no lesions).
        voxel_mm3: Volume of a voxel for a brain mask; None for other masks.
    """
    largest = values.max()
    if not ((values == 0) | (values == largest)).all() or largest < 0:
        problem = "is not a mask: it has values other than 0 and 1"
        return [fail(path, problem, "threshold it")]
    n_inside = np.count_nonzero(values)
    if not n_inside:
        return [] if may_be_empty else [fail(path, "is empty", "draw it again, or remove the file")]
    if n_inside == values.size:
        return [fail(path, "covers the whole image", "draw it again, or remove the file")]
    if voxel_mm3 is None or BRAIN_MM3[0] <= n_inside * voxel_mm3 <= BRAIN_MM3[1]:
        return []
    problem = f"has an implausible volume for a brain ({n_inside * voxel_mm3 / 1e6:.2f} litres)"
    if n_inside * voxel_mm3 < LEAST_BRAIN_MM3:
        return [fail(path, problem, "draw it again, or remove the file")]
    return [warn(path, problem, "check its brain mask on the quality-control page")]


def check_labels(values, path, labels):
    """Check the values of a segmentation; return the findings.

    Args:
        values: Finite label values, shape (x, y, z).
        path: File of the segmentation.
        labels: Dict mapping the name of each required label to its number.
    """
    if not (np.rint(values) == values).all():
        problem = "has values that are not integers, like a probability map"
        return [fail(path, problem, "provide a segmentation with one integer per label")]
    missing = [
        f"{name} ({number})" for name, number in labels.items() if not (values == number).any()
    ]
    if not missing:
        return []
    present = np.unique(sample(values))
    shown = ", ".join(f"{number:g}" for number in present[:12]) + ", ..." * (len(present) > 12)
    problem = f"has no voxel of {', '.join(missing)}; its labels are {shown}"
    return [fail(path, problem, "correct it, or the label numbers in cohort.provided")]


def _check_constant(values, path):
    lowest, highest = float(values.min()), float(values.max())
    if lowest != highest:
        return []
    problem = "is 0 everywhere" if highest == 0 else f"has the value {highest:g} everywhere"
    return [fail(path, problem, "export or convert the scan again")]


def _check_slices(values, path):
    """A finding for lost slices: empty slices between slices with content."""
    contrast = float(np.ptp(robust_range(values)))
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        spans = values.max(axis=others).astype(float) - values.min(axis=others)
        filled = np.flatnonzero(spans > SLICE_CONTRAST * contrast)
        if not len(filled):
            problem = f"does not vary within the slices of axis {axis + 1}, so it shows no head"
            return [fail(path, problem, "provide the scan itself")]
        n_empty = np.count_nonzero(spans[filled[0] : filled[-1]] == 0)
        if n_empty:
            problem = f"has {n_empty} empty slices in the middle of axis {axis + 1}"
            return [
                fail(path, problem, "export all slices from the scanner and convert them again")
            ]
    return []


def _check_neighbours(values, path):
    """A finding for uncorrelated neighbours, from noise or values read in the wrong order."""
    correlations = _correlations(values)
    lowest = min(correlations)
    if lowest >= LEAST_CORRELATION:
        return []
    middle = values[tuple(slice(n // 3, n - n // 3) for n in values.shape)]
    if min(middle.shape) > 2 and min(_correlations(middle)) >= LEAST_CORRELATION:
        problem = (
            "its background is strong noise around a head without noise, as in the uniform image "
            "(UNI) of an MP2RAGE"
        )
        remedy = "provide the denoised one (UNI-DEN), or set the background to 0"
        return [fail(path, problem, remedy)]
    problem = (
        f"neighbouring voxels along axis {correlations.index(lowest) + 1} are hardly correlated "
        f"({lowest:.2f}): it contains noise, or its values are in the wrong order"
    )
    return [fail(path, problem, "inspect it; export or convert the scan again")]


def _correlations(values):
    """Correlation of the neighbours along each axis; 0 without contrast."""
    inside = np.clip(values, *robust_range(values))
    inside = inside - inside.mean(dtype=float)
    variance = np.mean(np.square(inside), dtype=float)
    if variance == 0:
        return [0.0] * 3
    return [
        float(np.mean(np.delete(inside, 0, axis) * np.delete(inside, -1, axis), dtype=float))
        / variance
        for axis in range(3)
    ]


def _check_background(values, path):
    """A finding for a constant that was added to all voxels but a rim of zeros."""
    constant, bright = added_constant(values)
    if not constant:
        return []
    problem = (
        f"its background is {constant:.3g}, {constant / bright:.0%} of its bright voxels, as if a "
        "constant had been added"
    )
    level = "fail" if constant > MOST_CONSTANT * bright else "warn"
    return [finding(level, path, problem, "subtract it; maps depend on ratios of signals")]


def _check_negative(values, sampled, strong, path):
    """A finding for clearly negative voxels, with what they seem to be.

    Args:
        values: Image values, shape (x, y, z).
        sampled: `sample(values)`.
        strong: 99th percentile of their absolute values.
        path: File of the image.
    """
    negative = sampled[sampled < -0.05 * strong]
    if negative.size <= NEGATIVE_SHARE * sampled.size:
        return []
    share = negative.size / sampled.size
    lowest = float(negative.min())
    if np.mean(negative == lowest) > PADDED_SHARE:
        problem = f"{share:.0%} of its voxels have the value {lowest:g}, like padding"
        return [fail(path, problem, "set them to 0")]
    dark, above, bright = np.percentile(sampled[sampled != 0], (1, 10, 99))
    if above < 0 and above - dark < LEAST_CONSTANT * (bright - dark):
        problem = f"its background is {dark:.3g}, as if a constant had been subtracted"
        return [fail(path, problem, "add it again; maps depend on ratios of signals")]
    problem = f"{share:.0%} of its voxels are clearly negative, as in a real-part or phase image"
    if values.max() <= 0:
        problem = "is negative throughout"
    return [fail(path, problem, "provide the magnitude image")]


def _check_saturation(values, path):
    """A finding if many voxels share one value above which there is next to nothing."""
    signal = values[values != 0]
    ceiling = np.quantile(sample(signal), 1 - SATURATED_SHARE / 2)
    share = np.count_nonzero(signal == ceiling) / signal.size
    if share <= SATURATED_SHARE or np.mean(signal > ceiling) > BEYOND_CEILING:
        return []
    problem = f"{share:.0%} of its signal is clipped at {ceiling:g}"
    return [warn(path, problem, "export the scan without clipping")]


def _implausible(path, quantity, median):
    lower, upper = PLAUSIBLE_MEDIAN_S[quantity]
    for unit, factor in (("milliseconds", 1e3), ("microseconds", 1e6)):
        if lower * factor <= median <= upper * factor:
            problem = f"is in {unit} (median {median:.4g}), not in seconds"
            return fail(path, problem, f"divide it by {factor:.0f}")
    problem = (
        f"has a median of {median:.3g}, implausible for {quantity} (expected: {lower:g} to "
        f"{upper:g} s)"
    )
    return fail(path, problem, "provide the map in seconds")
