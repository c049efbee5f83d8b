"""What the tests of the pages share."""

import numpy as np
import pytest
import yaml

from project import ROOT


@pytest.fixture
def config():
    """The default configuration, for a test to change."""
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


@pytest.fixture
def rng():
    """Random generator with a fixed seed."""
    return np.random.default_rng(1)
