"""The network of any protocol is calibrated and written as the package has it."""

import csv
import json

import pytest

import calibrate_any_protocol
import label_heads
from contrast2map.any_protocol import encoding, weights
from contrast2map.any_protocol.network import NetworkConfig, build_network
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.maps import shipped


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder that the script wrote for an untrained network."""
    folder = tmp_path_factory.mktemp("calibrated")
    (folder / "labels").mkdir()
    label_heads.write(folder / "labels")
    config = NetworkConfig((4, 8), 1, 8, "hyper_network", "channels")
    n_context = encoding.n_numbers(len(SLOTS), len(PROTOCOL_FIELDS))
    model = build_network(config, len(SLOTS), n_context, seed=1)
    facts = {"n_steps": 3, "start_from": None, "keras": "Keras", "precision": "float32"}
    weights.save(folder / "network.npz", model, config, SLOTS, PROTOCOL_FIELDS, facts)
    with open(folder / "log.csv", "w", newline="") as table:
        csv.writer(table).writerows([["step", "seconds"], [1, 1800], [2, 1800]])
    lines = []
    calibrate_any_protocol.calibrate_any_protocol(
        path_to_network=folder / "network.npz",
        path_to_log=folder / "log.csv",
        labels_folder=folder / "labels",
        state_folder=folder,
        teacher={"patch_size": (48, 48), "batch_size": 4},
        n_batches=3,
        study_seed=1,
        about={"study": "tiny", "batch_size": 4, "preprocessing": {}, "quality": {}},
        folder=folder / "model",
        report=lines.append,
    )
    return folder / "model", lines


def test_progress_is_shown(made):
    assert made[1][-1] == "batch 3 of 3"


def test_the_file_has_ranges_factors_errors_and_what_the_training_took(made):
    facts = json.loads((made[0] / shipped.FACTS).read_text())
    low, high = facts["learned"]["mprage"]["TI_s"]
    assert low < 0.9 < high
    assert "TI_s" not in facts["learned"]["t2w_spin_echo"]
    assert facts["calibration"]["n_visits"] > 4
    assert all(each > 0 for each in facts["calibration"]["factors"]["T2"])
    assert facts["trained"]["hours"] == 1.0 and facts["trained"]["n_steps"] == 3
    assert facts["errors"]["T1"]["relative_error"] > 0


def test_the_card_says_that_it_was_simulated_and_how_it_was_trained(made):
    card = (made[0] / shipped.CARD).read_text()
    assert "SIMULATED" in card and "3 steps of 4 patches, 1.0 hours" in card
    assert "| mprage | TR" in card
    assert (made[0] / shipped.WEIGHTS).is_file()
