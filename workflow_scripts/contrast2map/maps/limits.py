"""What maps must be like: limits of T1, T2 and spread by tissue, and what else to know of them."""

from contrast2map.study.findings import fail, warn
from contrast2map.study.terms import TISSUE_NAMES

# ASSUME a range over few subjects is too narrow: it is widened by this many of their SDs, and by
# no less than this share of their mean.
WIDENING_SD = 2.0
LEAST_WIDENING = {"intensities": 0.10, "maps": 0.05}
# ASSUME spread over folds this much above that of the training's own subjects, and at least
# this share of the median, is large.
SPREAD_FACTOR = 2.0
LEAST_SPREAD = 0.03
# Medians in ms that no living brain leaves at 3 T: wide around Stanisz et al., MRM 2005;54:507,
# Bojorquez et al., MRI 2017;35:69 and Qiu et al. 2022, Table 2.
PLAUSIBLE_MS = {
    "T1": {"wm": (600, 1200), "gm": (900, 1900)},
    "T2": {"wm": (45, 110), "gm": (55, 140)},
}

RATIO_NAMES = {"gm/wm": "grey over white matter", "csf/wm": "CSF over white matter"}


def judge_map(quantity, medians_ms, facts):
    """Tissue medians that no brain has, or that the training's brains did not have."""
    found = []
    for tissue, (low, high) in PLAUSIBLE_MS.get(quantity, {}).items():
        value, trained = medians_ms[tissue], facts["maps"][quantity][tissue]
        name = TISSUE_NAMES[tissue]
        if value is None:
            problem = f"no voxel of {name} has a {quantity}"
            found.append(fail("", problem, "look at the brain mask and the tissue labels"))
        elif not low <= value <= high:
            problem = f"{quantity} of {name} {value:.0f} ms is implausible ({low} to {high} ms)"
            found.append(fail("", problem, "do not use the maps"))
        elif trained and is_beyond(value, trained, "maps"):
            reached = range_words(trained["low"], trained["high"], ".0f")
            problem = f"{quantity} of {name} {value:.0f} ms, in the training {reached} ms"
            found.append(warn("", problem, "trust the maps less"))
    return found


def judge_spread(quantity, measures, facts):
    """Folds that disagree more than they do on the training's own subjects."""
    found = []
    for tissue in ("wm", "gm"):
        spread = measures["spread"].get(quantity, {}).get(tissue)
        trained = facts["spread"].get(quantity, {}).get(tissue)
        median = measures["maps"][quantity][tissue]
        if spread is None or not trained or not median:
            continue
        if spread > max(SPREAD_FACTOR * trained["high"], LEAST_SPREAD * median):
            problem = (
                f"{quantity} of {TISSUE_NAMES[tissue]}: the folds disagree by {spread:.1f} ms (SD; "
                f"on the training's subjects up to {trained['high']:.1f} ms)"
            )
            found.append(warn("", problem, "trust the maps less"))
    return found


def notes(measures, head, facts):
    """What must be known of the maps beside the verdict, as lines."""
    lines = []
    if facts["simulated"]:
        lines.append("The model was trained on simulated heads; it has seen no person.")
    if head.known_as is not None:
        lines.append(
            f"This head is sub-{head.known_as} of the training. "
            + (
                "All folds predict, as asked for."
                if len(head.folds) > 1
                else f"{head.folds[0]}, which held it out, predicts alone, "
                "unaware of it; the spread over folds is unknown."
            )
        )
    elif len(head.folds) == 1:
        lines.append("The model has one fold: the spread is unknown.")
    if not head.slab.own:
        lines.append(
            f"The head's voxels or pose differ from the training's (turned by "
            f"{measures['angle_deg']:.0f} degrees): the network worked on a grid like the "
            "training's, and the maps were brought back by interpolation."
        )
    low, high = facts["pose"]["levels_mm"]
    if measures["share_outside_levels"] > 0.01:
        lines.append(
            f"{100 * measures['share_outside_levels']:.0f} % of the brain lies above or below the "
            f"slices that were trained on (MNI z {low:.0f} to {high:.0f} mm); nothing is known of "
            "the maps' error there."
        )
    if measures["n_small_slices"]:
        lines.append(
            f"{measures['n_small_slices']} of {measures['n_slices']} slices have less brain than "
            "any slice of the training; they count in no median."
        )
    return lines


def is_beyond(value, trained, kind):
    """Whether a value lies outside the training's range, widened.

    Args:
        value: Number.
        trained: Summary of `tissue_medians.summarise`.
        kind: Key of `LEAST_WIDENING`.
    """
    width = max(WIDENING_SD * trained["sd"], LEAST_WIDENING[kind] * abs(trained["mean"]))
    return not trained["low"] - width <= value <= trained["high"] + width


def range_words(low, high, form="g"):
    """A range as text; one number where both ends read alike."""
    words = [f"{value:{form}}" for value in (low, high)]
    return words[0] if words[0] == words[1] else " to ".join(words)
