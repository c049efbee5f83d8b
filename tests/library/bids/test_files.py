"""A pattern matches one file, or the problem names what exists instead."""

import os

import pytest

from contrast2map.bids import files

PATTERN = "sub-{subject}/anat/sub-{subject}_acq-gre_T1w.nii.gz"
DERIVED = "derivatives/masks/sub-{subject}/anat/sub-{subject}_space-T1w_desc-brain_mask.nii.gz"


@pytest.fixture
def cohort(tmp_path):
    """Function that makes empty files below the cohort's root, which it returns."""

    def make(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return str(tmp_path)

    return make


def found(root, pattern=PATTERN, **asked):
    """Path below the root that a pattern leads to for subject 01."""
    resolved = files.resolve(root, pattern, "01", **asked)
    return resolved.path.removeprefix(f"{root}/") if resolved.path else resolved


@pytest.mark.parametrize(
    "name",
    [
        "sub-01/anat/sub-01_acq-gre_T1w.nii.gz",
        "sub-01/anat/sub-01_acq-gre_T1w.nii",
        "sub-01/anat/sub-01_acq-gre_run-1_T1w.nii.gz",
        "sub-01/ses-pre/anat/sub-01_ses-pre_acq-gre_T1w.nii.gz",
        "sub-01/ses-02/anat/sub-01_ses-02_acq-gre_run-03_T1w.nii",
    ],
)
def test_a_single_file_is_found_with_its_session_and_run(cohort, name):
    others = ["sub-01/anat/sub-01_acq-mprage_T1w.nii.gz", "sub-011/anat/sub-011_acq-gre_T1w.nii.gz"]
    root = cohort(name, *others, "sub-01/anat/sub-01_acq-gre_T1w.json")
    assert found(root) == name


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (DERIVED, "sub-01_run-1_space-T1w_desc-brain_mask.nii.gz"),
        (DERIVED, "sub-01_space-T1w_desc-brain_mask.nii.gz"),
    ],
)
def test_derivatives_have_their_run_before_their_space(cohort, pattern, name):
    name = f"derivatives/masks/sub-01/anat/{name}"
    root = cohort(name)
    assert found(root, pattern) == found(root, pattern, run=1) == name


def test_one_of_several_sessions_and_runs_is_chosen_by_the_configuration(cohort):
    names = [
        f"sub-01/ses-{s}/anat/sub-01_ses-{s}_acq-gre_run-{r}_T1w.nii.gz"
        for s in ("1", "2")
        for r in ("1", "02")
    ]
    root = cohort(*names)
    assert found(root, session="2", run=2) == names[3]
    assert found(root, session="1", run=1) == names[0]
    for asked, words, key in [
        ({}, "4 files", "cohort.session and cohort.run"),
        ({"session": "1"}, "2 files", "cohort.run"),
        ({"run": 1}, "2 files", "cohort.session"),
    ]:
        resolved = found(root, **asked)
        assert resolved.path is None and not resolved.is_missing
        assert (
            words in resolved.problem
            and resolved.remedy == f"set {key}"
            and names[0] in resolved.problem
        )


def test_a_requested_session_applies_to_subjects_with_sessions(cohort):
    root = cohort("sub-01/anat/sub-01_acq-gre_T1w.nii.gz")
    assert found(root, session="1", run=1) == "sub-01/anat/sub-01_acq-gre_T1w.nii.gz"
    cohort("sub-01/ses-2/anat/sub-01_ses-2_acq-gre_T1w.nii.gz")
    resolved = found(root, session="1")
    assert (
        resolved.is_missing and "there is no sub-01/ses-1/anat/sub-01_ses-1_acq" in resolved.problem
    )
    assert "ses-2" in resolved.problem and "change cohort.session" in resolved.remedy


def test_the_path_of_the_pattern_precedes_its_variants(cohort):
    exact = "sub-01/anat/sub-01_acq-gre_T1w.nii.gz"
    root = cohort(exact, "sub-01/anat/sub-01_acq-gre_run-2_T1w.nii.gz")
    assert found(root) == exact
    fixed = PATTERN.replace("anat/", "ses-7/anat/").replace("_acq", "_ses-7_acq")
    cohort("sub-01/ses-7/anat/sub-01_ses-7_acq-gre_T1w.nii.gz")
    assert found(root, fixed) == found(root, fixed, session="1") == fixed.format(subject="01")


def test_a_compressed_and_an_uncompressed_copy_are_ambiguous(cohort):
    names = [f"sub-01/anat/sub-01_acq-gre_run-1_T1w.nii{end}" for end in ("", ".gz")]
    resolved = found(cohort(*names))
    assert "2 files" in resolved.problem and resolved.remedy == "keep one of them"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["sub-01/anat/sub-01_acq-GRE_T1w.nii.gz"], "sub-01/anat/sub-01_acq-GRE_T1w"),
        (["sub-01/anat/sub-01_acq-gre_T1.nii.gz"], "sub-01/anat/sub-01_acq-gre_T1.n"),
        (["Sub-01/anat/sub-01_acq-gre_T1w.nii.gz"], "rename Sub-01"),
        (["sub-01/anat/sub-01_acq-gre_FLAIR.nii.gz"], "add it, or change"),
        (["sub-01/anat/sub-01_acq-gre_T1w.NII.GZ"], "sub-01/anat/sub-01_acq-gre_T1w.N"),
        (["sub-01/anat/notes.txt"], "add it, or change the pattern"),
        ([], "add it"),
    ],
)
def test_a_missing_file_is_reported_with_similar_ones(cohort, names, words):
    resolved = found(cohort(*names))
    assert resolved.is_missing and words in resolved.remedy
    assert "there is no sub-01/anat/sub-01_acq-gre_T1w.nii.gz" in resolved.problem


def test_a_broken_link_a_folder_and_a_device_are_reported(cohort, tmp_path):
    root = cohort("sub-01/anat/x")
    path = tmp_path / "sub-01" / "anat" / "sub-01_acq-gre_T1w.nii.gz"
    path.symlink_to("nothing")
    resolved = found(root)
    assert "is a link to a missing file" in resolved.problem and "fetch" in resolved.remedy
    path.rename(path.with_name("sub-01_acq-gre_run-1_T1w.nii.gz"))
    assert "run-1_T1w.nii.gz is a link" in found(root).problem
    path.mkdir()
    assert "is a folder" in found(root).problem
    path.rmdir()
    os.mkfifo(path)
    assert "is a device" in found(root).problem


@pytest.mark.parametrize(
    ("path", "session"),
    [
        ("a/sub-1/ses-pre/anat/sub-1_ses-pre_T1w.nii.gz", "pre"),
        ("sub-1/anat/sub-1_ses-2_T1w.nii.gz", "2"),
        ("uses-x/sub-1/anat/sub-1_T1w.nii.gz", ""),
    ],
)
def test_the_session_of_a_file_is_in_its_name_or_folder(path, session):
    assert files.session_of(path) == session
