"""What the library's tests share: the default configuration, and small heads."""

import copy
import errno
import fcntl
import os

import numpy as np
import pytest
import yaml

from contrast2map.jobs import processor
from project import ROOT

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
processor.prepare()  # as the jobs do, before the first test imports TensorFlow

CONFIG_FOLDER = ROOT / "config"


@pytest.fixture(scope="session")
def default_config():
    """The default study; read only."""
    return yaml.safe_load((CONFIG_FOLDER / "config.yaml").read_text())


@pytest.fixture
def config(default_config):
    """The default study, for a test to change."""
    return copy.deepcopy(default_config)


@pytest.fixture(scope="session")
def schema():
    """JSON schema of the configuration."""
    return yaml.safe_load((CONFIG_FOLDER / "config.schema.yaml").read_text())


@pytest.fixture
def no_locks(monkeypatch):
    """A file system that does not support locks."""

    def flock(file, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.fixture(params=["this backend's operations", "operations of any backend"])
def by_either(request, monkeypatch):
    """What follows is done in the way of this backend, and in that of any other."""
    import keras

    if request.param == "operations of any backend":
        monkeypatch.setattr(keras.backend, "backend", lambda: "another")


@pytest.fixture
def rng():
    """Random generator of a fixed seed."""
    return np.random.default_rng(1)
