"""Randomly damaged scans, sidecars and DICOM files are read or refused in one line, never worse."""

import gzip
import json

import nibabel as nib
import numpy as np
import pytest

from contrast2map.maps import new_scans, shipped
from dicom_series import write_series
from phantoms import affine_around, radius

SHAPE = (20, 22, 18)
AFFINE = affine_around(SHAPE, (9.0, 9.0, 9.0))
SIDECAR = {
    "ScanningSequence": ["GR", "IR"],
    "InversionTime": 0.9,
    "RepetitionTime": 2.3,
    "EchoTime": 0.003,
    "FlipAngle": 9,
    "SliceThickness": 9,
    "Manufacturer": "Siemens",
}
ODD = (None, "", "0.9 s", [], {}, [1, 2], -1, 0, 1e300, True, float("nan"), "\ud800")
N_QUICK, N_SLOW = 12, 200


@pytest.fixture(scope="module")
def model():
    return shipped.open_model()


def scan(rng):
    values = rng.integers(0, 20, SHAPE) + 200 * np.clip(1.2 - radius(SHAPE, AFFINE), 0, 1)
    return values.astype(np.int16)


def damaged(content, rng):
    """Bytes of which some are changed, removed or repeated."""
    content = bytearray(content)
    kind = rng.integers(4)
    if kind == 0:
        return bytes(content[: rng.integers(len(content))])
    if kind == 1:
        place = int(rng.integers(len(content)))
        return bytes(content[:place] + content[place // 2 :])
    for place in rng.integers(0, len(content) if kind == 2 else 400, rng.integers(1, 30)):
        content[place % len(content)] ^= int(rng.integers(1, 256))
    return bytes(content)


def odd_sidecar(rng):
    """Text of a sidecar with odd values, or damaged."""
    content = dict(SIDECAR)
    for key in rng.choice(list(content), rng.integers(1, 4)):
        content[str(key)] = ODD[rng.integers(len(ODD))]
    text = json.dumps(content).encode("utf-8", "surrogatepass")
    return damaged(text, rng) if rng.random() < 0.5 else text


def write_nifti(folder, rng):
    """A scan of which the file, its compressed stream or the sidecar is damaged; its path."""
    kind = rng.integers(3)
    content = nib.Nifti1Image(scan(rng), AFFINE).to_bytes()
    if kind == 0:
        content = damaged(content, rng)
    content = gzip.compress(content, 1)
    if kind == 1:
        content = damaged(content, rng)
    path = folder / "scan.nii.gz"
    path.write_bytes(content)
    sidecar = odd_sidecar(rng) if kind == 2 else json.dumps(SIDECAR).encode()
    (folder / "scan.json").write_bytes(sidecar)
    return path


def write_dicoms(folder, rng):
    """A series of which some files are damaged; its folder."""
    pytest.importorskip("pydicom")
    write_series(folder / "series", scan(rng), voxel_mm=(9.0, 9.0, 9.0))
    files = sorted((folder / "series").iterdir())
    for number in rng.integers(0, len(files), rng.integers(1, 5)):
        files[number].write_bytes(damaged(files[number].read_bytes(), rng) or b"\0")
    return folder / "series"


def read_all(write, numbers, model, tmp_path):
    """Number of inputs that were refused; each refusal is one line that names the file."""
    n_refused = 0
    for number in numbers:
        folder = tmp_path / str(number)
        folder.mkdir()
        path = write(folder, np.random.default_rng(number))
        try:
            found = new_scans.read({"mprage": path}, model.reading({"mprage": path}), folder)
            assert np.isfinite(found["mprage"].image.get_fdata()).all()
        except ValueError as error:
            n_refused += 1
            assert str(path) in str(error) and "; " in str(error), error
            assert "\n" not in str(error) and str(error).isprintable()
    return n_refused


def test_an_intact_series_is_read(model, tmp_path):
    pytest.importorskip("pydicom")
    path = tmp_path / "series"
    write_series(path, scan(np.random.default_rng(0)), voxel_mm=(9.0, 9.0, 9.0))
    found = new_scans.read({"mprage": path}, model.reading({"mprage": path}), tmp_path)
    assert found["mprage"].image.shape == (22, 20, 18)


@pytest.mark.parametrize("write", [write_nifti, write_dicoms])
def test_a_dozen_damaged_scans_are_read_or_refused_in_one_line(write, model, tmp_path):
    assert 1 <= read_all(write, range(N_QUICK), model, tmp_path) <= N_QUICK


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_nifti, write_dicoms])
def test_two_hundred_damaged_scans_are_read_or_refused_in_one_line(write, model, tmp_path):
    numbers = range(1000, 1000 + N_SLOW)
    assert N_SLOW / 10 < read_all(write, numbers, model, tmp_path) < N_SLOW
