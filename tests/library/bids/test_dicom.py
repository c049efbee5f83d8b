"""A DICOM series becomes a NIfTI with its geometry, values and sequence parameters."""

import json
import shutil

import nibabel
import numpy as np
import pytest

from contrast2map.bids import dicom
from contrast2map.bids.protocol_sidecar import read_protocol
from contrast2map.jobs.programs import ProgramError
from dicom_series import FIRST_MM, SHAPE, VOXEL_MM, write_series

pydicom = pytest.importorskip("pydicom")


@pytest.fixture
def values(rng):
    return rng.integers(0, 4000, SHAPE)


def test_values_geometry_and_parameters_are_converted(values, tmp_path):
    write_series(tmp_path / "series", values)
    path = dicom.to_nifti(tmp_path / "series", tmp_path, "mprage")
    image = nibabel.as_closest_canonical(nibabel.load(path))
    # Rows run from anterior to posterior and columns from right to left, in LPS.
    expected = np.flip(np.swapaxes(values, 0, 1), axis=(0, 1))
    np.testing.assert_array_equal(np.asarray(image.dataobj), expected)
    columns, rows = SHAPE[1], SHAPE[0]
    corner = [-(FIRST_MM[0] + (columns - 1) * 1.5), -(FIRST_MM[1] + (rows - 1) * 1.5), FIRST_MM[2]]
    np.testing.assert_allclose(image.affine[:3, 3], corner, atol=1e-4)
    np.testing.assert_allclose(nibabel.affines.voxel_sizes(image.affine), VOXEL_MM, atol=1e-5)
    content = json.loads(dicom.sidecar_of(path).read_text())
    protocol = read_protocol(content)
    assert protocol.notes == () and protocol.kind == "mprage"
    assert protocol.manufacturer == "Siemens" and protocol.field_strength_T == 3
    expected = {"TR_s": 1.9, "TE_s": 0.00293, "TI_s": 0.9, "flip_angle_deg": 9.0}
    assert protocol.known(expected) == pytest.approx(expected)


def test_several_series_are_listed_in_one_line(values, tmp_path):
    write_series(tmp_path / "both", values)
    write_series(tmp_path / "both", values, number=7, name="t2_flair")
    with pytest.raises(dicom.DicomError) as refused:
        dicom.to_nifti(tmp_path / "both", tmp_path, "mprage")
    assert "2 series (3 t1_mprage; 7 t2_flair)" in str(refused.value)


def test_missing_slices_are_counted(values, tmp_path):
    write_series(tmp_path / "series", values, lost=[SHAPE[2] // 2])
    with pytest.raises(dicom.DicomError) as refused:
        dicom.to_nifti(tmp_path / "series", tmp_path, "mprage")
    numbers = f"slices are missing: it has {SHAPE[2] - 1}, and {SHAPE[2]} would be evenly spaced"
    assert numbers in str(refused.value) and "\n" not in str(refused.value)


def test_a_folder_without_dicoms_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.txt").write_text("no DICOM")
    with pytest.raises(dicom.DicomError) as refused:
        dicom.to_nifti(tmp_path / "empty", tmp_path, "mprage")
    assert "no DICOM series" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("kill -9 $$", "dcm2niix was killed"),
        ("exit 127", "dcm2niix could not run (exit code 127"),
        (None, "dcm2niix cannot be started"),
    ],
)
def test_a_converter_that_fails_does_not_blame_the_files(
    values, tmp_path, monkeypatch, script, words
):
    write_series(tmp_path / "series", values)
    program = tmp_path / "dcm2niix"
    if script:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setattr("dcm2niix.bin", program)
    with pytest.raises(ProgramError) as failure:
        dicom.to_nifti(tmp_path / "series", tmp_path, "mprage")
    assert words in str(failure.value) and "\n" not in str(failure.value)


def test_a_full_disk_does_not_blame_the_files(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    with pytest.raises(ProgramError, match="no space in .*set TMPDIR"):
        dicom.to_nifti(tmp_path / "empty", tmp_path, "mprage")
