"""What the tests of figures share."""

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    """Close the figures of each test."""
    yield
    plt.close("all")
