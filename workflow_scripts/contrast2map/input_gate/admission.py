"""Decide which subjects of a cohort are admitted, after comparing all subjects."""

import csv
import os
from collections import defaultdict

from contrast2map.study import subject_lists
from contrast2map.study.findings import NUMBER, fail, gathered, verdict, warn

COLUMNS = ("subject", "group", "verdict", "admitted", "n_findings", "reasons")
N_NAMED, N_CAUSES = 20, 5  # subjects and causes that a message names


def judge_files(paths):
    """As `judge`, but reads the input gate's JSON files, given in the order of the cohort."""
    return judge(subject_lists.read_each(paths))


def judge(subjects):
    """Add findings from comparing the subjects: possibly the same person under two labels.

    Args:
        subjects: Contents of the subjects' input_gate JSON files, as a list.

    Returns:
        Copies of the dicts with final findings and verdict, as a list.
    """
    labels = [each["subject"] for each in subjects]
    shared = _shared_images(subjects)
    alike = defaultdict(list)
    for label in labels:
        alike[label.casefold().lstrip("0")].append(label)
    judged = []
    for each in subjects:
        label = each["subject"]
        findings = gathered(each["findings"])
        for other, roles in shared[label].items():
            problem = f"has the same images as sub-{other} ({', '.join(roles)})"
            remedy = "find out whose images they are; the identity of both subjects is in doubt"
            findings.append(fail("", problem, remedy))
        others = [other for other in alike[label.casefold().lstrip("0")] if other != label]
        if others:
            problem = f"its label is almost the same as sub-{', sub-'.join(others)}"
            findings.append(warn("", problem, "check that they are different people"))
        judged.append(each | {"findings": findings, "verdict": verdict(findings)})
    return judged


def is_admitted(subject):
    """Whether the input gate admits a subject."""
    return subject["verdict"] != "fail"


def sentence(finding):
    """A finding as text: file and problem."""
    name = os.path.basename(finding["file"])
    return f"{name}: {finding['problem']}" if name else finding["problem"]


def reasons(subject):
    """Findings of a subject as one text, starting with those that exclude the subject."""
    ordered = sorted(subject["findings"], key=lambda each: each["level"] != "fail")
    return "; ".join(sentence(each) for each in ordered)


def require_all(subjects):
    """Raise if any subject cannot be used.

    Raises:
        ValueError: One line with the subjects, problems and remedies.
    """
    excluded = [each for each in subjects if not is_admitted(each)]
    if excluded:
        raise ValueError(
            f"cohort.strict: true: {len(excluded)} of {len(subjects)} subjects cannot be used: "
            f"{_named(excluded)}. Fix their files, or set cohort.strict: false to exclude them"
        )


def require_enough(subjects, n_folds):
    """Raise if fewer subjects are admitted than there are folds.

    Raises:
        ValueError: One line with both numbers, and each excluded subject's problems and remedies.
    """
    excluded = [each for each in subjects if not is_admitted(each)]
    n_admitted = len(subjects) - len(excluded)
    if n_admitted < n_folds:
        raise ValueError(
            f"cohort: {n_admitted} of {len(subjects)} subjects can be used, fewer than "
            f"folds.n_folds: {n_folds}; excluded: {_named(excluded) or 'none'}"
        )


def write_table(subjects, path):
    """Write `COLUMNS` as CSV, one row per subject."""
    with open(path, "w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for each in subjects:
            counted = {"admitted": is_admitted(each), "n_findings": len(each["findings"])}
            writer.writerow(each | counted | {"reasons": reasons(each)})


def read_admitted(path):
    """Read the admitted subjects from a table that `write_table` wrote.

    Returns:
        Dict mapping subject label to group, both as text.
    """
    with open(path, newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    return {row["subject"]: row["group"] for row in rows if row["admitted"] == "True"}


def _shared_images(subjects):
    """Find shared images, as a dict: subject -> another subject -> roles of the shared images."""
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
    """Each cause once, with the subjects that it excludes, in the words of one of them."""
    labels_of, words_of = defaultdict(list), defaultdict(set)
    for each in excluded:
        failed = [finding for finding in each["findings"] if finding["level"] == "fail"]
        for finding in failed:
            words = f"{sentence(finding)}: {finding['remedy']}"
            words = words.replace(f"sub-{each['subject']}", "sub-*")
            cause = NUMBER.sub("#", words)
            labels_of[cause].append(each["subject"])
            words_of[cause].add(words)
    causes = []
    for cause, labels in list(labels_of.items())[:N_CAUSES]:
        words = min(words_of[cause])
        if len(labels) == 1:
            words = words.replace("sub-*", f"sub-{labels[0]}")
        example = "for example " if len(words_of[cause]) > 1 else ""
        causes.append(f"{_labels(labels)} ({example}{words})")
    more = len(labels_of) - N_CAUSES
    return ", ".join(causes) + (f" and {more} more causes" if more > 0 else "")


def _labels(labels):
    shown = ", ".join(f"sub-{label}" for label in labels[:N_NAMED])
    return shown + (f" and {len(labels) - N_NAMED} more" if len(labels) > N_NAMED else "")
