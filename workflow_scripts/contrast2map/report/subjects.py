"""The report's table of subjects: who took part, how well, and what preprocessing made of them."""

from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number

HEADINGS = ("Subject", "Group", "Quality", "Taken", "Fold", "Slices", "T1 MAE (ms)", "T2 MAE (ms)")


def subject_rows(subjects, errors_by_subject, predictor, thumbnails):
    """Rows of the table, all listed subjects.

    Args:
        subjects: Rows of tables/subjects.csv, as dicts of text (see `subject_tables.decide`).
        errors_by_subject: Table of `tables_errors.errors_by_subject`.
        predictor: Name of the network whose errors are shown.
        thumbnails: Data URI of a picture by subject; those that the input gate refused have none.

    Returns:
        List of dicts: subject, thumbnail, and `cells`, pairs of text and what it is sorted by, in
        the order of `HEADINGS` from the second on. Errors are those excluding CSF, a mean over the
        subject's slices.
    """
    errors_ms = _errors_ms(errors_by_subject, predictor)
    rows = []
    for row in subjects:
        subject = row["subject"]
        taken = "yes" if str(row["included"]) == "True" else f"no: {row['stage']}, {row['reason']}"
        texts = [
            row["group"].replace("_", " "),
            row["verdict"],
            taken,
            row["fold"],
            row["n_slices"],
        ]
        cells = [(text or number(None), text) for text in map(str, texts)]
        for quantity in QUANTITIES:
            value = errors_ms.get((subject, quantity))
            cells.append((number(value), "" if value is None else f"{value:.6f}"))
        rows.append({"subject": subject, "thumbnail": thumbnails.get(subject), "cells": cells})
    return rows


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
