"""Inclusion and folds of subjects: the tables, and the errors that stop a study."""

import json

import pytest

import compare_subjects
import gather_quality
import split_folds
import table_files
import tabulate_subjects
from volume_files import read_rows

GROUPS = {"01": "MS", "02": "MS", "03": "healthy", "04": "healthy", "05": "MS"}


@pytest.fixture
def split(tmp_path):
    """Function that splits a cohort in which sub-01 and sub-05 have the same images."""

    def run(ratings=None, n_folds=2, strict=False):
        gates, qualities = [], []
        for subject, group in GROUPS.items():
            gate = {"subject": subject, "group": group, "verdict": "pass", "findings": []}
            gate["fingerprints"] = {"mprage": "a" if subject in ("01", "05") else subject}
            gates.append(tmp_path / f"sub-{subject}.json")
            gates[-1].write_text(json.dumps(gate))
        for subject in ("02", "03", "04"):
            path = tmp_path / f"sub-{subject}" / "quality.json"
            path.parent.mkdir(exist_ok=True)
            quality = {"subject": subject, "verdict": "pass", "findings": []}
            path.write_text(json.dumps(quality | {"measures": {"n_slices": 30}}))
            qualities.append(path)
        compare_subjects.compare_subjects(gates, tmp_path / "gate.json")
        gather_quality.gather_quality(reversed(qualities), tmp_path / "quality.json")
        found = {
            "groups": GROUPS,
            "path_to_gate": tmp_path / "gate.json",
            "path_to_quality": tmp_path / "quality.json",
            "ratings": ratings or {},
        }
        split_folds.split_folds(
            **found, n_folds=n_folds, seed=1, strict=strict, path_to_table=tmp_path / "folds.tsv"
        )
        tabulate_subjects.tabulate_subjects(
            **found,
            path_to_folds=tmp_path / "folds.tsv",
            simulated=False,
            outputs=table_files.files_of(tmp_path, "subjects"),
        )
        return read(tmp_path / "folds.tsv", "\t"), read(tmp_path / "subjects.csv", ",")

    return run


def read(path, delimiter):
    return {row["subject"]: row for row in read_rows(path, delimiter)}


def test_each_included_subject_is_in_one_fold(split):
    folds, subjects = split()
    assert {subject: row["group"] for subject, row in folds.items()} == {
        "02": "MS",
        "03": "healthy",
        "04": "healthy",
    }
    assert {row["fold"] for row in folds.values()} == {"fold_0", "fold_1"}
    assert folds["03"]["fold"] != folds["04"]["fold"]
    assert {s: row["fold"] for s, row in subjects.items()} == {
        s: folds[s]["fold"] if s in folds else "" for s in GROUPS
    }


def test_subjects_with_the_same_images_are_excluded_although_each_passes_alone(split):
    _, subjects = split()
    assert subjects["01"]["stage"] == subjects["05"]["stage"] == "input gate"
    assert "same images as sub-05" in subjects["01"]["reason"]


def test_a_rating_excludes_a_subject_from_the_folds(split):
    folds, subjects = split({"02": ("exclude", "moved")})
    assert set(folds) == {"03", "04"} and subjects["02"]["reason"] == "moved"


def test_a_study_with_too_few_subjects_writes_nothing(split, tmp_path):
    with pytest.raises(ValueError, match="too few subjects: 3 of 5"):
        split(n_folds=4)
    with pytest.raises(ValueError, match="cohort.strict: 2 of 5"):
        split(strict=True)
    assert not (tmp_path / "folds.tsv").exists()
