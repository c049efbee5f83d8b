"""The median of each tissue uses the right voxels and is None if there are none."""

import numpy as np
import pytest

from contrast2map.evaluation import tissue_medians
from contrast2map.imaging import masks
from contrast2map.learning import spread

TISSUE = np.array([[[masks.WM, masks.WM, masks.GM, 0]], [[masks.WM, 0, 0, 0]]])
VALUES = np.array([[[1.0, 3.0, 4.0, 9.0]], [[100.0, 0, 0, 0]]])


def test_only_voxels_of_the_tissue_in_whole_slices_are_used():
    counted = tissue_medians.whole_slices(TISSUE > 0, 2.0, 6.0)
    assert counted.sum() == 3 and not counted[1].any()
    medians = tissue_medians.of_image(VALUES, TISSUE, counted)
    assert medians == {"wm": 2.0, "gm": 4.0, "csf": None}
    assert tissue_medians.with_ratios(medians)["gm/wm"] == 2.0
    assert tissue_medians.with_ratios(medians)["csf/wm"] is None


def test_a_summary_excludes_missing_values():
    assert tissue_medians.summarise([None, None]) is None
    found = tissue_medians.summarise([1.0, None, 3.0])
    assert found == pytest.approx({"mean": 2, "sd": 2**0.5, "low": 1, "high": 3, "n": 2})
    assert tissue_medians.summarise([5.0])["sd"] == 0


def test_the_spread_is_the_sd_across_networks_in_the_predicted_slices(rng):
    brain = np.ones((40, 4, 4), bool)
    brain[:, 0] = False
    inputs = rng.random((30, 4, 4, 1))
    networks = [lambda seen, c=c: np.full((*seen.shape[:3], 2), c) for c in (0.1, 0.2, 0.3)]
    found = spread.of_subject(inputs, np.arange(5, 35), brain, ["T1", "T2"], 3.0, networks)
    known = np.isfinite(found["T1"])
    assert known.any(axis=(1, 2)).sum() == spread.N_SLICES
    assert known[5].any() and known[34].any() and not known[:, 0].any()
    np.testing.assert_allclose(found["T2"][known], 0.3, rtol=1e-5)
    one = spread.of_subject(inputs, np.arange(5, 35), brain, ["T1"], 3.0, networks[:1])
    assert not np.isfinite(one["T1"]).any()
