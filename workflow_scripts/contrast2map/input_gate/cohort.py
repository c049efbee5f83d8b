"""Who of a cohort can be used: the verdicts of its subjects together."""

import csv
import os
from collections import defaultdict

from contrast2map.study import subject_lists
from contrast2map.study.findings import fail, verdict, warn

COLUMNS = ("subject", "group", "verdict", "admitted", "n_findings", "reasons")
N_NAMED = 20  # subjects that a message names


def judge_files(paths):
    """As `judge`, of the JSON files that the input gate wrote, in the order of the cohort."""
    return judge(subject_lists.read_each(paths))


def judge(subjects):
    """Add what shows only between subjects: one person under two labels.

    Args:
        subjects: List of the contents of the subjects' input_gate JSON files.

    Returns:
        New list of the same dicts, findings and verdict complete.
    """
    labels = [each["subject"] for each in subjects]
    shared = _shared_images(subjects)
    alike = defaultdict(list)
    for label in labels:
        alike[label.casefold().lstrip("0")].append(label)
    judged = []
    for each in subjects:
        label = each["subject"]
        findings = list(each["findings"])
        for other, roles in shared[label].items():
            problem = f"has the same images as sub-{other} ({', '.join(roles)})"
            remedy = "find out whose they are; neither can be trusted to be who it says"
            findings.append(fail("", problem, remedy))
        others = [other for other in alike[label.casefold().lstrip("0")] if other != label]
        if others:
            problem = f"its label is all but that of sub-{', sub-'.join(others)}"
            findings.append(warn("", problem, "check that they are different persons"))
        judged.append(each | {"findings": findings, "verdict": verdict(findings)})
    return judged


def is_admitted(subject):
    """Whether a subject takes part in the study."""
    return subject["verdict"] != "fail"


def sentence(finding):
    """A finding as text: file and what is wrong with it."""
    name = os.path.basename(finding["file"])
    return f"{name}: {finding['problem']}" if name else finding["problem"]


def reasons(subject):
    """Findings of a subject as one text, those that exclude it first."""
    ordered = sorted(subject["findings"], key=lambda each: each["level"] != "fail")
    return "; ".join(sentence(each) for each in ordered)


def require_all(subjects):
    """Raise where a subject cannot be used.

    Raises:
        ValueError: One line that names the subjects, with their reasons.
    """
    excluded = [each for each in subjects if not is_admitted(each)]
    if excluded:
        raise ValueError(
            f"cohort.strict: true: {len(excluded)} of {len(subjects)} subjects cannot be used: "
            f"{_named(excluded)}. Correct them, or set cohort.strict: false to go on without them"
        )


def require_enough(subjects, n_folds):
    """Raise where fewer subjects are left than folds.

    Raises:
        ValueError: One line with the numbers, and the reasons of those that are left out.
    """
    excluded = [each for each in subjects if not is_admitted(each)]
    n_admitted = len(subjects) - len(excluded)
    if n_admitted < n_folds:
        raise ValueError(
            f"cohort: {n_admitted} of {len(subjects)} subjects can be used, fewer than "
            f"folds.n_folds: {n_folds}; left out: {_named(excluded) or 'none'}"
        )


def write_table(subjects, path):
    """Write one row a subject with `COLUMNS` as CSV."""
    with open(path, "w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for each in subjects:
            counted = {"admitted": is_admitted(each), "n_findings": len(each["findings"])}
            writer.writerow(each | counted | {"reasons": reasons(each)})


def read_admitted(path):
    """Subjects of a table of `write_table` that take part.

    Returns:
        Dict of subject label to group, both text whatever they look like.
    """
    with open(path, newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    return {row["subject"]: row["group"] for row in rows if row["admitted"] == "True"}


def _shared_images(subjects):
    """Dict of subject to dict of other subject to roles of images that both have."""
    owners = defaultdict(list)
    for each in subjects:
        for role, text in each["fingerprints"].items():
            owners[text].append((each["subject"], role))
    shared = defaultdict(lambda: defaultdict(list))
    for owned in owners.values():
        for label, role in owned:
            for other in sorted({other for other, _ in owned} - {label}):
                shared[label][other].append(role)
    return shared


def _named(excluded):
    def failures(subject):
        failed = [each for each in subject["findings"] if each["level"] == "fail"]
        return "; ".join(f"{sentence(each)}: {each['remedy']}" for each in failed)

    more = len(excluded) - N_NAMED
    named = [f"sub-{each['subject']} ({failures(each)})" for each in excluded[:N_NAMED]]
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
