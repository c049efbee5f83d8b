"""Randomly damaged files are read or refused in one line; nothing else happens."""

import gzip
import re

import nibabel
import numpy as np
import pytest

from contrast2map.imaging import images
from contrast2map.imaging.images import ImageError
from contrast2map.input_gate import scan_checks
from phantoms import affine_around, radius

SHAPE = (20, 22, 18)
AFFINE = affine_around(SHAPE, (9.0, 9.0, 9.0))
HEADER_BYTES = 352
FINDING = {"level", "file", "problem", "remedy"}


def whole_file(seed):
    """Bytes of a small NIfTI, one of several kinds."""
    rng = np.random.default_rng(seed)
    kind = (np.int16, np.float32, np.uint8, np.float64)[seed % 4]
    make = nibabel.Nifti2Image if seed % 8 == 7 else nibabel.Nifti1Image
    values = rng.integers(0, 20, SHAPE) + 200 * np.clip(1.2 - radius(SHAPE, AFFINE), 0, 1)
    image = make(values.astype(kind), AFFINE)
    image.set_qform(image.affine, seed % 3)
    return image.to_bytes()


def flip_bytes(content, rng, last):
    """Content with one to twenty bytes before `last` changed."""
    content = bytearray(content)
    for place in rng.integers(0, last, rng.integers(1, 21)):
        content[place] ^= int(rng.integers(1, 256))
    return bytes(content)


def damaged(number):
    """Bytes of a damaged file, and whether it is compressed.

    Even numbers have bytes flipped (in the header, anywhere, or in the compressed stream), odd ones
    are cut off.
    """
    rng = np.random.default_rng(number)
    content, is_compressed = whole_file(number), bool(number // 2 % 2)
    if number % 2:
        content = gzip.compress(content, 1) if is_compressed else content
        return content[: rng.integers(0, len(content))], is_compressed
    place = number % 3
    if place < 2 or not is_compressed:
        content = flip_bytes(content, rng, HEADER_BYTES if place == 0 else len(content))
    content = gzip.compress(content, 1) if is_compressed else content
    if place == 2 and is_compressed:
        content = flip_bytes(content, rng, len(content))
    return content, is_compressed


@pytest.mark.parametrize("seed", range(8))
def test_an_intact_file_passes(seed, tmp_path):
    for ending, content in (
        (".nii", whole_file(seed)),
        (".nii.gz", gzip.compress(whole_file(seed))),
    ):
        path = tmp_path / f"a{ending}"
        path.write_bytes(content)
        assert scan_checks.check_scan(path, "mprage", is_target=True) == []


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("start", range(0, 200, 20))
def test_damaged_files_are_refused_in_one_line_or_read_whole(start, tmp_path, capfd):
    n_refused = 0
    for number in range(start, start + 20):
        content, is_compressed = damaged(number)
        path = tmp_path / f"{number}.nii{'.gz' if is_compressed else ''}"
        path.write_bytes(content)
        try:
            image = images.load(path)
            assert len(image.shape) == 3 and np.isfinite(images.values(image)).all()
        except ImageError as error:
            n_refused += 1
            assert str(error) == f"{path}: {error.problem}; {error.remedy}"
            assert "\n" not in str(error) and error.problem and error.remedy
        for role in ("mprage", "T1"):
            findings = scan_checks.check_scan(path, role, is_target=role == "mprage")
            assert all(set(each) == FINDING and each["file"] == str(path) for each in findings)
            cut_off = any(re.search("cannot be read|is empty", f["problem"]) for f in findings)
            assert cut_off or number % 2 == 0, "a file that is cut off passes"
    assert n_refused >= 10
    assert capfd.readouterr() == ("", "")


def test_a_header_with_impossible_sizes_is_refused_before_the_values_are_read(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(
        nibabel.arrayproxy.ArrayProxy, "__array__", lambda *_: pytest.fail("values were read")
    )
    zeros = gzip.compress(bytes(10**6))
    for dims in ([3, 30_000, 30_000, 30_000], [3, 1000, 1000, 800], [3, 700, 700, 700]):
        header = nibabel.Nifti1Header()
        header["dim"][:4], header["datatype"], header["bitpix"] = dims, 16, 32
        header["pixdim"][1:4], header["vox_offset"] = 1, 352
        path = tmp_path / "a.nii.gz"
        path.write_bytes(gzip.compress(header.binaryblock + bytes(4)) + zeros)
        with pytest.raises(ImageError, match="cannot be read .its header claims"):
            images.load(path)
