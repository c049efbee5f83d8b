"""Limits of T1, T2 and spread by tissue, and notes on the maps."""

from contrast2map.maps import known_errors

# ASSUME a range from few subjects is too narrow: it is widened by this many between-subject SDs,
# and by at least this fraction of the mean.
WIDENING_SD = 2.0
LEAST_WIDENING = {"intensities": 0.10, "maps": 0.05}
# ASSUME the spread across folds is large if it exceeds both that of the training subjects by this
# factor and this fraction of the tissue median.
SPREAD_FACTOR = 2.0
LEAST_SPREAD = 0.03
CAUTION = "interpret the maps with caution"
# Plausible tissue medians in vivo at 3 T in ms: wide ranges around the values of Stanisz et al.,
# MRM 2005;54:507, Bojorquez et al., MRI 2017;35:69 and Qiu et al. 2022, Table 2.
PLAUSIBLE_MS = {
    "T1": {"wm": (600, 1200), "gm": (900, 1900)},
    "T2": {"wm": (45, 110), "gm": (55, 140)},
}

RATIO_NAMES = {"gm/wm": "grey over white matter", "csf/wm": "CSF over white matter"}


def notes(measures, head, model):
    """Notes that a user of the maps needs in addition to the verdict, one line each."""
    lines = []
    if model.simulated:
        lines.append("The model was trained on simulated heads only, never on data of a person.")
    if head.known_as is not None:
        lines.append(
            f"This head is sub-{head.known_as} of the training set. "
            + (
                "It was predicted by all folds, as requested."
                if len(head.folds) > 1
                else f"It was predicted only by {head.folds[0]}, which held it out, so there is no "
                "spread."
            )
        )
    elif len(head.folds) == 1 and not model.is_told_protocol:
        lines.append("The model has a single fold, so there is no spread.")
    if biases := known_errors.sentence(model):
        lines.append(biases)
    lines += model.notes
    if not head.slab.own:
        lines.append(
            "Voxel size or head pose differs from the training data (head rotated by "
            f"{measures['angle_deg']:.0f}°). The maps were predicted on a grid like that of the "
            "training data and resampled to the scan."
        )
    low, high = model.trained.levels_mm
    if measures["share_outside_levels"] > 0.01:
        lines.append(
            f"{100 * measures['share_outside_levels']:.0f} % of the brain is above or below the "
            f"training slices (MNI z {low:.0f} to {high:.0f} mm), where the error of the maps is "
            "unknown."
        )
    if measures["n_small_slices"]:
        lines.append(
            f"{measures['n_small_slices']} of {measures['n_slices']} slices contain less brain "
            "than any training slice and are excluded from the medians."
        )
    return lines


def is_beyond(value, trained, kind):
    """Whether a value is outside the widened training range.

    Args:
        value: Number.
        trained: model.Range.
        kind: Key of `LEAST_WIDENING`.
    """
    width = max(WIDENING_SD * trained.sd, LEAST_WIDENING[kind] * abs(trained.mean))
    return not trained.low - width <= value <= trained.high + width


def range_words(low, high, form="g"):
    """A range as text; a single number if both ends are formatted alike."""
    words = [f"{value:{form}}" for value in (low, high)]
    return words[0] if words[0] == words[1] else " to ".join(words)
