"""Heads of simulated subjects, with lesions."""

import numpy as np
import pytest

from contrast2map.anatomy.heads import HEAD_TISSUES
from contrast2map.imaging import grids
from contrast2map.simulation import simulated_head

FIELD_OF_VIEW = grids.CentredGrid([32, 32, 24], [8.0, 8.0, 8.0])
LARGE = {"minimum": 12.0, "median": 14, "maximum": 20}


@pytest.fixture(scope="module")
def draw(default_config):
    """Function that draws a coarse head."""
    anatomy = default_config["simulation"]["anatomy"] | {
        "voxel_mm": 6.0,
        "lesion_diameter_mm": LARGE,
    }

    def drawn(subject="01", seed=7, n_lesions_mean=6):
        settings = simulated_head.Anatomy.from_config(anatomy)
        return simulated_head.draw(seed, subject, settings, n_lesions_mean, FIELD_OF_VIEW)

    return drawn


def test_a_head_depends_only_on_subject_and_seed(draw):
    head, label = draw()
    again, label_again = draw()
    for name in HEAD_TISSUES:
        np.testing.assert_array_equal(head.fractions[name], again.fractions[name])
    np.testing.assert_array_equal(label, label_again)
    for other in (draw(subject="02"), draw(seed=8)):
        assert not np.array_equal(other[0].fractions["wm"], head.fractions["wm"])


def test_lesions_are_numbered_and_a_healthy_head_has_none(draw):
    diseased, label = draw()
    assert set(np.unique(label)) == set(range(label.max() + 1)) and label.max() > 0
    assert diseased.fractions["lesion"].max() > 0.5
    healthy, label = draw(n_lesions_mean=0)
    assert label.max() == 0 and healthy.fractions["lesion"].max() == 0
