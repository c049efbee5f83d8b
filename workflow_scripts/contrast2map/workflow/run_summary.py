"""Outcome of a run for each subject: finished, excluded, failed or without problems so far."""

import csv
import json
import re
from pathlib import Path

from contrast2map.input_gate.admission import is_admitted, judge_files
from contrast2map.quality.participation import decide
from contrast2map.study.folds import folds_of
from contrast2map.study.subject_paths import subject_of

COLUMNS = ("what", "status", "stage", "cause", "log", "what_to_do")
FINISHED, EXCLUDED, FAILED = "finished", "excluded", "failed"
WAITING = "without problems so far"  # has no maps yet: other jobs failed, or were not wanted
N_NAMED = 20  # subjects in a line
REMEDY = "fix or replace the subject's files, or rate the subject in ratings.tsv"


def summarise(groups, ratings, results, predictor, failures):
    """Make one row per subject, and one per failed job that belongs to no subject.

    Args:
        groups: Dict mapping label to group name, for all listed subjects.
        ratings: Dict mapping subject to a pair of rating and comment.
        results: Folder of the study's results.
        predictor: Name of the main network; subjects with maps from this network are finished.
        failures: List of failures.Failure, in order of occurrence.

    Returns:
        List of dicts with `COLUMNS`: first the subjects, then the failures, each in their order.
    """
    results = Path(results)
    excluded = _excluded(groups, ratings, results)
    table = results / "folds" / "folds.tsv"
    fold_of = folds_of(table) if table.exists() else {}
    of_subject = {}
    for failure in failures:
        of_subject.setdefault(failure.what, failure)
    rows = []
    for subject in groups:
        row = dict.fromkeys(COLUMNS, "") | {"what": f"sub-{subject}"}
        maps = results / "predictions" / predictor / fold_of.get(subject, "-") / f"sub-{subject}"
        if row["what"] in of_subject:
            rows.append(row | _of_failure(of_subject[row["what"]]))
        elif subject in excluded:
            rows.append(row | excluded[subject] | {"status": EXCLUDED, "what_to_do": REMEDY})
        else:
            rows.append(row | {"status": FINISHED if maps.exists() else WAITING})
    named = {row["what"] for row in rows}
    return rows + [
        {"what": failure.what} | _of_failure(failure)
        for failure in failures
        if failure.what not in named
    ]


def write(rows, path):
    """Write the rows as TSV."""
    with open(path, "w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def words_of_subjects(rows, study, path):
    """Lines for the terminal: number of subjects by status, and the excluded subjects.

    Args:
        rows: Rows of `summarise`.
        study: Name of the study.
        path: Path of the table.
    """
    of_subjects = [row for row in rows if row["what"].startswith("sub-")]
    counts = {status: 0 for status in (FINISHED, EXCLUDED, FAILED, WAITING)}
    for row in of_subjects:
        counts[row["status"]] += 1
    counted = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
    lines = [f"{study}: {len(of_subjects)} subjects: {counted}. Table: {path}"]
    excluded = [row for row in of_subjects if row["status"] == EXCLUDED]
    causes = _by_cause((row["what"], row["stage"], row["cause"]) for row in excluded)
    return lines + [
        f"{_named(whats)} excluded ({stage}): {cause}" for stage, cause, whats in causes
    ]


def words_of_report(results):
    """Lines for the terminal with the path of the report; empty if there is no report.

    Args:
        results: Folder of the study's results.
    """
    path = Path(results) / "report" / "index.html"
    return [f"Report: {path}"] if path.is_file() else []


def words_of_failures(failures):
    """Lines for the terminal: each cause once with its jobs and remedy, the first failure last."""
    log_of = {each.what: each.logs[0] for each in reversed(failures) if each.logs}
    causes = _by_cause(
        (each.what, each.rule, f"{each.last_line()} -> {each.remedy()}") for each in failures
    )
    return [
        f"{_named(whats)}: {rule} failed: {cause}"
        + (f" (log: {log_of[whats[0]]})" if whats[0] in log_of else "")
        for rule, cause, whats in reversed(causes)
    ]


def _by_cause(found):
    """Group triples of subject (or fold), stage and cause by the last two, apart from its name.

    Returns:
        List of (stage, cause, subjects or folds in their order).
    """
    groups = {}
    for what, stage, cause in found:
        general = re.sub(rf"{re.escape(what)}\b", f"{what[:4]}*", cause)
        whats, own = groups.setdefault((stage, general), ([], cause))
        if what not in whats:
            whats.append(what)
    return [
        (stage, general if len(whats) > 1 else own, whats)
        for (stage, general), (whats, own) in groups.items()
    ]


def _named(whats):
    more = len(whats) - N_NAMED
    return ", ".join(whats[:N_NAMED]) + (f" and {more} more" if more > 0 else "")


def _of_failure(failure):
    return {
        "status": FAILED,
        "stage": failure.rule,
        "cause": failure.last_line(),
        "log": failure.logs[0] if failure.logs else "",
        "what_to_do": failure.remedy(),
    }


def _excluded(groups, ratings, results):
    """Read stage and cause of each excluded subject from the files that exist."""
    judged = judge_files(sorted((results / "input_gate").glob("sub-*.json")))
    gate = {each["subject"]: each for each in judged if each["subject"] in groups}
    quality = {}
    for path in sorted((results / "preprocessed").glob("sub-*/quality.json")):
        subject = subject_of(path)
        if subject in gate and is_admitted(gate[subject]):  # others are left from earlier runs
            quality[subject] = json.loads(path.read_text())
    rows = decide({subject: groups[subject] for subject in gate}, gate, quality, ratings)
    return {
        row["subject"]: {"stage": row["stage"], "cause": row["reason"]}
        for row in rows
        # Until its quality is measured, only the input gate can exclude a subject.
        if not row["included"] and (row["subject"] in quality or row["verdict"] == "fail")
    }
