"""The overview of quality control: one row per subject, one column per measure."""

from contrast2map.quality.limits import limit_of, limit_words, measure_words
from contrast2map.quality.rows import collect_findings, measure_rows, verdict_of
from contrast2map.study.findings import LEVELS
from contrast2map.study.groups import group_words


def columns_of(qualities, limits, grouped):
    """Columns of the overview.

    Args:
        qualities: Contents of quality.json of the admitted subjects.
        limits: Dict mapping measure to its limits (`limits.limit_of`).
        grouped: Whether the cohort has groups.

    Returns:
        List of dicts with measure (None for the leading columns), words, unit, limit and calm
        (whether the measure flags no subject).
    """
    columns = [
        {"measure": None, "words": words, "unit": "", "limit": "", "calm": False}
        for words in ("Subject", *["Group"] * grouped, "Verdict", "Findings")
    ]
    flagged, names = set(), {}
    for quality in qualities:
        for row in measure_rows(quality["measures"], limits):
            if row["level"] in ("warn", "fail"):
                flagged.add(row["measure"])
        names |= dict.fromkeys(quality["measures"])
    for measure in names:
        words, unit = measure_words(measure)
        columns.append(
            {
                "measure": measure,
                "words": words,
                "unit": unit,
                "limit": limit_words(limit_of(measure, limits)),
                "calm": measure not in flagged,
            }
        )
    return columns


def subject_rows(gates, qualities, thumbnails, limits):
    """One row per listed subject, including those not admitted by the input gate.

    Args:
        gates: Contents of input_gate/sub-X.json by subject.
        qualities: Contents of quality.json by subject, for the admitted subjects.
        thumbnails: Data URIs by subject; some subjects may be missing.
        limits: Dict mapping measure to its limits.

    Returns:
        List of dicts for the template, worst verdicts first.

    Raises:
        ValueError: A measured subject is missing from the input gate's results.
    """
    unknown = sorted(set(qualities) - set(gates))
    if unknown:
        raise ValueError(
            f"the input gate has no results for {', '.join(f'sub-{each}' for each in unknown)}"
        )
    columns = columns_of(qualities.values(), limits, grouped=False)
    measures = [column for column in columns if column["measure"] is not None]
    rows = []
    for subject, gate in gates.items():
        quality = qualities.get(subject)
        verdict = verdict_of(gate, quality)
        rows.append(
            {
                "subject": subject,
                "group": group_words(gate.get("group")) or "–",
                "verdict": verdict,
                "rank": LEVELS.index(verdict),
                "admitted": quality is not None,
                "thumbnail": thumbnails.get(subject),
                "findings": collect_findings(gate, quality),
                "cells": _cells(quality, measures, limits),
            }
        )
    return sorted(rows, key=lambda row: (-row["rank"], row["subject"]))


def count_words(rows):
    """Number of subjects by verdict, in one sentence."""
    counts = {level: 0 for level in LEVELS}
    for row in rows:
        if row["admitted"]:
            counts[row["verdict"]] += 1
    n_refused = sum(not row["admitted"] for row in rows)
    parts = [f"{n} {level}" for level, n in counts.items() if n]
    parts += [f"{n_refused} not admitted by the input gate"] if n_refused else []
    return f"{len(rows)} subject{'s' * (len(rows) != 1)}: {', '.join(parts)}."


def _cells(quality, columns, limits):
    found = {
        row["measure"]: row for row in measure_rows((quality or {}).get("measures", {}), limits)
    }
    cells = []
    for column in columns:
        row = found.get(column["measure"], {"value": None, "text": "–", "level": ""})
        value = "" if row["value"] is None else repr(float(row["value"]))
        cells.append(row | {"value": value, "calm": column["calm"]})
    return cells
