"""The reference of the real slice is fitted to images that the network does not see."""

import os
from pathlib import Path

import numpy as np
import pytest

from contrast2map.imaging.masks import CSF, GM, WM
from contrast2map.maps import told_contrast
from pages.any_protocol import real_slice

T1_S, T2_S = 1.1, 0.075


@pytest.fixture
def measured(rng):
    """A slice of two by two voxels with known relaxation times; used images are spoilt."""
    TI_s, TE_s = np.array(real_slice.TI_S), np.array(real_slice.TE_S)
    t1 = np.tile(700 * (1 - 1.9 * np.exp(-TI_s / T1_S)), (2, 2, 1))
    t2 = np.tile(1500 * np.exp(-TE_s / T2_S), (2, 2, 1))
    for name, index, _ in real_slice.SCANS.values():
        {"t1": t1, "t2": t2}[name][..., index] *= 3
    ones = np.ones((2, 2), bool)
    return {"t1": t1, "t2": t2} | dict.fromkeys(("brain", "parenchyma", "wm", "gm"), ones)


def test_the_images_of_the_network_do_not_change_the_reference(measured):
    maps_s = real_slice.reference(measured)
    assert maps_s["T1"] == pytest.approx(np.full((2, 2), T1_S), rel=0.01)
    assert maps_s["T2"] == pytest.approx(np.full((2, 2), T2_S), rel=0.01)


def test_the_echo_time_of_the_inversion_recovery_follows_from_two_tissues():
    TI_s, TE_s = np.array(real_slice.TI_S), np.array(real_slice.TE_S)
    T1_s, T2_s = np.array([0.9, 4.0]), np.array([0.07, 1.5])  # white matter, CSF
    t1 = 300 * np.exp(-0.012 / T2_s)[:, None] * (1 - 1.9 * np.exp(-TI_s / T1_s[:, None]))
    t2 = 900 * np.exp(-TE_s / T2_s[:, None])
    t2 *= 1 - np.exp(-real_slice.TR_OF_SE_S / T1_s)[:, None]
    white = np.array([[True, False]])
    slice_ = {"t1": t1[None], "t2": t2[None], "brain": white | True, "parenchyma": white}
    assert real_slice.echo_time_s(slice_ | {"wm": white}) == pytest.approx(0.012, rel=0.02)


def test_scans_are_divided_by_their_own_or_by_one_scale(measured):
    measured["t2"][0, 0] *= 2
    own, told = real_slice.scans(measured, common_scale=False)
    assert all(np.median(image) == pytest.approx(1) for image in own.values())
    one, _ = real_slice.scans(measured, common_scale=True)
    ratio = np.median(one["pdw_spin_echo"]) / np.median(one["t2w_spin_echo"])
    assert ratio == pytest.approx(np.exp((0.09 - 0.01) / T2_S), rel=0.01)
    assert told["flair"]["TI_s"] == 2.0 and "TE_s" not in told["flair"]
    _, told = real_slice.scans(measured, False, TE_of_IR_s=0.01)
    assert told["flair"]["TE_s"] == 0.01
    assert "TE_s" not in real_slice.SCANS["flair"][2]


def test_real_scans_with_their_own_protocol_are_not_doubted():
    folder = Path(os.environ.get("CONTRAST2MAP_DATA") or "") / "measured" / "fsantini"
    if not os.environ.get("CONTRAST2MAP_DATA") or not folder.is_dir():
        pytest.skip("CONTRAST2MAP_DATA names no folder with measured/fsantini")
    real = real_slice.read(folder)
    tissue = np.zeros(real["brain"].shape, np.uint8)
    tissue[real["brain"] & ~real["parenchyma"]] = CSF
    tissue[real["gm"]], tissue[real["wm"]] = GM, WM
    images, protocols = real_slice.scans(real, common_scale=False, TE_of_IR_s=0.008)
    times_s = {"gm": (1.377, 0.067), "wm": (0.902, 0.064)}  # docs/any_protocol.md
    for slot, image in images.items():
        ratios = told_contrast.measured(image[None], tissue[None], real["brain"][None])
        assert set(ratios) == {"csf", "gm"}
        limits = told_contrast.possible(slot, protocols[slot], times_s)
        assert told_contrast.beyond(ratios, limits) == []
    halved = protocols["flair"] | {"TI_s": 1.0}
    ratios = told_contrast.measured(images["flair"][None], tissue[None], real["brain"][None])
    assert "csf" in told_contrast.beyond(ratios, told_contrast.possible("flair", halved, times_s))
