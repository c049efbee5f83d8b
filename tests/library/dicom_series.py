"""Series of DICOM files as a scanner exports them."""

import datetime

import numpy as np

SHAPE, VOXEL_MM = (12, 16, 6), (1.5, 1.5, 3.0)
FIRST_MM = np.array([-8.0, -11.0, -7.0])  # of the corner voxel, left-posterior-superior


def write_series(folder, values, number=3, name="t1_mprage", lost=(), voxel_mm=VOXEL_MM):
    """Write axial slices (row, column, slice) but the lost ones as the files of one MR series."""
    # Imported here, because only tests of DICOM input need it.
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
        image.PixelSpacing = [voxel_mm[1], voxel_mm[0]]
        image.SliceThickness = image.SpacingBetweenSlices = voxel_mm[2]
        image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        place = FIRST_MM + [0, 0, index * voxel_mm[2]]
        image.ImagePositionPatient = [float(each) for each in place]
        image.SliceLocation = float(place[2])
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.BitsAllocated, image.BitsStored, image.HighBit = 16, 12, 11
        image.PixelRepresentation = 0
        image.PixelData = np.ascontiguousarray(values[:, :, index], "<u2").tobytes()
        image.save_as(folder / f"{number}_{index:03d}.dcm", enforce_file_format=True)
