"""The outcome of a run for each subject."""

import csv
import json

import pytest

from contrast2map.workflow import run_summary
from contrast2map.workflow.failures import Failure

GROUPS = dict.fromkeys(["01", "02", "03", "04", "05"], "MS")


@pytest.fixture
def results(tmp_path):
    """Results of a study of five subjects: finished, excluded, and without maps."""
    gate = {"verdict": "pass", "findings": [], "fingerprints": {}}
    (tmp_path / "input_gate").mkdir()
    for subject in ("01", "02", "03", "04", "05"):
        about = gate | {"subject": subject}
        if subject == "03":
            finding = {"level": "fail", "file": "", "problem": "no FLAIR", "remedy": "add it"}
            about |= {"verdict": "fail", "findings": [finding]}
        (tmp_path / "input_gate" / f"sub-{subject}.json").write_text(json.dumps(about))
    (tmp_path / "folds").mkdir()
    (tmp_path / "folds" / "folds.tsv").write_text(
        "subject\tgroup\tfold\n01\tMS\tfold_0\n02\tMS\tfold_1\n05\tMS\tfold_1\n"
    )
    (tmp_path / "predictions" / "net" / "fold_0" / "sub-01").mkdir(parents=True)
    return tmp_path


def failure(tmp_path, what, words):
    log = tmp_path / f"{what}.log"
    log.write_text(words + "\n")
    return Failure("register_scans", what, [str(log)], [], None)


def test_each_subject_and_each_failed_fold_has_a_row(results, tmp_path):
    failed = [
        failure(tmp_path, "fold_1", "MemoryError"),
        failure(tmp_path, "sub-04", "ValueError: turned over"),
    ]
    rows = run_summary.summarise(GROUPS, {}, results, "net", failed)
    assert [(row["what"], row["status"]) for row in rows] == [
        ("sub-01", "finished"),
        ("sub-02", "without problems so far"),
        ("sub-03", "excluded"),
        ("sub-04", "failed"),
        ("sub-05", "without problems so far"),
        ("fold_1", "failed"),
    ]
    assert rows[2]["stage"] == "input gate" and "no FLAIR" in rows[2]["cause"]
    assert rows[3]["cause"] == "ValueError: turned over" and rows[3]["stage"] == "register_scans"
    assert "memory" in rows[5]["what_to_do"]

    run_summary.write(rows, tmp_path / "run_summary.tsv")
    with open(tmp_path / "run_summary.tsv", newline="") as table:
        assert list(csv.DictReader(table, delimiter="\t")) == rows


def test_the_first_error_is_the_last_line(results, tmp_path):
    failed = [failure(tmp_path, f"sub-0{n}", f"ValueError: {n}") for n in (4, 2)]
    rows = run_summary.summarise(GROUPS, {}, results, "net", failed)
    lines = run_summary.words_of_subjects(rows, "mine", "run_summary.tsv")
    lines += run_summary.words_of_failures(failed)
    assert lines[0] == (
        "mine: 5 subjects: 1 finished, 1 excluded, 2 failed, 1 without problems so far. "
        "Table: run_summary.tsv"
    )
    assert lines[1].startswith("sub-03 excluded (input gate): ")
    assert lines[-2].startswith("sub-02: register_scans failed: ValueError: 2 -> ")
    assert lines[-1].startswith("sub-04: register_scans failed: ValueError: 4 -> ")
    assert "sub-04.log" in lines[-1]


def test_a_cause_that_many_jobs_share_is_said_once(results, tmp_path):
    words = "contrast2map.preprocessing.fsl.FSLError: FSL's bet failed at {}"
    labels = [f"sub-{n:02d}" for n in range(1, 31)]
    failed = [failure(tmp_path, "fold_1", "ValueError: odd")]
    failed += [failure(tmp_path, each, words.format(each)) for each in labels]
    shared, other = run_summary.words_of_failures(failed)
    assert shared.startswith("sub-01, sub-02, ") and "sub-20 and 10 more: register" in shared
    assert shared.count("FSLError: FSL's bet failed at sub-* -> mend its installation") == 1
    assert "preprocessing.fsl" not in shared and "sub-01.log" in shared
    assert other.startswith("fold_1: register_scans failed: ValueError: odd -> ")


def test_quality_control_and_ratings_exclude_after_the_input_gate(results):
    few = {"level": "fail", "file": "", "problem": "no slice", "remedy": "look"}
    for subject, verdict, findings in (("01", "pass", []), ("02", "fail", [few])):
        folder = results / "preprocessed" / f"sub-{subject}"
        folder.mkdir(parents=True)
        quality = {"subject": subject, "verdict": verdict, "findings": findings}
        quality |= {"measures": {"n_slices": 3}}
        (folder / "quality.json").write_text(json.dumps(quality))
    groups = {"01": "MS", "02": "MS", "05": "MS"}
    rows = run_summary.summarise(groups, {"01": ("exclude", "moved")}, results, "net", [])
    assert [(row["status"], row["stage"]) for row in rows] == [
        ("excluded", "rating"),
        ("excluded", "quality control"),
        ("without problems so far", ""),
    ]
    assert rows[0]["cause"] == "moved" and "no slice" in rows[1]["cause"]
    rows = run_summary.summarise(groups, {"02": ("include", "")}, results, "net", [])
    assert [row["status"] for row in rows] == [
        "finished",
        "without problems so far",
        "without problems so far",
    ]


def test_a_study_that_has_not_started_has_rows(tmp_path):
    rows = run_summary.summarise({"01": "MS"}, {}, tmp_path, "net", [])
    assert [row["status"] for row in rows] == ["without problems so far"]


def test_the_report_is_named_if_there_is_one(results):
    assert run_summary.words_of_report(results) == []
    (results / "report").mkdir()
    (results / "report" / "index.html").touch()
    assert run_summary.words_of_report(results) == [f"Report: {results}/report/index.html"]
