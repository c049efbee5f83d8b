"""Layout of the findings of the input gate."""

from contrast2map.input_gate.admission import is_admitted, sentence
from contrast2map.study.groups import group_words, has_groups
from contrast2map.tables.layout import NOTHING, Layout, sentence_case

WORDS = {"pass": "pass", "warn": "warn: included", "fail": "fail: excluded"}


def layout_input_gate(subjects, population):
    """Layout of the findings in each subject's files, one row per finding.

    Args:
        subjects: List of the contents of the subjects' input_gate JSON files, with all findings.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    grouped = has_groups(each["group"] for each in subjects)
    rows = []
    for each in subjects:
        heading = [
            f"sub-{each['subject']}",
            *([group_words(each["group"])] if grouped else []),
            WORDS[each["verdict"]],
        ]
        ordered = sorted(each["findings"], key=lambda finding: finding["level"] != "fail")
        rows += [
            [*heading, finding["level"], sentence(finding), finding["remedy"]]
            for finding in ordered
        ] or [[*heading, NOTHING, NOTHING, NOTHING]]
    n_admitted = sum(map(is_admitted, subjects))
    return Layout(
        title="Findings of the input gate",
        caption=(
            f"{sentence_case(population)}, {n_admitted} of them admitted to the study. "
            "Header, position, values and sidecar of every file are checked before any other step. "
            "A finding of level fail excludes the subject; a finding of level warn does not."
        ),
        columns=[("", label) for label in ("Subject", *["Group"] * grouped, "Verdict")]
        + [("Findings", label) for label in ("Level", "Problem", "Remedy")],
        rows=rows,
        n_headings=2 + grouped,
        is_text=True,
    )
