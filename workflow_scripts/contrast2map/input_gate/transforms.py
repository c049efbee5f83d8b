"""Check affine transforms in the formats of ITK and ANTs."""

import os
import re
import struct
from pathlib import Path

import numpy as np

from contrast2map.study.findings import fail, warn

LARGEST_N_BYTES = 100_000
N_PARAMETERS = 12
LARGEST_STRETCH = 0.1  # relative change of volume; a subject's head does not change its size
LARGEST_SHIFT_MM = 500.0
MATLAB_TYPES = {0: "<f8", 10: "<f4"}  # types of little-endian matrices in version 4 files
REMEDY = "provide an ITK affine (.txt, .tfm, .mat) as written by `antsRegistration`"


def check_transform(path):
    """Check a user-provided transform; return the findings.

    Args:
        path: Text file (.txt, .tfm) or MATLAB file (.mat) with one 3-D affine.
    """
    if not os.path.isfile(path):
        return [fail(path, "does not exist", "check cohort.provided.transforms")]
    n_bytes = os.path.getsize(path)
    if n_bytes == 0 or n_bytes > LARGEST_N_BYTES:
        return [fail(path, f"has {n_bytes} bytes, implausible for an affine transform", REMEDY)]
    try:
        parameters = _of_matlab(path) if str(path).endswith(".mat") else _of_text(path)
    except (OSError, ValueError, struct.error) as error:
        return [fail(path, f"is not an ITK affine transform ({error})", REMEDY)]
    if parameters.size != N_PARAMETERS or not np.isfinite(parameters).all():
        problem = (
            f"has {parameters.size} parameters, or infinite ones; a 3-D affine has {N_PARAMETERS} "
            "finite parameters"
        )
        return [fail(path, problem, REMEDY)]
    stretch = abs(np.linalg.det(parameters[:9].reshape(3, 3)))
    if stretch < 1e-3:
        return [fail(path, "its matrix is not invertible", REMEDY)]
    findings = []
    if abs(stretch - 1) > LARGEST_STRETCH:
        problem = (
            f"changes volumes by a factor of {stretch:.2f}, which is implausible within a subject"
        )
        findings.append(warn(path, problem, "check its registration on the quality-control page"))
    if np.abs(parameters[9:]).max() > LARGEST_SHIFT_MM:
        problem = f"moves the head by more than {LARGEST_SHIFT_MM:g} mm"
        findings.append(warn(path, problem, "check its registration on the quality-control page"))
    return findings


def _of_text(path):
    text = Path(path).read_text(encoding="utf-8")
    if not text.startswith("#Insight Transform File"):
        raise ValueError("it does not begin with '#Insight Transform File'")
    kinds = re.findall(r"^Transform:\s*(\S+)", text, re.MULTILINE)
    if len(kinds) != 1:
        raise ValueError(f"it contains {len(kinds)} transforms instead of one")
    numbers = re.search(r"^Parameters:(.*)$", text, re.MULTILINE)
    if numbers is None:
        raise ValueError("it has no line of parameters")
    return np.array([float(each) for each in numbers[1].split()])


def _of_matlab(path):
    """Read the affine's parameters from a MATLAB version 4 file, a sequence of matrices.

    SciPy's reader is not used, because damaged files could make it crash the process.
    """
    content, place = Path(path).read_bytes(), 0
    found = []
    while place < len(content):
        kind, n_rows, n_columns, imaginary, n_name = struct.unpack_from("<5i", content, place)
        if kind not in MATLAB_TYPES or imaginary or min(n_rows, n_columns) < 0 or n_name < 1:
            raise ValueError("it is not a MATLAB version 4 file")
        name = content[place + 20 : place + 20 + n_name]
        start, dtype = place + 20 + n_name, np.dtype(MATLAB_TYPES[kind])
        numbers = np.frombuffer(content, dtype, n_rows * n_columns, start)
        if b"AffineTransform" in name:
            found.append(numbers.astype(float))
        place = start + numbers.nbytes
    if len(found) != 1:
        raise ValueError(f"it contains {len(found)} affine transforms instead of one")
    return found[0]
