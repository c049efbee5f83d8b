"""The input gate as it is read: who takes part, and what was found."""

from contrast2map.input_gate.cohort import is_admitted, sentence
from contrast2map.tables.layout import NOTHING, Layout

WORDS = {"pass": "pass", "warn": "warn: takes part", "fail": "fail: left out"}


def layout_input_gate(subjects, population):
    """What was found in each subject's files, one row a finding.

    Args:
        subjects: List of the contents of the subjects' input_gate JSON files, all findings in.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    rows = []
    for each in subjects:
        heading = [
            f"sub-{each['subject']}",
            each["group"].replace("_", " "),
            WORDS[each["verdict"]],
        ]
        ordered = sorted(each["findings"], key=lambda finding: finding["level"] != "fail")
        rows += [
            [*heading, finding["level"], sentence(finding), finding["remedy"]]
            for finding in ordered
        ] or [[*heading, NOTHING, NOTHING, NOTHING]]
    n_admitted = sum(map(is_admitted, subjects))
    return Layout(
        title="Which subjects can be used",
        caption=(
            f"{population[0].upper()}{population[1:]}, {n_admitted} of them admitted to the study. "
            "Every file is read before any other step: its header, place, values and sidecars. "
            "One finding that says fail leaves a subject out; with warn it takes part."
        ),
        columns=[("", "Subject"), ("", "Group"), ("", "Verdict")]
        + [("Findings", label) for label in ("Level", "Problem", "What to do")],
        rows=rows,
        n_headings=3,
        is_text=True,
    )
