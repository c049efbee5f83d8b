"""Subjects of simulated cohorts and BIDS datasets, and their BrainWeb models."""

import random

import pytest

from contrast2map.study import participants


def table(tmp_path, text):
    path = tmp_path / "participants.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_simulated_subjects_are_numbered_across_groups():
    subjects = participants.simulated_participants({"MS": 2, "healthy": 1})
    assert list(subjects.items()) == [("01", "MS"), ("02", "MS"), ("03", "healthy")]


def test_labels_of_a_large_cohort_are_equally_wide():
    labels = list(participants.simulated_participants({"a": 100}))
    assert labels[0] == "001" and labels[-1] == "100"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_participants_are_read_in_the_order_of_the_table(tmp_path, mark):
    text = f"{mark}participant_id\tage\tgroup\nsub-02\t40\tMS\nsub-01\t30\thealthy\n"
    path = table(tmp_path, text)
    read = participants.read_participants(path, "group")
    assert list(read.items()) == [("02", "MS"), ("01", "healthy")]
    assert participants.read_participants(path, "age") == {"02": "40", "01": "30"}
    assert participants.read_participants(path, None) == dict.fromkeys(
        ["02", "01"], participants.UNGROUPED
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("participant_id\tgroup\n", "lists no subject"),
        (
            "participant_id\tage\nsub-01\t30\n",
            "'participant_id', 'age'; add it, or set cohort.group_column: null",
        ),
        ("id\tgroup\nsub-01\tMS\n", "no column 'participant_id'"),
        ("participant_id\tgroup\nsub-01\tMS\n01\tMS\n", "sub-01 is listed twice"),
        ("participant_id\tgroup\nsub-a_b\tMS\n", "'sub-a_b' is not a BIDS subject label"),
        ("participant_id\tgroup\nsub-\tMS\n", "not a BIDS subject label"),
        ("participant_id\tgroup\nsub-01\tMS\nsub-02\n", "line 3: has 1 cell"),
        ("participant_id\tgroup\nsub-01\tMS\n\t\n\nsub-02\t n/a \n", "line 5: .*sub-02"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(tmp_path, text, words):
    with pytest.raises(ValueError, match=words) as error:
        participants.read_participants(table(tmp_path, text), "group")
    assert str(error.value).startswith("cohort: ") and "\n" not in str(error.value)


def test_a_cohort_without_any_folder_is_refused_with_the_folders_that_there_are(tmp_path):
    (tmp_path / "patient1").mkdir()
    with pytest.raises(ValueError, match="sub-01, sub-02.*folders there are patient1") as error:
        participants.require_folders(tmp_path, ["01", "02"])
    assert "\n" not in str(error.value)
    (tmp_path / "sub-02").mkdir()
    participants.require_folders(tmp_path, ["01", "02"])


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(ValueError, match="does not exist; set cohort.path"):
        participants.read_participants(tmp_path / "participants.tsv", "group")


def test_each_subject_gets_a_different_model(tmp_path):
    for name in ("subject05_crisp_v.mnc.gz", "subject04_crisp_v.mnc.gz", "subject_06.bin.gz"):
        (tmp_path / name).touch()
    (tmp_path / "README.md").touch()
    environment = {"CONTRAST2MAP_BRAINWEB": str(tmp_path)}
    models = participants.assign_brainweb_models(["01", "02", "03"], None, environment)
    assert models == {
        "01": str(tmp_path / "subject04_crisp_v.mnc.gz"),
        "02": str(tmp_path / "subject05_crisp_v.mnc.gz"),
        "03": str(tmp_path / "subject_06.bin.gz"),
    }
    elsewhere = {"CONTRAST2MAP_BRAINWEB": "nowhere"}
    assert participants.assign_brainweb_models(models, str(tmp_path), elsewhere) == models
    with pytest.raises(ValueError, match="3 BrainWeb models .* the 4 subjects"):
        participants.assign_brainweb_models(["01", "02", "03", "04"], None, environment)


def test_brainweb_heads_without_a_folder_are_refused():
    with pytest.raises(ValueError, match="CONTRAST2MAP_BRAINWEB"):
        participants.assign_brainweb_models(["01"], None, {})


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "latin-1"]
PIECES = ["participant_id", "group", "sub-01", "sub-02", "sub-x_1", "01", "MS", "n/a", "é", '"']
GLUE = ["\t", "\t", "\t", "\n", "\n", "\r\n", "\r", "\t\t", " ", ",", "\x00", "\u2028"]


def test_two_hundred_random_tables_are_read_or_refused_in_one_line(tmp_path):
    rng, n_read = random.Random(1), 0
    for _ in range(200):
        rows = [f"sub-0{n}\t{rng.choice(PIECES)}" for n in range(1, rng.randrange(2, 7))]
        text = "\n".join(["participant_id\tgroup", *rows]) if rng.random() < 0.8 else ""
        for _ in range(rng.randrange(3)):
            place = rng.randrange(len(text) + 1)
            text = text[:place] + rng.choice(PIECES + GLUE) + text[place + rng.randrange(4) :]
        path = tmp_path / "participants.tsv"
        path.write_bytes(text.encode(rng.choice(ENCODINGS), "replace"))
        try:
            subjects = participants.read_participants(path, rng.choice(["group", None]))
            n_read += 1
            assert subjects and all(label.isalnum() for label in subjects)
            assert len(subjects) <= len(text.split("sub-"))
        except ValueError as error:
            assert str(path) in str(error) and "\n" not in str(error)
            assert "; " in str(error) and str(error).isprintable(), error
    assert 40 < n_read < 180
