"""A head that does not lie as its header says is found, and said in words."""

import os
from pathlib import Path

import nibabel as nib
import nibabel.processing
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from contrast2map.anatomy.templates import load_icbm152
from contrast2map.imaging import grids
from contrast2map.preprocessing import orientation
from contrast2map.quality.judgement import judge_orientation

DATA = os.environ.get("CONTRAST2MAP_DATA")
# Arrays of a scan in RAS, stored with an affine without rotation.
TURNED = {
    "superior is inferior": lambda v: v[:, :, ::-1],
    "right is anterior, anterior is superior, superior is right": lambda v: v.transpose(1, 2, 0),
}


@pytest.fixture(scope="module")
def head():
    """The template, moved, with a bias field and noise; values and voxel size."""
    values, affine = load_icbm152("t1")
    values = np.asarray(values, np.float32)[::2, ::2, ::2]
    bias = np.linspace(0.8, 1.3, values.shape[2])
    noise = np.random.default_rng(0).normal(0, 0.03 * values.max(), values.shape)
    moved = np.roll(values * bias, 4, axis=1) + noise
    return np.abs(moved).astype(np.float32), 2 * grids.voxel_size_mm(affine)


def findings(values, voxel_mm):
    affine = np.diag([*np.broadcast_to(voxel_mm, 3), 1.0])
    return judge_orientation(orientation.measure(values, affine), "scan.nii.gz")


def test_a_head_in_place_and_its_mirror_image_are_accepted(head):
    values, voxel_mm = head
    assert findings(values, voxel_mm) == []
    assert findings(values[::-1].copy(), voxel_mm) == []  # left and right cannot be told apart


@pytest.mark.parametrize("words", TURNED)
def test_a_turned_head_fails_with_what_it_looks_like(head, words):
    values, voxel_mm = head
    [finding] = findings(np.ascontiguousarray(TURNED[words](values)), voxel_mm)
    assert finding["level"] == "fail" and words in finding["problem"]


@pytest.mark.parametrize("words", TURNED)
def test_a_turned_head_is_repaired_with_the_scans_that_were_turned_with_it(head, words):
    values, voxel_mm = head
    stored = np.ascontiguousarray(TURNED[words](values))
    affine = np.diag([*np.broadcast_to(voxel_mm, 3), 1.0])
    given = {
        "mprage": nib.Nifti1Image(stored, affine),
        "gre": nib.Nifti1Image(stored**0.5, affine),
        "flair": nib.Nifti1Image(values, affine),
        "slab": nib.Nifti1Image(np.zeros_like(stored), affine),
    }
    repaired, turned = orientation.repaired(given, "mprage")
    assert set(turned) == {"mprage", "gre", "slab"} and words in turned["mprage"]
    assert repaired["flair"] is given["flair"]
    assert np.array_equal(repaired["mprage"].affine, repaired["gre"].affine)
    for name in ("mprage", "gre"):
        assert np.array_equal(repaired[name].dataobj, given[name].dataobj)
        found = nib.as_closest_canonical(repaired[name])
        assert findings(np.asarray(found.dataobj), grids.voxel_size_mm(found)) == []
        # The head as it was, apart from its left and right.
        was, ways = np.asarray(given["flair"].dataobj), (slice(None), slice(None, None, -1))
        shown = np.asarray(found.dataobj) ** (2 if name == "gre" else 1)
        assert any(np.allclose(shown[way], was, rtol=1e-3) for way in ways)


@pytest.mark.parametrize(("axes", "angle_deg"), [("z", 30), ("z", -30), ("y", 20), ("x", 25)])
def test_a_head_that_is_turned_to_one_side_is_accepted(head, axes, angle_deg):
    values, voxel_mm = head
    turn = Rotation.from_euler(axes, angle_deg, degrees=True).as_matrix()
    affine = np.eye(4)
    affine[:3, :3] = turn * voxel_mm  # the head is turned with its voxels
    aligned = nib.processing.resample_to_output(nib.Nifti1Image(values, affine), voxel_mm, order=1)
    assert findings(np.asarray(aligned.dataobj, np.float32), voxel_mm) == []


def test_scans_that_lie_well_stay_as_they_are(head):
    values, voxel_mm = head
    image = nib.Nifti1Image(values, np.diag([*np.broadcast_to(voxel_mm, 3), 1.0]))
    repaired, turned = orientation.repaired({"mprage": image}, "mprage")
    assert turned == {} and repaired["mprage"] is image


def test_a_scan_without_a_head_has_no_orientation():
    assert orientation.measure_if_head(np.zeros((9, 9, 9), np.float32), np.eye(4)) is None
    assert judge_orientation(None, "scan.nii.gz") == []


@pytest.mark.skipif(not DATA, reason="CONTRAST2MAP_DATA is not set")
@pytest.mark.parametrize("name", ["patient12/study1_T1W", "patient01/study1_FLAIR"])
def test_real_heads_are_in_place_until_they_are_turned(name):
    image = nib.as_closest_canonical(nib.load(Path(DATA) / "openms" / f"{name}.nii.gz"))
    values, voxel_mm = np.asarray(image.dataobj, np.float32), grids.voxel_size_mm(image)
    assert findings(values, voxel_mm) == []
    assert "superior is inferior" in findings(values[:, :, ::-1].copy(), voxel_mm)[0]["problem"]
