"""Judge the maps of a new head: find problems in its scans, processing steps and maps."""

from contrast2map.imaging import grids, images
from contrast2map.imaging.size_words import size_words
from contrast2map.maps import told_contrast
from contrast2map.maps.limits import (
    CAUTION,
    LEAST_SPREAD,
    PLAUSIBLE_MS,
    RATIO_NAMES,
    SPREAD_FACTOR,
    is_beyond,
    range_words,
)
from contrast2map.maps.new_scans import label
from contrast2map.preprocessing import orientation
from contrast2map.quality import messages
from contrast2map.quality.judgement import (
    failed_steps,
    judge_measures,
    judge_orientation,
    unregistered_scans,
)
from contrast2map.study.findings import LEVELS, fail, finding, gathered, warn
from contrast2map.study.terms import PARAMETER_NAMES, PARAMETER_UNITS, TISSUE_NAMES

# ASSUME a parameter within this fraction of the training range gives nearly the same contrast.
PARAMETER_TOLERANCE = 0.05
# ASSUME voxels larger by this factor than in the training lose detail that the networks rely on.
VOXEL_FACTOR = 1.5
# ASSUME tissues whose medians differ by this fraction in the training must keep their order.
ORDER_MARGIN = 0.10
LEAST_TOLD = 0.5  # ASSUME share of a tissue's voxels with a value
# ASSUME each scan must cover this fraction of the brain.
COVERED = {"fail": 0.80, "warn": 0.99}
# Remedies of quality control name settings of a study, which a user of `maps` does not have.
REMEDY_HERE = {
    messages.REGISTER: "check that the scan shows this head in the orientation that its header "
    "states; correct it, or make the maps without it",
    messages.MASK: "check the mask on the page, or provide one with --brain-mask",
    messages.SEGMENT: "check the tissue on the page; medians by tissue and the verdict rest on it",
}


def judge(measures, head, model, scans):
    """Find all problems of the maps of a head.

    Args:
        measures: Dict that `measures.measure` returned.
        head: pipeline.HeadMaps.
        model: model.Model.
        scans: Dict mapping contrast to new_scans.NewScan.

    Returns:
        List of findings, failures first.
    """
    found = []
    for name in model.scans:
        scan = scans[name]
        found += scan.findings
        file = label(name, scan.source)
        found += judge_protocol(name, model.protocol_of(name, scan), model, file)
        found += judge_voxels(name, scan.voxel_mm, model, file)
        found += judge_contrast(name, measures["intensities"][name], model, file)
        found += judge_told_contrast(measures["told_contrast"][name], file)
        found += judge_coverage(measures["coverage"][name], file)
    of_steps = judge_steps(measures, head, model)
    others = [name for name in model.scans if name != model.target]
    for name in [model.target, *unregistered_scans(of_steps, others)]:
        scan = grids.to_canonical(scans[name].image)
        lying = orientation.measure_if_head(images.values(scan), scan.affine)
        file = label(name, scans[name].source)
        found += judge_orientation(lying, file, ", or turn them with --repair-orientation")
    # The files and settings that they name exist only in a study.
    found += [
        each | {"file": "", "remedy": REMEDY_HERE.get(each["remedy"], each["remedy"])}
        for each in of_steps
    ]
    for quantity in model.quantities:
        found += judge_told(quantity, measures["told"][quantity], model)
        found += judge_map(quantity, measures["maps"][quantity], model, measures["told"][quantity])
        found += judge_spread(quantity, measures, model)
    if head.known_as is not None and len(head.folds) > 1:
        found.append(
            warn(
                "",
                f"this head is sub-{head.known_as} of the training set, and all folds but one were "
                "trained on it",
                "omit --all-folds to use only the fold that held it out",
            )
        )
    return gathered(sorted(found, key=lambda each: -LEVELS.index(each["level"])))


def judge_protocol(name, sequence, model, file):
    """Findings about sequence parameters that are unknown or outside the training range."""
    trained = model.trained.protocol.get(name, {})
    withheld = model.withheld.get(name, {})
    unknown = [
        PARAMETER_NAMES[each]
        for each in trained
        if sequence.get(each) is None and each not in withheld
    ]
    found = []
    if unknown:
        consequence = (
            "the maps are less accurate and their intervals wider"
            if model.is_told_protocol
            else "only the contrast of the scan can be compared with the training data"
        )
        found.append(
            warn(
                file,
                f"{', '.join(unknown)} unknown; {consequence}",
                "put the JSON sidecar of the DICOM conversion next to the scan",
            )
        )
    for parameter, (low, high) in trained.items():
        value = sequence.get(parameter)
        margin = PARAMETER_TOLERANCE * max(abs(low), abs(high))
        if value is not None and not low - margin <= value <= high + margin:
            # A network that is told a number which it never learned may do anything with it.
            judged = fail if model.is_told_protocol else warn
            found.append(
                judged(
                    file,
                    f"{PARAMETER_NAMES[parameter]} is {value:g} "
                    f"{PARAMETER_UNITS[parameter]}, in the training scans {range_words(low, high)} "
                    f"{PARAMETER_UNITS[parameter]}",
                    "use a model that was trained on this protocol",
                )
            )
    return found


def judge_voxels(name, voxel_mm, model, file):
    """A finding if the voxels are much larger than those of the training scans."""
    largest, trained = max(voxel_mm), model.trained.largest_voxel_mm.get(name)
    if trained is None or largest <= VOXEL_FACTOR * trained:
        return []
    return [
        warn(
            file,
            f"voxel size is {size_words(voxel_mm)}, in the training scans at most "
            f"{trained:.3g} mm; the maps are blurred along the longest edge",
            "use a scan with thinner slices if available",
        )
    ]


def judge_contrast(name, medians, model, file):
    """A finding if tissue order or tissue medians differ from the training scans."""
    trained = model.trained.intensities.get(name, {})
    known = {
        key: (value, trained[key])
        for key, value in medians.items()
        if value is not None and trained.get(key)
    }
    swapped = [key for key in RATIO_NAMES if key in known and _changed_places(*known[key])]
    if swapped:
        words = "; ".join(_said(key, *known[key]) for key in swapped)
        return [
            fail(
                file,
                f"reversed contrast: {words}",
                "check that the scans were not swapped",
            )
        ]
    beyond = [_said(key, *each) for key, each in known.items() if is_beyond(*each, "intensities")]
    if not beyond:
        return []
    return [
        warn(
            file,
            f"contrast outside the training range: {'; '.join(beyond)}",
            f"{CAUTION}; use a model trained on this protocol",
        )
    ]


def judge_told_contrast(found, file):
    """A finding if tissues differ in a scan as they cannot with the protocol of its sidecar.

    Args:
        found: Dict with `measured` and `possible`, see `told_contrast`.
        file: Label of the scan.
    """
    beyond = told_contrast.beyond(found["measured"], found["possible"])
    if not beyond:
        return []
    words = "; ".join(
        f"{TISSUE_NAMES[name]} is {found['measured'][name]:.2f} times as bright as white matter, "
        f"with these numbers it would be {_limit(found['measured'][name], found['possible'][name])}"
        for name in beyond
    )
    return [
        warn(
            file,
            f"the contrast does not fit the protocol in its sidecar: {words}",
            "check RepetitionTime, InversionTime and EchoTime in the sidecar, and that the scan is "
            "of the kind under which it was given; the maps rest on the scan more than on these "
            "numbers",
        )
    ]


def _limit(value, limits):
    low, high = limits
    return f"at least {low:.2f}" if value < low else f"at most {high:.2f}"


def judge_coverage(share, file):
    """A finding if part of the brain is outside a scan's field of view and thus has no map."""
    level = next((each for each, least in COVERED.items() if share < least), None)
    if level is None:
        return []
    return [
        finding(
            level,
            file,
            f"covers {100 * share:.0f} % of the brain; the rest has no map",
            "use a scan that covers the whole brain",
        )
    ]


def judge_steps(measures, head, model):
    """Findings about failed steps, and about measures beyond the limits of a study."""
    steps = {
        name: {"problem": step.problem, "warning": step.warning}
        for name, step in (
            ("brain_extraction", head.brain_extraction),
            ("tissue_segmentation", head.tissue_segmentation),
        )
    }
    numbers = {name: found.numbers() for name, found in head.registrations.items()}
    return failed_steps(numbers, steps) + judge_measures(
        measures["quality"], model.quality, model.target
    )


def _changed_places(ratio, trained):
    above = trained.low > 1 and trained.mean > 1 + ORDER_MARGIN
    below = trained.high < 1 and trained.mean < 1 - ORDER_MARGIN
    return (above and ratio < 1) or (below and ratio > 1)


def _said(key, value, trained):
    words = RATIO_NAMES.get(key) or TISSUE_NAMES[key]
    return f"{words} {value:.2f} (training {range_words(trained.low, trained.high, '.2f')})"


def judge_told(quantity, told, model):
    """Findings about tissues of which the scans do not tell the quantity in many voxels.

    Args:
        quantity: "T1" or "T2".
        told: Dict mapping tissue to the share of its voxels with a value, or None without tissue.
        model: model.Model.
    """
    if not model.abstains:
        return []
    return [
        warn(
            "",
            f"these scans do not tell {quantity} of {TISSUE_NAMES[tissue]}: "
            f"{100 * (1 - told[tissue]):.0f} % of its voxels have no value",
            "add a scan whose contrast depends on it, such as T2w or FLAIR for T2, or the sidecars",
        )
        for tissue in ("wm", "gm")
        if told[tissue] is not None and told[tissue] < LEAST_TOLD
    ]


def judge_map(quantity, medians_ms, model, told=None):
    """Findings about tissue medians that are implausible or outside the training range.

    Args:
        quantity: "T1" or "T2".
        medians_ms: Dict mapping tissue to median, or None without a value.
        model: model.Model.
        told: As in `judge_told`, to which tissues without any value are left; None: to none.
    """
    found = []
    for tissue, (low, high) in PLAUSIBLE_MS.get(quantity, {}).items():
        value = medians_ms[tissue]
        trained = model.trained.maps.get(quantity, {}).get(tissue)
        name = TISSUE_NAMES[tissue]
        if model.abstains and told and told[tissue] == 0:
            continue  # `judge_told` says so
        if value is None:
            problem = f"no voxel of {name} has a {quantity} value"
            found.append(fail("", problem, "check the brain mask and the tissue segmentation"))
        elif not low <= value <= high:
            problem = (
                f"implausible {quantity} of {name}: {value:.0f} ms (plausible: {low} to {high} ms)"
            )
            found.append(fail("", problem, "do not use the maps"))
        elif trained and is_beyond(value, trained, "maps"):
            reached = range_words(trained.low, trained.high, ".0f")
            problem = f"{quantity} of {name} is {value:.0f} ms, in training subjects {reached} ms"
            found.append(warn("", problem, CAUTION))
    return found


def judge_spread(quantity, measures, model):
    """Findings where the folds disagree more than on the training subjects."""
    found = []
    for tissue in ("wm", "gm"):
        spread = measures["spread"].get(quantity, {}).get(tissue)
        trained = model.trained.spread.get(quantity, {}).get(tissue)
        median = measures["maps"][quantity][tissue]
        if spread is None or not trained or not median:
            continue
        if spread > max(SPREAD_FACTOR * trained.high, LEAST_SPREAD * median):
            problem = (
                f"{quantity} of {TISSUE_NAMES[tissue]}: the folds disagree by {spread:.1f} ms "
                f"(SD), in training subjects by {trained.high:.1f} ms at most"
            )
            found.append(warn("", problem, CAUTION))
    return found
