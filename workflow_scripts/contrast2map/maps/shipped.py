"""The network of any protocol that the package contains, opened for one set of scans."""

import json
import math
from pathlib import Path

import numpy as np

from contrast2map.any_protocol.calibration import Calibration
from contrast2map.maps import known_errors
from contrast2map.maps.any_protocol_model import NETWORK, AnyProtocolModel
from contrast2map.maps.model import Contrast, Errors, Fold, Grid, Preprocessing, Trained
from contrast2map.maps.scan_kinds import SCAN_KINDS
from contrast2map.study import opened_files

FOLDER = Path(__file__).parent / "shipped_network"
WEIGHTS, FACTS, CARD = "network.npz", "model.json", "MODEL_CARD.md"
# Grids on which the network learned; other scans are resampled to the first.
VOXEL_MM, LOWEST_MM, HIGHEST_MM = (1.0, 1.0, 1.0), (0.8, 0.8, 0.8), (1.2, 1.2, 6.0)
SHAPE = (160, 192, 160)


def open_model(common_scale=False):
    """Open the network, for all kinds of scans (see `AnyProtocolModel.reading`).

    Args:
        common_scale: Whether the scans of a visit have the same gain.

    Returns:
        AnyProtocolModel without its network (`load`).
    """
    known, names = facts(), tuple(SCAN_KINDS)
    return AnyProtocolModel(
        study=known["study"],
        seed=known["seed"],
        simulated=True,
        version=known["contrast2map"],
        sha256=opened_files.file_sha256(FOLDER / WEIGHTS),
        folder=FOLDER,
        inputs=names,
        target=names[0],
        quantities=("T1", "T2"),
        contrasts={
            name: Contrast(name, kind.file, {"type": kind.sequence})
            for name, kind in SCAN_KINDS.items()
        },
        tissues={},
        preprocessing=Preprocessing.of(known["preprocessing"]),
        quality=known["quality"],
        precision="float32",
        trained=Trained(
            protocol={},
            largest_voxel_mm=dict.fromkeys(names, HIGHEST_MM[2]),
            intensities={},
            maps={},
            spread={},
            grid=Grid(list(VOXEL_MM), list(LOWEST_MM), list(HIGHEST_MM), list(SHAPE)),
            rotation=np.eye(3),
            levels_mm=(-math.inf, math.inf),
        ),
        folds={NETWORK: Fold(WEIGHTS, {})},
        n_folds=1,
        n_subjects={},
        errors=Errors([], _biases(known["errors"])),
        errors_of_mean=Errors([], []),
        learned={
            slot: {key: tuple(ends) for key, ends in ranges.items()}
            for slot, ranges in known["learned"].items()
        },
        calibration=Calibration.of(known["calibration"]),
        common_scale=common_scale,
    )


def _biases(errors):
    """Records of `Errors.regions` from the errors over all tissues."""
    return [
        {
            "quantity": quantity,
            "region": known_errors.ALL_TISSUES,
            "bias_percent": 100 * each["relative_bias"],
        }
        for quantity, each in errors.items()
    ]


def facts():
    """Content of the model's file."""
    return json.loads((FOLDER / FACTS).read_text())


def load(model):
    """The same model, with its network."""
    # Imported here: `--help` lists the scans without TensorFlow.
    from contrast2map.any_protocol.prediction import Measurer

    return model.with_networks({NETWORK: Measurer.of_file(model.folder / WEIGHTS)})


def scans():
    """Names of the scans that the network can read, with their meaning."""
    return {name: kind.meaning for name, kind in SCAN_KINDS.items()}
