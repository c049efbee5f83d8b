"""The input gate over a cohort: bad subjects are excluded with a reason, the others stay."""

import csv
import json
import shutil
from pathlib import Path

import pytest

import bad_inputs
import check_dataset
import check_subject
import compare_subjects
import small_cohort
import table_files
import tabulate_input_gate
from contrast2map.input_gate import admission
from contrast2map.tables.layout import to_html

GOOD = [
    "01",
    "NA",
    "1e5",
    "007",
]  # labels that a careless reader takes for numbers or missing values
# A third of the defects, of every kind; tests/library/input_gate/test_scan_checks.py tests all.
BAD = {f"bad{n:02d}": name for n, name in enumerate(list(bad_inputs.BAD_INPUTS)[::3])}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """The JSON file of each subject of a cohort with bad inputs of every kind."""
    root = tmp_path_factory.mktemp("study")
    small_cohort.write_cohort(root / "cohort", [*GOOD, *BAD])
    paths = {}
    for subject in [*GOOD, *BAD]:
        if subject in BAD:
            bad_inputs.BAD_INPUTS[BAD[subject]].spoil(root / "cohort", subject)
        paths[subject] = root / "input_gate" / f"sub-{subject}.json"
        check_subject.check_subject(
            subject=subject,
            group="healthy_control" if subject in GOOD else "MS",
            files=small_cohort.files_of(root / "cohort", subject),
            sequences=small_cohort.SEQUENCES,
            target=small_cohort.TARGET,
            labels=small_cohort.LABELS,
            root=root / "cohort",
            path_to_verdict=paths[subject],
        )
    return paths


def check(paths, folder, n_folds=2, strict=False):
    compare_subjects.compare_subjects(list(paths), folder / "subjects.json")
    check_dataset.check_dataset(
        path_to_subjects=folder / "subjects.json",
        n_folds=n_folds,
        strict=strict,
        path_to_table=folder / "input_gate.csv",
    )


def test_only_bad_subjects_are_excluded_each_with_its_reason(verdicts, tmp_path):
    check(verdicts.values(), tmp_path)
    with open(tmp_path / "input_gate.csv", newline="") as table:
        rows = {row["subject"]: row for row in csv.DictReader(table)}
    assert list(rows) == list(verdicts)
    for subject in GOOD:
        assert rows[subject]["verdict"] == "pass" and rows[subject]["reasons"] == "", rows[subject]
    for subject, name in BAD.items():
        bad = bad_inputs.BAD_INPUTS[name]
        assert rows[subject]["verdict"] == bad.level, (name, rows[subject])
        assert bad.words in rows[subject]["reasons"], (name, rows[subject])
        assert rows[subject]["admitted"] == str(bad.level != "fail")
        assert int(rows[subject]["n_findings"]) >= 1
    admitted = admission.read_admitted(tmp_path / "input_gate.csv")
    warned = [each for each in BAD if bad_inputs.BAD_INPUTS[BAD[each]].level == "warn"]
    assert list(admitted) == GOOD + warned and admitted["NA"] == "healthy_control"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input_gate.csv", "subjects.json"]


def test_the_page_lists_each_finding(verdicts, tmp_path):
    compare_subjects.compare_subjects(list(verdicts.values()), tmp_path / "subjects.json")
    tabulate_input_gate.tabulate_input_gate(
        tmp_path / "subjects.json", False, table_files.files_of(tmp_path, "input_gate")
    )
    (layout,) = table_files.read_layouts(tmp_path, "input_gate")
    contents = to_html(layout)
    subjects = read(tmp_path / "subjects.json")
    findings = [each for subject in subjects for each in subject["findings"]]
    assert contents.count("<tr") == 2 + len(findings) + len(GOOD)
    assert contents.count("fail: excluded") > 20 and ">sub-NA<" in contents
    assert "divide it by 1000" in contents and '<table class="text">' in contents


def read(path):
    return json.loads(Path(path).read_text())


def test_each_verdict_names_the_subjects_files_and_no_other_file_is_written(verdicts):
    folder = next(iter(verdicts.values())).parent
    assert set(folder.iterdir()) == set(verdicts.values())
    for subject, path in verdicts.items():
        about = read(path)
        assert about["subject"] == subject
        assert all(f"sub-{subject}" in file for file in about["files"].values())


def test_a_strict_study_stops_with_one_line(verdicts, tmp_path):
    paths = [verdicts[subject] for subject in (*GOOD, "bad00", "bad01")]
    with pytest.raises(ValueError, match="2 of 6 subjects cannot be used: sub-bad00") as error:
        check(paths, tmp_path, strict=True)
    assert "\n" not in str(error.value) and "flair: there is no sub-bad00/anat" in str(error.value)
    assert not (tmp_path / "input_gate.csv").exists()
    check(paths[:4], tmp_path, strict=True)


def test_too_few_subjects_are_reported_with_the_reasons_of_the_excluded(verdicts, tmp_path):
    paths = [verdicts[subject] for subject in (*GOOD, "bad00")]
    with pytest.raises(ValueError, match="4 of 5 subjects can be used, fewer than folds") as error:
        check(paths, tmp_path, n_folds=5)
    assert "excluded: sub-bad00 (flair: there is no" in str(error.value)
    assert "\n" not in str(error.value) and not (tmp_path / "input_gate.csv").exists()


def test_a_cause_that_many_subjects_share_is_stated_once(tmp_path):
    paths = []
    for label in ("01", "02", "03"):
        file = f"cohort/sub-{label}/anat/sub-{label}_FLAIR.nii.gz"
        finding = {"level": "fail", "file": file, "problem": "is empty", "remedy": "copy it"}
        paths.append(write_verdict(tmp_path, label, {}, [finding]))
        content = json.loads(paths[-1].read_text()) | {"verdict": "fail"}
        paths[-1].write_text(json.dumps(content))
    with pytest.raises(ValueError, match="3 of 3") as error:
        check(paths, tmp_path, strict=True)
    assert "sub-01, sub-02, sub-03 (sub-*_FLAIR.nii.gz: is empty: copy it)" in str(error.value)
    assert len(str(error.value)) < 250


def test_causes_that_differ_in_numbers_only_are_one(tmp_path):
    paths = []
    for number in range(1, 10):
        problem = f"median {1000 + number}.5 is far outside of 0.3 to 3.5 s, as in milliseconds"
        file = f"cohort/sub-0{number}/anat/sub-0{number}_T1map.nii.gz"
        finding = {"level": "fail", "file": file, "problem": problem, "remedy": "divide by 1000"}
        paths.append(write_verdict(tmp_path, f"0{number}", {}, [finding]))
        content = json.loads(paths[-1].read_text()) | {"verdict": "fail"}
        paths[-1].write_text(json.dumps(content))
    with pytest.raises(ValueError, match="9 of 9") as error:
        check(paths, tmp_path, strict=True)
    assert str(error.value).count("as in milliseconds") == 1
    assert "sub-09 (for example sub-*_T1map.nii.gz: median 1001.5" in str(error.value)
    assert len(str(error.value)) < 400


def test_the_message_about_many_bad_subjects_has_a_bounded_length(verdicts, tmp_path):
    with pytest.raises(ValueError, match=r" and \d+ more") as error:
        check(verdicts.values(), tmp_path, strict=True)
    assert len(str(error.value)) < 15_000


def write_verdict(folder, subject, fingerprints, findings=()):
    about = {"subject": subject, "group": "MS", "verdict": "pass", "findings": list(findings)}
    path = folder / f"sub-{subject}.json"
    path.write_text(json.dumps(about | {"fingerprints": fingerprints}))
    return path


def test_one_person_under_two_labels_is_excluded_under_both(tmp_path):
    paths = [
        write_verdict(tmp_path, "01", {"mprage": "a", "flair": "b"}),
        write_verdict(tmp_path, "02", {"mprage": "c", "flair": "d"}),
        write_verdict(tmp_path, "03", {"mprage": "a", "flair": "b"}),
        write_verdict(tmp_path, "04", {"mprage": "e", "flair": "c"}),
        write_verdict(tmp_path, "05", {"mprage": "f", "flair": "g"}),
    ]
    judged = admission.judge([read(path) for path in paths])
    assert [each["verdict"] for each in judged] == ["fail", "fail", "fail", "fail", "pass"]
    assert "has the same images as sub-03 (mprage, flair)" in judged[0]["findings"][0]["problem"]
    assert "has the same images as sub-02 (flair)" in judged[3]["findings"][0]["problem"]


def test_labels_that_differ_only_by_case_or_leading_zeros_give_warnings(tmp_path):
    paths = [write_verdict(tmp_path, label, {}) for label in ("01", "1", "ms2", "MS2", "10")]
    judged = admission.judge([read(path) for path in paths])
    assert [each["verdict"] for each in judged] == ["warn"] * 4 + ["pass"]
    assert "the same as sub-1" in judged[0]["findings"][0]["problem"]


def test_a_copied_subject_is_found_whatever_its_files(verdicts, tmp_path):
    cohort = tmp_path / "cohort"
    small_cohort.write_cohort(cohort, ["01", "02", "03"])
    for role in small_cohort.PATTERNS:
        paths = [small_cohort.path_of(cohort, subject, role) for subject in ("01", "03")]
        shutil.copyfile(*paths)
    judged = admission.judge([gate(cohort, subject) for subject in ("01", "02", "03")])
    assert [each["verdict"] for each in judged] == ["fail", "pass", "fail"]
    assert "sub-01 (mprage, gre, flair, T1, T2)" in judged[2]["findings"][0]["problem"]


def gate(cohort, subject):
    path = cohort.parent / f"{subject}.json"
    check_subject.check_subject(
        subject,
        "MS",
        small_cohort.files_of(cohort, subject),
        small_cohort.SEQUENCES,
        small_cohort.TARGET,
        small_cohort.LABELS,
        cohort,
        path,
    )
    return read(path)
