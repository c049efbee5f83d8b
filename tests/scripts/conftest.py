"""A tiny cohort for the scripts to simulate."""

import copy
import os

import pytest
import yaml

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
