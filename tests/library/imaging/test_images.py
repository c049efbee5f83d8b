"""Images are read and written; broken ones are reported in one line that names the file."""

import gzip

import nibabel
import numpy as np
import pytest

from contrast2map.imaging import images
from contrast2map.imaging.images import ImageError

AFFINE = np.array([[-2.0, 0, 0, 5], [0, 0, 3, -7], [0, 1, 0, 9], [0, 0, 0, 1]])


def write(path, values, affine=AFFINE):
    nibabel.save(nibabel.Nifti1Image(values, affine), path)
    return path


def test_an_image_is_loaded_with_its_values_and_affine(tmp_path):
    values = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    image = images.load(write(tmp_path / "a.nii.gz", values))
    assert images.values(image).dtype == np.float32
    np.testing.assert_array_equal(images.values(image), values)
    np.testing.assert_allclose(image.affine, AFFINE)


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        (np.array([True, False]), np.uint8),
        (np.array([3, 250], np.uint8), np.uint8),
        (np.array([0.1, 1e-3], np.float64), np.float32),
    ],
)
def test_masks_and_labels_are_stored_as_bytes_and_maps_as_floats(tmp_path, values, stored):
    like = nibabel.Nifti1Image(np.zeros((1, 1, 2)), AFFINE)
    images.save(values.reshape(1, 1, 2), like, tmp_path / "a.nii.gz")
    image = nibabel.load(tmp_path / "a.nii.gz")
    assert image.get_data_dtype() == stored and image.header.get_xyzt_units()[0] == "mm"
    np.testing.assert_allclose(np.asarray(image.dataobj).ravel(), values.astype(stored))
    np.testing.assert_allclose(image.affine, AFFINE)


def broken(tmp_path, how):
    path = tmp_path / "scan.nii.gz"
    values = np.random.default_rng(0).integers(0, 9, (12, 12, 12)).astype(np.float32)
    whole = write(path, values).read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("not an image")
    elif how == "cut off":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "damaged":
        path.write_bytes(whole[:40] + b"\xff" * 60 + whole[100:])  # the codes' table
    elif how == "too short inside":
        path.write_bytes(gzip.compress(gzip.decompress(whole)[:-400]))
    elif how == "4-D":
        write(path, np.zeros((2, 2, 2, 3), np.float32))
    elif how == "not finite":
        write(path, np.full((2, 2, 2), np.nan, np.float32))
    return path


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("missing", "does not exist"),
        ("empty", "is empty"),
        ("text", "cannot be read"),
        ("cut off", "cannot be read"),
        ("damaged", "cannot be read"),
        ("too short inside", "cannot be read"),
        ("4-D", r"shape \(2, 2, 2, 3\)"),
        ("not finite", "not finite"),
    ],
)
def test_a_broken_image_is_reported_in_one_line(tmp_path, how, words):
    path = broken(tmp_path, how)
    with pytest.raises(ImageError, match=words) as error:
        images.load(path)
    assert str(error.value).startswith(str(path)) and "\n" not in str(error.value)
