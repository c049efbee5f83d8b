"""Where the files of a subject are: sessions, runs, provided and missing files, sidecars."""

import os

import pytest

from contrast2map.workflow.cohort_files import BidsFiles, SimulatedFiles, provided_patterns

REQUIRED = {
    "mprage": "sub-{subject}/anat/sub-{subject}_acq-mprage_T1w.nii.gz",
    "flair": "sub-{subject}/anat/sub-{subject}_FLAIR.nii.gz",
    "T1": "derivatives/maps/sub-{subject}/anat/sub-{subject}_T1map.nii.gz",
}
MASK = "derivatives/own/sub-{subject}/anat/sub-{subject}_desc-brain_mask.nii.gz"
LESIONS = "derivatives/own/sub-{subject}/anat/sub-{subject}_label-lesion_mask.nii.gz"
SEGMENTATION = "derivatives/own/sub-{subject}/anat/sub-{subject}_dseg.nii.gz"
TRANSFORM = "derivatives/own/sub-{subject}/anat/sub-{subject}_xfm.txt"


@pytest.fixture
def put(tmp_path):
    """Function that writes a file of the dataset, by a pattern and a subject's label."""

    def write(pattern, subject="01", text="{}"):
        path = tmp_path / pattern.format(subject=subject)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def dataset(tmp_path):
    """Function that makes the BidsFiles of the dataset."""

    def files(**settings):
        provided = {"brain_mask": MASK, "lesion_mask": LESIONS}
        return BidsFiles(str(tmp_path), REQUIRED, provided, target="mprage", **settings)

    return files


@pytest.fixture
def simulated():
    """Files of a simulated cohort of scans with 100 x 100 x 100 voxels."""
    return SimulatedFiles("cohort", REQUIRED, f"truth/{LESIONS}", "mprage", (100, 100, 100))


def test_a_complete_subject_has_each_required_file(put, dataset):
    paths = {role: put(pattern) for role, pattern in REQUIRED.items()}
    files = dataset()
    assert files.is_complete("01")
    assert {role: files.path(role, "01") for role in REQUIRED} == paths
    assert {role: each.path for role, each in files.roles("01").items()} == paths


def test_a_missing_required_file_is_named_with_a_remedy_and_expected_at_its_path(put, dataset):
    for role in ("mprage", "T1"):
        put(REQUIRED[role])
    files = dataset()
    assert not files.is_complete("01")
    missing = files.roles("01")["flair"]
    assert missing.path is None
    assert "sub-01_FLAIR.nii.gz" in missing.problem and missing.remedy
    assert files.path("flair", "01").endswith("/sub-01/anat/sub-01_FLAIR.nii.gz")
    assert set(files.gate_inputs("01")) == {"mprage", "T1", "sidecars"}


def test_the_only_session_is_found_and_one_of_several_must_be_chosen(put, dataset):
    first = put("sub-{subject}/ses-1/anat/sub-{subject}_ses-1_FLAIR.nii.gz")
    assert dataset().path("flair", "01") == first
    second = put("sub-{subject}/ses-2/anat/sub-{subject}_ses-2_FLAIR.nii.gz")
    ambiguous = dataset().roles("01")["flair"]
    assert ambiguous.path is None and "cohort.session" in ambiguous.remedy
    assert dataset(session="2").path("flair", "01") == second


def test_one_of_several_runs_must_be_chosen(put, dataset):
    runs = [put(f"sub-{{subject}}/anat/sub-{{subject}}_run-{n}_FLAIR.nii.gz") for n in (1, 2)]
    assert "cohort.run" in dataset().roles("01")["flair"].remedy
    assert dataset(run=2).path("flair", "01") == runs[1]


def test_a_provided_file_counts_for_the_subjects_that_have_it(put, dataset):
    mask = put(MASK, "01")
    files = dataset()
    assert files.provided_path("brain_mask", "01") == mask
    assert files.provided_path("brain_mask", "02") is None
    assert files.roles("01")["brain_mask"].path == mask
    assert "brain_mask" not in files.roles("02")


def test_a_role_that_the_user_provides_for_nobody_has_no_file(dataset):
    assert dataset().provided_path("tissue_segmentation", "01") is None


def test_a_provided_file_that_cannot_be_used_is_reported(tmp_path, dataset):
    folder = tmp_path / MASK.format(subject="01")
    folder.mkdir(parents=True)
    broken = dataset().roles("01")["brain_mask"]
    assert broken.path is None
    assert "sub-01_desc-brain_mask.nii.gz" in broken.problem and broken.remedy


def test_lesion_masks_are_those_of_the_subjects_that_have_one(put, dataset):
    masks = [put(LESIONS, label) for label in ("01", "03")]
    assert dataset().lesion_masks(["01", "02", "03"]) == masks


def test_sidecars_of_all_files_are_inputs_of_the_gate_once(put, dataset):
    for pattern in REQUIRED.values():
        put(pattern)
    shared = put("T1w.json")
    own = put("sub-{subject}/anat/sub-{subject}_FLAIR.json")
    put("sub-{subject}/anat/sub-{subject}_FLAIR.json", "02")
    put("dataset_description.json")
    assert dataset().gate_inputs("01")["sidecars"] == sorted([shared, own])


def test_a_scan_has_the_size_of_its_file_and_a_missing_one_has_none(put, dataset):
    put(REQUIRED["mprage"], "01", text="x" * 3_000_000)
    files = dataset()
    assert files.scan_mb("01") == 3.0
    assert files.scan_mb("02") == 0


def test_the_file_system_is_asked_once_per_file(put, dataset):
    files = dataset()
    assert not files.is_complete("01")
    for pattern in REQUIRED.values():
        put(pattern)
    assert not files.is_complete("01")
    assert dataset().is_complete("01")


def test_simulated_files_are_known_before_they_exist(simulated):
    assert simulated.is_complete("01")
    assert simulated.path("flair", "01") == "cohort/sub-01/anat/sub-01_FLAIR.nii.gz"
    roles = simulated.roles("01")
    assert set(roles) == set(REQUIRED)
    assert all(not os.path.exists(each.path) and not each.problem for each in roles.values())


def test_a_simulated_subject_provides_nothing_and_has_its_true_lesion_mask(simulated):
    assert simulated.provided == {}
    assert simulated.lesion_masks(["02"]) == [f"truth/{LESIONS.format(subject='02')}"]


def test_one_file_stands_for_all_that_a_job_simulates(simulated):
    assert simulated.gate_inputs("01") == {"mprage": simulated.path("mprage", "01")}


def test_the_size_of_a_simulated_scan_follows_from_its_matrix(simulated):
    assert 0.5 < simulated.scan_mb("01") < 4  # MB for a million voxels of 16 bit, compressed


def test_provided_patterns_have_a_role_each_and_those_not_set_have_none():
    provided = {
        "brain_mask": MASK,
        "tissue_segmentation": {"file": SEGMENTATION, "csf": 3, "gm": 1, "wm": 2},
        "structure_segmentation": {"file": None, "putamen": 1, "thalamus": 2},
        "transforms": {"flair": TRANSFORM},
    }
    assert provided_patterns(provided, lesion_mask=None) == {
        "tissue_segmentation": SEGMENTATION,
        "transform_flair": TRANSFORM,
        "brain_mask": MASK,
    }
