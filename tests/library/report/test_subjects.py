"""The report's table of subjects: all listed subjects, with errors of those included."""

import pandas as pd

from contrast2map.report.subjects import subject_headings, subject_rows
from contrast2map.study.groups import UNGROUPED

NETWORK = "network_x_seed-1"


def errors(**others):
    of_subject = {"subject": "01", "predictor": NETWORK, "against": "reference"}
    of_subject |= {"region": "excluding_csf", "convention": "paper"} | others
    return [of_subject | {"quantity": q, "mae_ms": ms} for q, ms in (("T1", 51.25), ("T2", 6.5))]


def listed(subject, **others):
    row = {"subject": subject, "group": "suspected_MS", "included": "True", "stage": ""}
    row |= {"fold": "fold_1", "n_slices": "52", "verdict": "pass", "rating": "", "reason": ""}
    return row | others


def test_a_row_has_one_cell_per_heading_and_is_sorted_by_its_unrounded_number():
    others = [*errors(predictor="cohort_mean"), *errors(against="truth")]
    others += [*errors(region="full_brain"), *errors(convention="brain")]
    table = pd.DataFrame([*errors(), *({**row, "mae_ms": 999.0} for row in others)])
    (row,) = subject_rows([listed("01")], table, NETWORK, {"01": "data:image/webp;base64,"})
    assert len(row["cells"]) + 1 == len(subject_headings([listed("01")]))
    assert row["thumbnail"] == "data:image/webp;base64,"
    texts = [text for text, _ in row["cells"]]
    assert texts == ["suspected MS", "pass", "yes", "fold_1", "52", "51.2", "6.5"]
    assert [float(value) for _, value in row["cells"][-2:]] == [51.25, 6.5]


def test_an_excluded_subject_is_listed_with_its_reason_and_without_numbers():
    out = listed(
        "02", included="False", stage="input gate", reason="no FLAIR", fold="", n_slices=""
    )
    (row,) = subject_rows([out], pd.DataFrame(errors()), NETWORK, {})
    assert row["thumbnail"] is None
    assert row["cells"][2][0] == "no: input gate, no FLAIR"
    assert row["cells"][-4:] == [("–", "")] * 4


def test_a_cohort_without_groups_has_no_column_of_groups():
    subjects = [listed("01", group=UNGROUPED)]
    (row,) = subject_rows(subjects, pd.DataFrame(errors()), NETWORK, {})
    headings = subject_headings(subjects)
    assert "Group" in subject_headings([listed("01")]) and "Group" not in headings
    assert len(row["cells"]) + 1 == len(headings) and row["cells"][0][0] == "pass"


def test_a_warning_is_shown_with_its_reason_in_short():
    long = "registered_flair.nii.gz: flair is rotated relative to t1w: 25 ° (warn above 20 °); "
    listed_ones = [
        listed("01", verdict="warn", reason=long * 5),
        listed("02", verdict="fail", rating="include", reason="implausible brain volume"),
        listed("03", verdict="pass", reason=""),
        listed("04", included="False", stage="rating", verdict="warn", reason="moved"),
    ]
    rows = subject_rows(listed_ones, pd.DataFrame(errors()), NETWORK, {})
    words = [row["cells"][1][0] for row in rows]
    assert words[0].startswith("warn: registered_flair.nii.gz: flair is rotated")
    assert words[0].endswith("…") and len(words[0]) < 130
    assert words[1:] == ["fail: implausible brain volume", "pass", "warn"]
