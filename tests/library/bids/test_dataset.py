"""The metadata of the simulated dataset follow BIDS."""

import csv
import json

import numpy as np
import pytest

from contrast2map.bids import dataset
from contrast2map.imaging.signal_equations import SIGNAL_EQUATIONS


def read(path):
    return json.loads(path.read_text())


def test_a_description_names_the_program_and_the_seed(tmp_path):
    dataset.write_description(tmp_path / "derivatives" / "truth", "Truth", "derivative", 17)
    written = read(tmp_path / "derivatives" / "truth" / "dataset_description.json")
    assert written["Name"] == "Truth" and written["DatasetType"] == "derivative"
    assert (
        written["BIDSVersion"] == "1.10.0" and "seed 17" in written["GeneratedBy"][0]["Description"]
    )


def test_the_readme_states_that_no_person_was_scanned(tmp_path):
    dataset.write_readme(tmp_path, "brainweb", 17)
    text = (tmp_path / "README.md").read_text()
    assert "no person was scanned" in text and "brainweb" in text and "seed 17" in text


def test_participants_come_with_their_groups_explained(tmp_path):
    dataset.write_participants(tmp_path, {"01": "MS", "02": "healthy"})
    with open(tmp_path / "participants.tsv", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert rows == [
        {"participant_id": "sub-01", "group": "MS"},
        {"participant_id": "sub-02", "group": "healthy"},
    ]
    assert set(read(tmp_path / "participants.json")["group"]["Levels"]) == {"MS", "healthy"}


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("sub-{subject}/anat/sub-{subject}_acq-gre_T1w.nii.gz", "acq-gre_T1w.json"),
        ("sub-{subject}/anat/sub-{subject}_FLAIR.nii", "FLAIR.json"),
        ("T1map.nii.gz", "T1map.json"),
    ],
)
def test_a_root_sidecar_is_named_after_the_images_that_it_describes(tmp_path, pattern, name):
    dataset.write_root_sidecar(tmp_path, pattern, {"EchoTime": 0.1})
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert read(tmp_path / name) == {"EchoTime": 0.1}


def test_sidecars_give_seconds_and_degrees_under_the_keys_of_bids(default_config):
    mprage, gre, flair = (
        dataset.sequence_sidecar(contrast["sequence"], 3)
        for contrast in default_config["contrasts"]
    )
    assert mprage["RepetitionTimePreparation"] == 1.9 and mprage["InversionTime"] == 0.9
    assert mprage["RepetitionTimeExcitation"] == 0.0071 and mprage["NumberShots"] == 160
    assert mprage["FlipAngle"] == 9 and mprage["EchoTime"] == 0.00293
    assert gre["RepetitionTimeExcitation"] == 0.003 and "InversionTime" not in gre
    assert flair["RepetitionTimePreparation"] == 4.8 and flair["EchoTime"] == 0.352
    assert (mprage["ScanningSequence"], gre["ScanningSequence"], flair["ScanningSequence"]) == (
        ["GR", "IR"],
        ["GR"],
        ["SE", "IR"],
    )
    assert {s["MagneticFieldStrength"] for s in (mprage, gre, flair)} == {3}


@pytest.mark.parametrize("sequence_type", ["spin_echo", "fast_spin_echo"])
def test_the_sidecar_of_a_spin_echo_has_its_excitation_tr_and_the_field_of_the_simulation(
    sequence_type,
):
    sequence = {"type": sequence_type, "TR_s": 0.6, "TE_s": 0.015, "equivalent_TE_s": 0.01}
    assert dataset.sequence_sidecar(sequence, 1.5) == {
        "Modality": "MR",
        "MagneticFieldStrength": 1.5,
        "Manufacturer": "contrast2map (simulated)",
        "ScanningSequence": ["SE"],
        "RepetitionTimeExcitation": 0.6,
        "EchoTime": 0.015,
    }


def test_each_simulated_sequence_has_a_scanning_sequence_in_bids():
    assert set(dataset.SCANNING_SEQUENCES) == set(SIGNAL_EQUATIONS)


def test_a_reference_sidecar_states_the_errors_of_its_quantity(default_config):
    model = default_config["simulation"]["reference_maps"]
    T1, T2 = (
        dataset.reference_sidecar(
            noise_sd=model["noise_sd"][quantity],
            systematic_sd=model["systematic_sd"][quantity],
            ceiling_s=model["ceiling_s"][quantity],
        )
        for quantity in ("T1", "T2")
    )
    assert T1["Units"] == T2["Units"] == "s"
    assert (T1["RelativeNoiseSD"], T2["RelativeNoiseSD"]) == (0.03, 0.04)
    assert (T1["RelativeSystematicSD"], T2["RelativeSystematicSD"]) == (0.01, 0.015)
    assert (T1["CeilingSeconds"], T2["CeilingSeconds"]) == (3.0, 0.5)
    assert dataset.truth_sidecar("T2")["Units"] == "s"
    assert "1/T2" in dataset.truth_sidecar("T2")["EstimationAlgorithm"]


def test_movements_are_stored_as_matrices(tmp_path):
    matrix = np.eye(4)
    matrix[:3, 3] = [1.25, -2.5, 1 / 3]
    dataset.write_movement(tmp_path / "new" / "movement.json", {"gre": matrix, "mprage": np.eye(4)})
    matrices = read(tmp_path / "new" / "movement.json")["Matrices"]
    np.testing.assert_allclose(matrices["gre"], matrix, atol=1e-9)
    np.testing.assert_array_equal(matrices["mprage"], np.eye(4))
