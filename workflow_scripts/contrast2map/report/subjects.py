"""The report's table of subjects: inclusion, quality and errors."""

from textwrap import shorten

from contrast2map.study.groups import group_words, has_groups
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number

REASON_CHARACTERS = 120  # the subject's page has the whole text
HEADINGS = ("Quality", "Included", "Fold", "Slices")
HEADINGS += tuple(f"{quantity} mean absolute error (ms)" for quantity in QUANTITIES)


def subject_headings(subjects):
    """Headings of the table; arguments as in `subject_rows`. "Group" only if there are groups."""
    return ("Subject", *["Group"] * has_groups(row["group"] for row in subjects), *HEADINGS)


def subject_rows(subjects, errors_by_subject, predictor, thumbnails):
    """Rows of the table, one per listed subject.

    Args:
        subjects: Rows of tables/subjects.csv, as dicts of text (see `quality.participation`).
        errors_by_subject: Table of `tables.errors.errors_by_subject`.
        predictor: Name of the network whose errors are shown.
        thumbnails: Dict mapping subject to the data URI of a picture, without the subjects that the
            input gate rejected.

    Returns:
        List of dicts: subject, thumbnail, and `cells`: pairs of text and sort key, in the order of
        `subject_headings` without the first. Errors exclude CSF and are averaged over the subject's
        slices.
    """
    errors_ms = _errors_ms(errors_by_subject, predictor)
    grouped = has_groups(row["group"] for row in subjects)
    rows = []
    for row in subjects:
        subject = row["subject"]
        is_in = str(row["included"]) == "True"
        texts = [
            *([group_words(row["group"])] if grouped else []),
            _quality(row) if is_in else row["verdict"],
            "yes" if is_in else f"no: {row['stage']}, {row['reason']}",
            row["fold"],
            row["n_slices"],
        ]
        cells = [(text or number(None), text) for text in map(str, texts)]
        for quantity in QUANTITIES:
            value = errors_ms.get((subject, quantity))
            cells.append((number(value), "" if value is None else f"{value:.6f}"))
        rows.append({"subject": subject, "thumbnail": thumbnails.get(subject), "cells": cells})
    return rows


def _quality(row):
    """Verdict of an included subject and, in short, the findings that caused it."""
    why = shorten(row["reason"], REASON_CHARACTERS, placeholder=" …")
    return f"{row['verdict']}: {why}" if why and row["verdict"] != "pass" else row["verdict"]


def _errors_ms(errors_by_subject, predictor):
    """MAE excluding CSF in ms by subject and quantity."""
    shown = where(
        errors_by_subject,
        predictor=predictor,
        against="reference",
        region="excluding_csf",
        convention="paper",
    )
    return shown.set_index(["subject", "quantity"])["mae_ms"].to_dict()


def describe_subjects(errors_by_subject, predictor):
    """Subject, group, fold and number of evaluated slices, one record per subject.

    Args:
        errors_by_subject: Table of `tables.errors.errors_by_subject`.
        predictor: Name of a predictor that covers all subjects.
    """
    ours = where(
        errors_by_subject,
        predictor=predictor,
        against="reference",
        quantity="T1",
        region="full_brain",
        convention="paper",
    )
    return ours[["subject", "group", "fold", "n_slices"]].to_dict("records")
