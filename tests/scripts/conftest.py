"""A tiny cohort for the scripts to simulate, and a subject of boxes for them to read."""

import copy
import os

import nibabel
import numpy as np
import pytest
import yaml

from contrast2map.imaging import masks
from contrast2map.jobs import processor
from project import ROOT

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
processor.prepare()  # as the jobs do, before the first test imports TensorFlow

CONFIG_FOLDER = ROOT / "config"


@pytest.fixture(scope="session")
def study():
    """The default configuration, shrunk; read only."""
    config = yaml.safe_load((CONFIG_FOLDER / "config.yaml").read_text())
    simulation = copy.deepcopy(config["simulation"])
    simulation["anatomy"]["voxel_mm"] = 6.0
    simulation["anatomy"]["lesion_diameter_mm"] = {"minimum": 12.0, "median": 14, "maximum": 20}
    simulation["scan"] |= {"matrix": [32, 32, 24], "voxel_mm": [8.0, 8.0, 8.0]}
    simulation["reference_maps"] |= {"matrix": [32, 32, 16], "voxel_mm": [7.0, 7.0, 7.0]}
    return config | {"simulation": simulation}


@pytest.fixture(scope="session")
def make_subject():
    """Function that writes what preprocessing leaves of one subject."""
    return write_subject


def write_subject(folder, tissue_T1_s, affine, shape, seed):
    """Write registered scans, maps and labels of one subject; returns the paths by name."""
    rng = np.random.default_rng(seed)
    tissue = np.zeros(shape, np.uint8)
    tissue[3:21, 3:25, 2:38] = masks.CSF
    tissue[4:20, 4:24, 2:38] = masks.GM
    tissue[8:16, 8:20, 2:38] = masks.WM
    structures = np.zeros(shape, np.uint8)
    structures[8:12, 8:14, 5:8] = masks.STRUCTURE_LABELS["putamen"]
    structures[12:16, 8:14, 5:8] = masks.STRUCTURE_LABELS["thalamus"]
    T1_s = np.array([0.0, *(tissue_T1_s[number] for number in (1, 2, 3))])[tissue]
    rois = np.zeros(shape, np.uint8)
    rois[5:7, 8:20, 15:25] = masks.ROI_LABELS["gm"]
    rois[9:15, 9:19, 15:25] = masks.ROI_LABELS["wm"]
    rois[9:11, 9:13, 6] = masks.ROI_LABELS["putamen"]
    rois[13:15, 9:13, 6] = masks.ROI_LABELS["thalamus"]
    coverage = np.ones(shape, np.uint8)
    coverage[:, :, 36:] = 0
    volumes = {
        "mprage": rng.uniform(90, 110, shape) * (1 + T1_s),
        "flair": rng.uniform(90, 110, shape),
        "T1": T1_s * coverage,
        "T2": 0.1 * T1_s * coverage,
        "coverage": coverage,
        "brain": (tissue > 0).astype(np.uint8),
        "tissue": tissue,
        "structures": structures,
        "roi": rois,
        "excluding_csf": (tissue > masks.CSF).astype(np.uint8),
    }
    folder.mkdir(parents=True)
    paths = {name: folder / f"{name}.nii.gz" for name in volumes}
    for name, values in volumes.items():
        kind = np.uint8 if values.dtype == np.uint8 else np.float32
        nibabel.save(nibabel.Nifti1Image(values.astype(kind), affine), paths[name])
    paths |= {"slices": folder / "slices.npz", "table": folder / "slice_selection.tsv"}
    paths |= {"files": folder / "normalisation_files.tsv"}
    return paths
