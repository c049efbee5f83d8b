"""The network of any protocol that the package contains, opened for one set of scans."""

import json
import math
from pathlib import Path

import numpy as np

from contrast2map.any_protocol.calibration import Calibration
from contrast2map.maps.any_protocol_model import NETWORK, SLOT_OF, AnyProtocolModel
from contrast2map.maps.model import Contrast, Errors, Fold, Grid, Preprocessing, Trained
from contrast2map.study import opened_files

FOLDER = Path(__file__).parent / "shipped_network"
WEIGHTS, FACTS, CARD = "network.npz", "model.json", "MODEL_CARD.md"
# Where a BIDS dataset may have a scan.
PATTERNS = {
    "t1w": "sub-{subject}/anat/sub-{subject}_T1w.nii.gz",
    "flair": "sub-{subject}/anat/sub-{subject}_FLAIR.nii.gz",
    "t2w": "sub-{subject}/anat/sub-{subject}_T2w.nii.gz",
    "pdw": "sub-{subject}/anat/sub-{subject}_PDw.nii.gz",
    "mprage": "sub-{subject}/anat/sub-{subject}_acq-mprage_T1w.nii.gz",
    "gre": "sub-{subject}/anat/sub-{subject}_acq-gre_T1w.nii.gz",
    "t1w-se": "sub-{subject}/anat/sub-{subject}_acq-se_T1w.nii.gz",
}
KINDS = {
    "mprage": "mprage",
    "t1w": None,
    "gre": "spoiled_gradient_echo",
    "t1w-se": "spin_echo",
    "flair": "flair",
    "t2w": "fast_spin_echo",
    "pdw": "fast_spin_echo",
}
MEANINGS = {
    "mprage": "T1-weighted MPRAGE (BRAVO, IR-SPGR, TFE with inversion)",
    "t1w": "T1-weighted scan whose sidecar tells the sequence; without a sidecar: MPRAGE",
    "gre": "T1-weighted spoiled gradient echo (FLASH, SPGR, T1-FFE, VIBE)",
    "t1w-se": "T1-weighted spin echo",
    "flair": "T2-weighted FLAIR",
    "t2w": "T2-weighted (fast) spin echo",
    "pdw": "proton-density-weighted (fast) spin echo",
}
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
    known, names = facts(), tuple(SLOT_OF)
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
        contrasts={name: Contrast(name, PATTERNS[name], {"type": KINDS[name]}) for name in names},
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
        errors=Errors([], []),
        errors_of_mean=Errors([], []),
        learned={
            slot: {key: tuple(ends) for key, ends in ranges.items()}
            for slot, ranges in known["learned"].items()
        },
        calibration=Calibration.of(known["calibration"]),
        common_scale=common_scale,
    )


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
    return {name: MEANINGS[name] for name in SLOT_OF}
