"""The scripts that simulate the cohort: reproducible, independent for each subject."""

import csv
import json

import nibabel
import numpy as np
import pytest

import describe_cohort
import simulate_subject
from contrast2map.simulation import visit
from contrast2map.simulation.settings import Simulation

TRUTH = ("T1", "T2", "dseg", "brain", "lesion")


def simulate(study, folder, subject="01", seed=7, names=("mprage", "gre", "flair"), n_lesions=6):
    """Simulate a subject; returns the paths of the files by name."""
    contrasts = [c for c in study["contrasts"] if c["name"] in names]
    scans = {name: folder / f"{name}.nii.gz" for name in names}
    maps = {quantity: folder / f"reference_{quantity}.nii.gz" for quantity in ("T1", "T2")}
    truth = {name: folder / f"truth_{name}.nii.gz" for name in TRUTH}
    truth["movement"] = folder / "movement.json"
    simulate_subject.simulate_subject(
        subject=subject,
        seed=seed,
        simulation=Simulation.from_config(study["simulation"]),
        n_lesions_mean=n_lesions,
        path_to_brainweb_model=None,
        contrasts=contrasts,
        target="mprage",
        scans=scans,
        maps=maps,
        truth=truth,
    )
    return {path.name: path for path in (*scans.values(), *maps.values(), *truth.values())}


@pytest.fixture(scope="module")
def cohort(study, tmp_path_factory):
    return simulate(study, tmp_path_factory.mktemp("cohort"))


def content(files):
    return {name: path.read_bytes() for name, path in files.items()}


def values(files, name):
    return np.asarray(nibabel.load(files[f"{name}.nii.gz"]).dataobj)


def test_the_same_seed_writes_the_same_bytes(study, cohort, tmp_path):
    assert content(simulate(study, tmp_path)) == content(cohort)


@pytest.mark.parametrize("other", [{"seed": 8}, {"subject": "02"}])
def test_another_seed_or_subject_gives_another_head_and_other_scans(other, study, cohort, tmp_path):
    found, first = content(simulate(study, tmp_path, **other)), content(cohort)
    assert not [name for name, data in first.items() if found[name] == data]


def test_omitting_a_contrast_changes_no_other_scan(study, cohort, tmp_path):
    fewer = content(simulate(study, tmp_path, names=("mprage", "flair")))
    fewer.pop("movement.json")  # it no longer names the third scan
    assert {name: data for name, data in content(cohort).items() if name in fewer} == fewer


def test_patients_have_lesions_and_healthy_subjects_do_not(study, cohort, tmp_path):
    healthy = simulate(study, tmp_path, n_lesions=0)
    assert values(healthy, "truth_lesion").max() == 0
    assert (values(cohort, "truth_dseg") == visit.LABELS.index("lesion")).any()
    assert not (values(healthy, "truth_dseg") == visit.LABELS.index("lesion")).any()


def test_scans_have_the_configured_grids_and_scanner_units(study, cohort):
    for name in ("mprage", "gre", "flair"):
        image = nibabel.load(cohort[f"{name}.nii.gz"])
        assert image.shape == (32, 32, 24) and image.header.get_zooms() == (8, 8, 8)
        assert image.get_data_dtype() == np.int16
        assert 1000 < np.asarray(image.dataobj).max() <= 4095
    assert nibabel.load(cohort["reference_T1.nii.gz"]).shape == (32, 32, 16)


def test_reference_maps_are_in_seconds_and_close_to_the_truth(cohort):
    for quantity, low_s, high_s in (("T1", 0.6, 1.8), ("T2", 0.05, 0.15)):
        truth = values(cohort, f"truth_{quantity}")
        white = values(cohort, "truth_dseg") == visit.LABELS.index("wm")
        assert low_s < np.median(truth[white]) < high_s
        reference = values(cohort, f"reference_{quantity}")
        inside = reference[8:24, 8:24, 4:12]
        assert np.median(inside) == pytest.approx(np.median(truth[9:23, 9:23, 8:17]), rel=0.15)


def test_white_matter_is_brighter_than_csf_in_mprage(cohort):
    labels = values(cohort, "truth_dseg")
    white, csf = (labels == visit.LABELS.index(name) for name in ("wm", "csf"))
    mprage = values(cohort, "mprage").astype(float)
    assert np.median(mprage[white]) > 2 * np.median(mprage[csf])


def test_the_movement_is_written_and_the_target_does_not_move(cohort):
    matrices = json.loads(cohort["movement.json"].read_text())["Matrices"]
    assert set(matrices) == {"mprage", "gre", "flair", "reference"}
    np.testing.assert_array_equal(matrices["mprage"], np.eye(4))
    for name in ("gre", "flair", "reference"):
        assert 0.01 < np.abs(np.array(matrices[name])[:3, 3]).max() < 6


def test_the_cohort_has_the_metadata_of_a_bids_dataset(study, tmp_path):
    describe_cohort.describe_cohort(
        {"01": "MS", "02": "healthy"},
        study["contrasts"],
        study["reference"],
        heads="icbm152",
        field_strength_T=study["simulation"]["field_strength_T"],
        reference_errors={
            name: study["simulation"]["reference_maps"][name]
            for name in ("noise_sd", "systematic_sd", "ceiling_s")
        },
        seed=7,
        folder=tmp_path,
    )
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {
        "README.md",
        "dataset_description.json",
        "participants.json",
        "participants.tsv",
        "acq-mprage_T1w.json",
        "acq-gre_T1w.json",
        "FLAIR.json",
        "derivatives/truth/space-orig_dseg.json",
        "derivatives/truth/.bidsignore",
        *(
            f"derivatives/{part}/{name}.json"
            for part in ("reference", "truth")
            for name in ("dataset_description", "T1map", "T2map")
        ),
    }
    with open(tmp_path / "participants.tsv", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert [row["participant_id"] for row in rows] == ["sub-01", "sub-02"]
    sidecar = json.loads((tmp_path / "FLAIR.json").read_text())
    assert sidecar["InversionTime"] == 1.8
