"""A DICOM series becomes a NIfTI with its geometry, values and sequence parameters."""

import datetime
import json

import nibabel
import numpy as np
import pytest

from contrast2map.bids import dicom
from contrast2map.bids.protocol_sidecar import read_protocol

pydicom = pytest.importorskip("pydicom")
SHAPE, VOXEL_MM = (12, 16, 6), (1.5, 1.5, 3.0)
FIRST_MM = np.array([-8.0, -11.0, -7.0])  # of the corner voxel, left-posterior-superior


def write_series(folder, values, number=3, name="t1_mprage", lost=()):
    """Write axial slices (row, column, slice) but the lost ones as the files of one MR series."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

    folder.mkdir(exist_ok=True)
    series, study, frame = generate_uid(), generate_uid(), generate_uid()
    for index in sorted({*range(values.shape[2])} - {*lost}):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = MRImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        image.SOPClassUID, image.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
        image.SeriesInstanceUID, image.StudyInstanceUID = series, study
        image.FrameOfReferenceUID, image.Modality = frame, "MR"
        image.Manufacturer, image.SeriesDescription, image.ProtocolName = "SIEMENS", name, name
        image.SeriesNumber, image.InstanceNumber, image.AcquisitionNumber = number, index + 1, 1
        image.PatientID, image.PatientName = "phantom", "phantom"
        image.StudyDate = image.SeriesDate = datetime.date(2026, 1, 1).strftime("%Y%m%d")
        image.StudyTime = image.SeriesTime = image.AcquisitionTime = "120000"
        image.ImageType = ["ORIGINAL", "PRIMARY", "M", "NORM"]
        image.ScanningSequence, image.SequenceVariant = ["GR", "IR"], "SP"
        image.MRAcquisitionType, image.MagneticFieldStrength = "3D", 3.0
        image.RepetitionTime, image.EchoTime = 1900.0, 2.93
        image.InversionTime, image.FlipAngle = 900.0, 9.0
        image.Rows, image.Columns = values.shape[0], values.shape[1]
        image.PixelSpacing = [VOXEL_MM[1], VOXEL_MM[0]]
        image.SliceThickness = image.SpacingBetweenSlices = VOXEL_MM[2]
        image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        place = FIRST_MM + [0, 0, index * VOXEL_MM[2]]
        image.ImagePositionPatient = [float(each) for each in place]
        image.SliceLocation = float(place[2])
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated, image.BitsStored, image.HighBit = 16, 12, 11
        image.PixelRepresentation = 0
        image.PixelData = np.ascontiguousarray(values[:, :, index], "<u2").tobytes()
        image.save_as(folder / f"{number}_{index:03d}.dcm", enforce_file_format=True)


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
