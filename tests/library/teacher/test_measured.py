"""What the teacher draws contains what was measured in people."""

import os
from pathlib import Path

import nibabel
import numpy as np
import pytest
from scipy import ndimage
from scipy.io import loadmat

from contrast2map.teacher import scans
from contrast2map.teacher.settings import TeacherSettings
from contrast2map.teacher.tissues import KEPT_BY_TRANSFER


@pytest.fixture(scope="module")
def measured():
    folder = Path(os.environ.get("CONTRAST2MAP_DATA") or "") / "measured"
    if not os.environ.get("CONTRAST2MAP_DATA") or not folder.is_dir():
        pytest.skip("CONTRAST2MAP_DATA names no folder with measured data")
    return folder


def test_magnetisation_transfer_of_a_turbo_spin_echo_is_drawn(measured):
    """Malik et al., MRM 80:767 (2018): signal of 15 slices over that of one, two flip angles."""
    means = loadmat(measured / "epgx" / "test4_imagedata.mat")["xm"]
    kept = [[means[row, angle].ravel()[[0, -1]] for angle in (0, 1)] for row in range(3)]
    shares = np.array([[last / first for first, last in of_tissue] for of_tissue in kept])
    for row, kind in enumerate(("white", "grey", "fluid")):
        low, high = KEPT_BY_TRANSFER[kind]
        assert (shares[row] > low - 0.01).all() and (shares[row] < high + 0.01).all()
    assert (shares[0] < shares[1]).all()  # white matter loses most


def test_the_transmit_field_varies_as_in_two_maps_at_3_T(measured, rng):
    """Veldmann et al. (2024): flip angles of the brain relative to their median."""
    spreads = []
    for path in sorted((measured / "b1").glob("*_bet.nii.gz")):
        values = np.asarray(nibabel.load(path).dataobj)
        inside = values[ndimage.binary_erosion(values > 0, iterations=2)]  # without the rim
        spreads.append(np.percentile(inside / np.median(inside), [5, 95]))
    drawn = []
    for _ in range(200):
        positions_mm = rng.uniform(-75, 75, (3, 2000))
        positions_mm = positions_mm[:, np.linalg.norm(positions_mm, axis=0) < 75]
        fields = scans.CoilFields.draw(rng, 3.0, TeacherSettings())
        values = fields.transmit_at(positions_mm)
        drawn.append(np.percentile(values / np.median(values), [5, 95]))
    low, high = np.transpose(drawn)
    for measured_low, measured_high in spreads:
        assert np.quantile(low, 0.01) < measured_low < np.quantile(low, 0.99)
        assert np.quantile(high, 0.01) < measured_high < np.quantile(high, 0.99)
