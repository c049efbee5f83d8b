"""What new scans reveal about themselves before anything is computed."""

import errno
import json

import nibabel as nib
import numpy as np
import pytest

from contrast2map.maps import new_scans, output


@pytest.mark.parametrize(
    ("voxel_mm", "thickness_mm", "is_suspect"),
    [
        ((1, 1, 1), 1, False),
        ((0.9, 0.9, 3.3), 3, False),
        ((1, 1, 1), 2, False),  # interpolated
        ((2, 2, 4), 2, True),
        ((4, 1, 1), 2, True),  # sagittal
        ((1, 1, 4), None, False),
        ((1, 1, 4), "4 mm", False),
    ],
)
def test_slices_that_are_far_apart_for_their_thickness_are_said(
    tmp_path, voxel_mm, thickness_mm, is_suspect
):
    image = nib.Nifti1Image(np.zeros((4, 4, 4), np.float32), np.diag([*voxel_mm, 1]))
    (tmp_path / "scan.json").write_text(json.dumps({"SliceThickness": thickness_mm}))
    found = new_scans._check_gaps(image, tmp_path / "scan.nii.gz")
    assert bool(found) == is_suspect
    if found:
        assert found[0]["level"] == "warn" and "2 mm thick and 4 mm apart" in found[0]["problem"]


def test_a_scan_without_a_sidecar_is_not_judged(tmp_path):
    image = nib.Nifti1Image(np.zeros((4, 4, 4), np.float32), np.eye(4))
    assert new_scans._check_gaps(image, tmp_path / "scan.nii.gz") == []


def test_a_full_disk_is_said_with_the_folder_and_nothing_remains(tmp_path):
    with (
        pytest.raises(new_scans.NewScansError, match="out: the disk is full: 2 MB") as error,
        output.staged(tmp_path / "out") as ready,
    ):
        (ready / "map.nii").write_bytes(bytes(2_000_000))
        raise OSError(errno.ENOSPC, "No space left on device")
    assert "\n" not in str(error.value) and list(tmp_path.iterdir()) == []
