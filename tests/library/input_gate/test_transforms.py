"""ITK affines are accepted; any other transform file gives a finding with the reason."""

import numpy as np
import pytest
from scipy.io import savemat

from contrast2map.input_gate.transforms import check_transform
from small_cohort import TRANSFORM

PARAMETERS = np.array([1.0, 0, 0, 0, 1, 0, 0, 0, 1, 2.5, -1, 0])[:, None]


def matlab(path, version="4", name="AffineTransform_double_3_3"):
    savemat(path, {name: PARAMETERS, "fixed": np.zeros((3, 1))}, format=version)
    return path


def text(path, content=TRANSFORM):
    path.write_text(content)
    return path


def test_an_affine_passes_as_text_and_as_matlab_file(tmp_path):
    assert check_transform(text(tmp_path / "a.txt")) == []
    assert check_transform(text(tmp_path / "a.tfm")) == []
    assert check_transform(matlab(tmp_path / "a.mat")) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "has 0 bytes"),
        ("1 0 0 0\n0 1 0 0\n", "does not begin with"),
        (TRANSFORM + TRANSFORM, "2 transforms"),
        (TRANSFORM.replace("Parameters: 1", "Parametres: 1"), "has no line of parameters"),
        (TRANSFORM.replace(" 2.5", ""), "has 11 parameters"),
        (TRANSFORM.replace("2.5", "much"), "could not convert"),
        (TRANSFORM.replace("2.5", "inf"), "finite"),
        (TRANSFORM.replace("2.5", "2500"), "moves the head by more than 500 mm"),
        (TRANSFORM.replace("1 0 0 0 1", "2 0 0 0 1"), "changes volumes by a factor of 2.00"),
        (TRANSFORM + "#" * 200_000, "bytes"),
    ],
)
def test_any_other_text_is_a_finding(tmp_path, content, words):
    (finding,) = check_transform(text(tmp_path / "a.txt", content))
    assert words in finding["problem"] and finding["file"] == str(tmp_path / "a.txt")


def test_other_matlab_files_are_findings(tmp_path):
    (finding,) = check_transform(matlab(tmp_path / "a.mat", version="5"))
    assert "not a MATLAB version 4 file" in finding["problem"]
    (finding,) = check_transform(matlab(tmp_path / "b.mat", name="matrix"))
    assert "0 affine transforms" in finding["problem"]
    (finding,) = check_transform(tmp_path / "c.mat")
    assert finding["problem"] == "does not exist"


def test_damaged_matlab_files_crash_nothing(tmp_path, rng):
    path = tmp_path / "a.mat"
    for version in ("4", "5"):
        whole = matlab(path, version).read_bytes()
        for _ in range(100):
            content = bytearray(whole[: rng.integers(1, len(whole) + 1)])
            for place in rng.integers(0, len(content), 8):
                content[place] = rng.integers(256)
            path.write_bytes(content)
            assert all(each["level"] in ("warn", "fail") for each in check_transform(path))
