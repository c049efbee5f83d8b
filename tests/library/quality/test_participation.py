"""Input gate, quality control and ratings decide which subjects are included."""

import pytest

from contrast2map.quality.participation import decide, require_enough
from contrast2map.study.groups import UNGROUPED
from contrast2map.tables.subjects import layout_subjects

GROUPS = {"01": "MS", "02": "MS", "NA": "healthy", "04": "healthy"}


def found(verdict, *problems, **measures):
    findings = [
        {"level": level, "file": file, "problem": problem, "remedy": "fix it"}
        for level, file, problem in problems
    ]
    return {"verdict": verdict, "findings": findings, "measures": {"n_slices": 40} | measures}


GATE = {
    "01": found("pass"),
    "02": found("fail", ("warn", "a.json", "no TR"), ("fail", "b.nii.gz", "is empty")),
    "NA": found("pass"),
    "04": found("warn", ("warn", "c.nii.gz", "has no TE")),
}
FAILED = found("fail", ("fail", "", "flair: registration failed"))
QUALITY = {"01": found("pass"), "NA": FAILED, "04": found("pass")}


def decisions(quality=QUALITY, ratings=None):
    return {row["subject"]: row for row in decide(GROUPS, GATE, quality, ratings or {})}


def test_the_gate_and_the_quality_control_exclude_failing_subjects_with_the_reason():
    rows = decisions()
    assert [rows[s]["included"] for s in GROUPS] == [True, False, False, True]
    assert rows["02"]["stage"] == "input gate"
    assert rows["02"]["reason"] == "b.nii.gz: is empty; a.json: no TR"
    assert rows["NA"]["stage"] == "quality control"
    assert rows["NA"]["reason"] == "flair: registration failed"


def test_a_rating_overrides_the_quality_control_in_both_directions():
    rows = decisions(ratings={"01": ("exclude", "moved"), "NA": ("include", "")})
    assert not rows["01"]["included"] and rows["01"]["stage"] == "rating"
    assert rows["01"]["reason"] == "moved"
    assert rows["NA"]["included"] and rows["NA"]["rating"] == "include"


def test_a_rating_cannot_include_a_subject_refused_by_the_gate_or_without_slices():
    nothing = QUALITY | {"NA": found("fail", ("fail", "", "no brain was found"), n_slices=0)}
    rows = decisions(nothing, {"02": ("include", ""), "NA": ("include", "")})
    assert not rows["02"]["included"] and not rows["NA"]["included"]


def test_enough_subjects_pass_and_too_few_are_reported_with_their_reasons():
    rows = list(decisions().values())
    require_enough(rows, 2, strict=False)
    with pytest.raises(
        ValueError, match=r"too few subjects: 2 of 4 .*n_folds is 3.* sub-02 .*empty"
    ):
        require_enough(rows, 3, strict=False)


def test_a_strict_study_stops_for_one_subject():
    with pytest.raises(ValueError, match=r"cohort.strict: 2 of 4 .*sub-NA \(quality control"):
        require_enough(list(decisions().values()), 2, strict=True)
    everyone = {subject: found("pass") for subject in GROUPS}
    rows = decide(GROUPS, everyone, everyone, {})
    require_enough(rows, 4, strict=True)


def test_the_table_shows_every_listed_subject():
    rows = [row | {"fold": "fold_0" if row["included"] else ""} for row in decisions().values()]
    layout = layout_subjects(rows, "4 subjects")
    assert "4 subjects listed, 2 included" in layout.caption
    assert [row[0] for row in layout.rows] == ["sub-01", "sub-02", "sub-NA", "sub-04"]
    assert layout.rows[1][2] == "no: input gate" and layout.rows[0][3:5] == ["fold 0", "40"]
    assert layout.rows[1][4] == "–"


def test_a_cohort_without_groups_has_no_column_of_groups():
    rows = [row | {"group": UNGROUPED} for row in decisions().values()]
    layout = layout_subjects(rows, "4 subjects")
    assert ("", "Group") not in layout.columns and UNGROUPED not in str(layout.rows)
    assert all(len(row) == len(layout.columns) for row in layout.rows)
