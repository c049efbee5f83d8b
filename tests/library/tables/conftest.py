"""The published values."""

import pytest

from contrast2map.study.published import read_published
from project import ROOT


@pytest.fixture(scope="session")
def published():
    with open(ROOT / "config" / "published_tables.csv") as file:
        return read_published(file)
