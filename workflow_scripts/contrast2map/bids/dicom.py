"""Convert DICOM series to NIfTI with dcm2niix (Li et al., J Neurosci Methods 2016;264:47)."""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import nibabel

from contrast2map.jobs.programs import ProgramError
from contrast2map.study.findings import printable

EVENLY_SPACED = "_Eq_1.nii.gz"  # what dcm2niix adds to a series whose slices are unevenly spaced
LONGEST_S = 900  # ASSUME a series of a head takes seconds
LEAST_FREE_BYTES = 1_000_000  # ASSUME no scan of a head is smaller
# Exit codes of a program that was killed, by the system or by a user (as its parent or a shell sees
# it), is not executable, or lacks itself or a library. Damaged files make dcm2niix crash otherwise.
WORDS_OF_FAILURE = dict.fromkeys((-signal.SIGKILL, -signal.SIGTERM, 137, 143), "was killed")
WORDS_OF_FAILURE |= dict.fromkeys((126, 127), "could not run")


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
        DicomError: The folder contains no series or several, or slices are missing.
        ProgramError: dcm2niix cannot be started, was killed, or had no space.
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
    except OSError as error:
        raise ProgramError(
            f"dcm2niix cannot be started ({error.strerror}); install the package dcm2niix again"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise DicomError(
            f"{folder}: dcm2niix did not finish in {LONGEST_S} s; export the series again"
        ) from error
    found = sorted(work.glob("*.nii.gz"))
    if not found:
        reason = printable(_last_line(done.stderr or done.stdout))
        _require_working(done.returncode, reason, work, folder)
        if done.returncode < 0:
            reason = f"it crashed, signal {-done.returncode}, as at damaged files"
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


def _require_working(code, words, work, folder):
    """Raise ProgramError if dcm2niix wrote nothing for a reason that is not in the files."""
    if shutil.disk_usage(work).free < LEAST_FREE_BYTES:
        raise ProgramError(
            f"{folder}: dcm2niix had no space in {work.parent}; free some, or set TMPDIR to "
            "another folder"
        )
    if failed := WORDS_OF_FAILURE.get(code):
        raise ProgramError(
            f"{folder}: dcm2niix {failed} (exit code {code}: {words}); no scan is to blame: fix "
            "the program or the memory it has, and run the same command again"
        )


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
