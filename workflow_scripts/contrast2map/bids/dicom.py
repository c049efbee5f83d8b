"""Convert DICOM series to NIfTI with dcm2niix (Li et al., J Neurosci Methods 2016;264:47)."""

import json
import subprocess
from pathlib import Path

import nibabel

from contrast2map.study.findings import printable

EVENLY_SPACED = "_Eq_1.nii.gz"  # what dcm2niix adds to a series whose slices are unevenly spaced


LONGEST_S = 900  # ASSUME a series of a head takes seconds


class DicomError(ValueError):
    """A DICOM folder does not contain exactly one scan; the message names the folder and remedy."""


def to_nifti(folder, output, name):
    """Convert the only series in a folder to NIfTI with a sidecar.

    Args:
        folder: Folder with DICOM files, also in sub-folders.
        output: Existing folder for the converted files.
        name: Name of the converted files without extension.

    Returns:
        Path of the NIfTI file; its sidecar is in the same folder.

    Raises:
        DicomError: The folder contains no series or several, slices are missing, or dcm2niix
            failed.
    """
    import dcm2niix  # imported here, because only DICOM input needs it

    work = Path(output) / f"dicom_{name}"
    work.mkdir()
    # Files are named by series number and description, which the error message lists.
    command = [dcm2niix.bin, "-b", "y", "-ba", "y", "-z", "y", "-f", "%s_%d", "-o"]
    try:
        done = subprocess.run(
            [*map(str, command), str(work), str(folder)],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired as error:
        raise DicomError(
            f"{folder}: dcm2niix did not finish in {LONGEST_S} s; export the series again"
        ) from error
    found = sorted(work.glob("*.nii.gz"))
    if not found:
        reason = printable(_last_line(done.stderr or done.stdout))
        raise DicomError(
            f"{folder}: contains no DICOM series that dcm2niix can convert ({reason}); give a "
            "folder with the DICOM files of one series, or a NIfTI file"
        )
    if len(found) == 2 and any(path.name.endswith(EVENLY_SPACED) for path in found):
        raise DicomError(f"{folder}: {_gaps(found)}; export all slices of the series again")
    if len(found) > 1:
        names = "; ".join(_series(path) for path in found)
        raise DicomError(
            f"{folder}: contains {len(found)} series ({names}); provide a folder with one series"
        )
    path = Path(output) / f"{name}.nii.gz"
    found[0].rename(path)
    sidecar = sidecar_of(found[0])
    if sidecar.is_file():
        sidecar.rename(sidecar_of(path))
    return path


def _gaps(pair):
    """What is wrong with a series that dcm2niix wrote as it is and with evenly spaced slices."""
    n_even, n_stored = sorted((nibabel.load(path).shape[2] for path in pair), reverse=True)
    if n_even == n_stored:
        return f"the distances between its {n_stored} slices differ"
    return f"slices are missing: it has {n_stored}, and {n_even} would be evenly spaced"


def sidecar_of(path):
    """Path of the JSON sidecar of a NIfTI file."""
    path = Path(path)
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".nii") + ".json")


def _series(path):
    """Number and description of a converted series."""
    try:
        content = json.loads(sidecar_of(path).read_text(errors="replace"))
    except (OSError, ValueError):  # of damaged files, dcm2niix writes no or a broken sidecar
        content = {}
    words = content.get("SeriesDescription") or content.get("ProtocolName") or path.name
    return printable(f"{content.get('SeriesNumber', '?')} {words}")


def _last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
