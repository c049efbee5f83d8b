"""A file of a held-out subject that a fit read is found under any name."""

import pytest

from contrast2map.evaluation import leakage

FOLD_OF = {"01": "fold_0", "02": "fold_0", "03": "fold_1", "04": "fold_1"}
SCANS = ("registered_mprage.nii.gz", "registered_T1map.nii.gz", "coverage_mask.nii.gz")


def row(subject, name, sha256=None):
    file = f"preprocessed/sub-{subject}/{name}"
    return {"subject": subject, "file": file, "sha256": sha256 or f"hash of {file}"}


@pytest.fixture
def normalisation():
    return {subject: [row(subject, name) for name in SCANS] for subject in FOLD_OF}


@pytest.fixture
def read():
    return {
        (fold, predictor): [row(subject, "slices.npz") for subject in training]
        for fold, training in (("fold_0", ["03", "04"]), ("fold_1", ["01", "02"]))
        for predictor in ("network_mprage_seed-1", "cohort_mean")
    }


def check(read, normalisation, validation=None):
    """The table or the error, and the findings."""
    lines = []
    try:
        return leakage.check(read, validation or {}, normalisation, FOLD_OF, lines.append), lines
    except leakage.LeakageError as error:
        return error, lines


def complaint(read, normalisation, validation=None):
    error, lines = check(read, normalisation, validation)
    assert isinstance(error, leakage.LeakageError)
    assert str(error).startswith(lines[0]) and "\n" not in str(error)
    return lines[0]


def test_a_study_without_leakage_passes_with_one_row_per_fit(read, normalisation):
    table, lines = check(read, normalisation)
    assert lines == [] and len(table) == 4
    assert [(each["fold"], each["predictor"]) for each in table] == [
        ("fold_0", "network_mprage_seed-1"),
        ("fold_0", "cohort_mean"),
        ("fold_1", "network_mprage_seed-1"),
        ("fold_1", "cohort_mean"),
    ]
    assert table[0] == {
        "fold": "fold_0",
        "predictor": "network_mprage_seed-1",
        "n_training_subjects": 2,
        "training_subjects": "03 04",
        "validation_subjects": "",
        "n_files": 2 + 2 * len(SCANS),
        "held_out_subjects": "01 02",
        "n_leaked": 0,
    }


def test_a_held_out_subjects_file_is_named_with_fold_and_predictor(read, normalisation):
    read["fold_0", "cohort_mean"].append(row("01", "tissue_dseg.nii.gz"))
    assert complaint(read, normalisation) == (
        "fold_0, cohort_mean: the fit read preprocessed/sub-01/tissue_dseg.nii.gz of held-out "
        "sub-01"
    )


@pytest.mark.parametrize("name", ["slices.npz", *SCANS[:2]])
def test_a_held_out_subjects_file_under_a_training_subjects_name_is_found(
    name, read, normalisation
):
    copied = "hash of preprocessed/sub-02/" + name
    read["fold_0", "cohort_mean"].append(row("03", "copy.nii.gz", copied))
    line = complaint(read, normalisation)
    assert line.startswith("fold_0, cohort_mean: preprocessed/sub-03/copy.nii.gz of training")
    assert f"preprocessed/sub-02/{name} of held-out sub-02" in line


def test_a_scan_under_two_labels_is_found_in_what_normalisation_read(read, normalisation):
    normalisation["04"][0]["sha256"] = normalisation["01"][0]["sha256"]
    error, lines = check(read, normalisation)
    assert len(lines) == 4 and "3 more" in str(error)
    assert all("sub-04" in line and "sub-01" in line for line in lines)


def test_a_subject_under_two_labels_is_one_line_per_fit(read, normalisation):
    for ours, theirs in zip(normalisation["04"], normalisation["01"], strict=True):
        ours["sha256"] = theirs["sha256"]
    _, lines = check(read, normalisation)
    assert len(lines) == 4
    assert all("sub-04" in line and "sub-01" in line and "1 more" in line for line in lines)


def test_a_scan_under_two_labels_of_one_fold_does_not_leak(read, normalisation):
    normalisation["02"][0]["sha256"] = normalisation["01"][0]["sha256"]
    assert check(read, normalisation)[1] == []


def test_masks_of_two_subjects_may_agree_by_chance(read, normalisation):
    for rows in normalisation.values():
        rows[2]["sha256"] = "covers all"
    assert check(read, normalisation)[1] == []


def test_normalisation_by_another_subject_is_found(read, normalisation):
    normalisation["03"].append(row("01", "registered_mprage.nii.gz"))
    assert complaint(read, normalisation) == (
        "fold_0, network_mprage_seed-1: the normalisation of sub-03 read "
        "preprocessed/sub-01/registered_mprage.nii.gz of held-out sub-01"
    )


def test_normalisation_by_another_training_subject_is_found_too(read, normalisation):
    normalisation["03"].append(row("04", "registered_mprage.nii.gz"))
    line = complaint(read, normalisation)
    assert "normalisation of sub-03 read preprocessed/sub-04/registered_mprage.nii.gz" in line
    assert "held-out" not in line


def test_normalisation_by_a_file_of_no_subject_is_found(read, normalisation):
    pooled = {"subject": "", "file": "preprocessed/histogram.csv", "sha256": "pooled"}
    normalisation["03"].append(pooled)
    assert "histogram.csv of no subject" in complaint(read, normalisation)


@pytest.mark.parametrize("change", ["missing", "empty"])
def test_a_missing_list_of_files_of_a_normalisation_is_found(change, read, normalisation):
    if change == "missing":
        del normalisation["04"]
    else:
        normalisation["04"] = []
    line = complaint(read, normalisation)
    assert "normalisation of sub-04" in line and "missing" in line


def test_a_training_subject_that_was_not_read_is_found(read, normalisation):
    del read["fold_1", "cohort_mean"][1]
    line = complaint(read, normalisation)
    assert line.startswith("fold_1, cohort_mean: ") and "no file of training subject sub-02" in line


def test_a_subject_that_does_not_take_part_is_found(read, normalisation):
    read["fold_1", "cohort_mean"].append(row("99", "slices.npz"))
    line = complaint(read, normalisation)
    assert "slices.npz of sub-99" in line and "not a participant" in line


def test_a_file_of_no_subject_is_found(read, normalisation):
    pooled = {"subject": "", "file": "tables/errors.csv", "sha256": "pooled"}
    read["fold_1", "cohort_mean"].append(pooled)
    line = complaint(read, normalisation)
    assert "tables/errors.csv" in line and "no subject's folder" in line


FIT = ("fold_0", "network_mprage_seed-1")


@pytest.fixture
def validation(read):
    """Subject 04 is held back in one fit."""
    return {FIT: [read[FIT].pop()]}


def test_a_validation_subject_is_listed_apart_from_those_trained_on(
    read, normalisation, validation
):
    table, lines = check(read, normalisation, validation)
    assert lines == []
    assert (table[0]["training_subjects"], table[0]["validation_subjects"]) == ("03", "04")
    assert (table[0]["n_training_subjects"], table[0]["n_files"]) == (1, 2 + 2 * len(SCANS))
    assert (table[1]["n_training_subjects"], table[1]["validation_subjects"]) == (2, "")


def test_a_validation_subject_that_the_fit_adapted_to_is_found(read, normalisation, validation):
    read[FIT].append(row("04", "slices.npz"))
    line = complaint(read, normalisation, validation)
    assert line == (
        "fold_0, network_mprage_seed-1: the fit adapted to preprocessed/sub-04/slices.npz of "
        "validation subject sub-04"
    )


def test_a_held_out_subject_in_the_validation_is_found(read, normalisation, validation):
    validation[FIT].append(row("01", "slices.npz"))
    line = complaint(read, normalisation, validation)
    assert "read preprocessed/sub-01/slices.npz of held-out sub-01" in line


def test_a_validation_subject_under_a_training_subjects_label_is_found(
    read, normalisation, validation
):
    normalisation["03"][0]["sha256"] = normalisation["04"][0]["sha256"]
    line = complaint(read, normalisation, validation)
    assert "of training subject sub-03 is identical to" in line and "validation sub-04" in line
