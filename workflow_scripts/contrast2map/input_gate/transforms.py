"""Whether a file is an affine transform as ITK and ANTs write it."""

import os
import re
import struct
from pathlib import Path

import numpy as np

from contrast2map.study.findings import fail, warn

LARGEST_N_BYTES = 100_000
N_PARAMETERS = 12
LARGEST_STRETCH = 0.1  # of the volume; heads of one subject do not change size
LARGEST_SHIFT_MM = 500.0
MATLAB_TYPES = {0: "<f8", 10: "<f4"}  # of little-endian matrices of version 4
REMEDY = "write it as an ITK affine (.txt, .tfm, .mat), as `antsRegistration` does"


def check_transform(path):
    """Findings about a transform that a user brings.

    Args:
        path: Text file (.txt, .tfm) or MATLAB file (.mat) of one affine in 3-D.
    """
    if not os.path.isfile(path):
        return [fail(path, "does not exist", "check cohort.provided.transforms")]
    n_bytes = os.path.getsize(path)
    if n_bytes == 0 or n_bytes > LARGEST_N_BYTES:
        return [fail(path, f"has {n_bytes} bytes, which no affine transform has", REMEDY)]
    try:
        parameters = _of_matlab(path) if str(path).endswith(".mat") else _of_text(path)
    except (OSError, ValueError, struct.error) as error:
        return [fail(path, f"is no ITK affine transform ({error})", REMEDY)]
    if parameters.size != N_PARAMETERS or not np.isfinite(parameters).all():
        problem = f"has {parameters.size} parameters; an affine in 3-D has {N_PARAMETERS}, finite"
        return [fail(path, problem, REMEDY)]
    stretch = abs(np.linalg.det(parameters[:9].reshape(3, 3)))
    if stretch < 1e-3:
        return [fail(path, "its matrix has no inverse", REMEDY)]
    findings = []
    if abs(stretch - 1) > LARGEST_STRETCH:
        problem = f"changes volumes by a factor of {stretch:.2f}; a head keeps its size"
        findings.append(warn(path, problem, "look at the page of its registration"))
    if np.abs(parameters[9:]).max() > LARGEST_SHIFT_MM:
        problem = f"moves the head by more than {LARGEST_SHIFT_MM:g} mm"
        findings.append(warn(path, problem, "look at the page of its registration"))
    return findings


def _of_text(path):
    text = Path(path).read_text(encoding="utf-8")
    if not text.startswith("#Insight Transform File"):
        raise ValueError("it does not begin with '#Insight Transform File'")
    kinds = re.findall(r"^Transform:\s*(\S+)", text, re.MULTILINE)
    if len(kinds) != 1:
        raise ValueError(f"it holds {len(kinds)} transforms instead of one")
    numbers = re.search(r"^Parameters:(.*)$", text, re.MULTILINE)
    if numbers is None:
        raise ValueError("it has no line of parameters")
    return np.array([float(each) for each in numbers[1].split()])


def _of_matlab(path):
    """Parameters of a MATLAB file of version 4, which ITK writes: matrices one after another.

    Read here, for SciPy's reader crashes the process on damaged files.
    """
    content, place = Path(path).read_bytes(), 0
    found = []
    while place < len(content):
        kind, n_rows, n_columns, imaginary, n_name = struct.unpack_from("<5i", content, place)
        if kind not in MATLAB_TYPES or imaginary or min(n_rows, n_columns) < 0 or n_name < 1:
            raise ValueError("it is no MATLAB file of version 4")
        name = content[place + 20 : place + 20 + n_name]
        start, dtype = place + 20 + n_name, np.dtype(MATLAB_TYPES[kind])
        numbers = np.frombuffer(content, dtype, n_rows * n_columns, start)
        if b"AffineTransform" in name:
            found.append(numbers.astype(float))
        place = start + numbers.nbytes
    if len(found) != 1:
        raise ValueError(f"it holds {len(found)} affine transforms instead of one")
    return found[0]
