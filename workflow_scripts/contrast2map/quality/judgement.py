"""Find problems in a subject's preprocessing: failed steps and measures beyond their limits."""

from contrast2map.quality.limits import level_of_measure, limit_of, limit_words, measure_words
from contrast2map.quality.messages import WORDS
from contrast2map.study.findings import LEVELS, fail, gathered, warn


def failed_steps(registrations, steps):
    """Findings about the steps that failed, or whose program said something.

    Args:
        registrations: Dict mapping scan to a dict with `problem`, None if registration succeeded.
        steps: Dict mapping step (brain_extraction, tissue_segmentation) to a dict with `problem`
            and `warning`.

    Returns:
        List of findings.
    """
    found = []
    for scan, result in registrations.items():
        if result["problem"]:
            found.append(_finding("fail", "scan", result["problem"], scan=scan))
    for step, result in steps.items():
        if result["problem"]:
            found.append(_finding("fail", step, result["problem"]))
        if result.get("warning"):
            found.append(_finding("warn", f"{step}_warning", result["warning"]))
    return found


def unregistered_scans(findings, names):
    """Those of the named scans that failed in `failed_steps` or `judge_measures`."""
    failed = {each["file"] for each in findings if each["level"] == "fail"}
    return [name for name in names if WORDS["scan"].file.format(scan=name) in failed]


def judge_orientation(orientation, file, other_remedy=""):
    """Findings about a head that does not lie as the header of its scan says.

    Args:
        orientation: preprocessing.orientation.Orientation of the scan, or None if unknown.
        file: Name of the scan's file, for the message.
        other_remedy: A further remedy, as the end of the message.
    """
    if orientation is None or not orientation.is_wrong:
        return []
    return [
        fail(
            file,
            f"the head does not lie as the header says: {orientation.words} (similarity to the "
            f"template as stored is {orientation.ratio:.2f} of that)",
            "correct the axes or signs of its affine and of all that lie alike, or convert them "
            "again" + other_remedy,
        )
    ]


def judge_turned(turned):
    """Findings about images that were turned (`orientation.repaired`).

    Args:
        turned: Dict mapping the name of an image to what its directions were.
    """
    return gathered(
        warn(
            name,
            f"was turned, since its {words}; left and right cannot be recognised",
            "check left and right, and correct the affine of the file",
        )
        for name, words in turned.items()
    )


def judge_measures(measures, limits, target):
    """Compare measures with their limits.

    Args:
        measures: Dict mapping measure to number.
        limits: Dict mapping measure (with or without the scan's name) to its `warn` and `fail`
            limits (see `limits.level_of_measure`).
        target: Name of the target scan, for the messages.

    Returns:
        List of findings, failures first.
    """
    found = []
    for name, value in measures.items():
        limit = limit_of(name, limits)
        level = level_of_measure(value, limit)
        if level in ("warn", "fail"):
            key = limit_of(name, {known: known for known in WORDS})
            scan = name.removesuffix(key).removesuffix("_")
            _, unit = measure_words(name)
            detail = f"{value:.3g} {unit}".rstrip() + f" ({limit_words(limit, unit)})"
            found.append(_finding(level, key, detail, scan=scan, target=target))
    return sorted(found, key=lambda finding: -LEVELS.index(finding["level"]))


def _finding(level, key, detail, **names):
    words = WORDS[key]
    return {
        "level": level,
        "file": words.file.format(**names),
        "problem": f"{words.problem.format(**names)}: {detail}",
        "remedy": words.remedy,
    }
