"""Convert DICOM series to NIfTI with dcm2niix (Li et al., J Neurosci Methods 2016;264:47)."""

import json
import subprocess
from pathlib import Path


class DicomError(ValueError):
    """A folder of DICOM files is not a single scan; the message names it and the remedy."""


def to_nifti(folder, output, name):
    """Convert the only series of a folder, with its sidecar.

    Args:
        folder: Folder of DICOM files, including those in its sub-folders.
        output: Existing folder to write to.
        name: File name without extension.

    Returns:
        Path of the NIfTI; its sidecar is next to it.

    Raises:
        DicomError: There is no series, or more than one, or dcm2niix failed.
    """
    import dcm2niix  # here: only DICOM input needs it

    work = Path(output) / f"dicom_{name}"
    work.mkdir()
    # Series number and description: the error message lists them.
    command = [dcm2niix.bin, "-b", "y", "-ba", "y", "-z", "y", "-f", "%s_%d", "-o"]
    done = subprocess.run(
        [*map(str, command), str(work), str(folder)], capture_output=True, text=True, check=False
    )
    found = sorted(work.glob("*.nii.gz"))
    if not found:
        reason = _last_line(done.stderr or done.stdout)
        raise DicomError(f"{folder}: contains no DICOM series that dcm2niix can convert ({reason})")
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


def sidecar_of(path):
    """The JSON file that belongs to a NIfTI."""
    path = Path(path)
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".nii") + ".json")


def _series(path):
    """Number and description of a converted series."""
    sidecar = sidecar_of(path)
    content = json.loads(sidecar.read_text()) if sidecar.is_file() else {}
    words = content.get("SeriesDescription") or content.get("ProtocolName") or path.name
    return f"{content.get('SeriesNumber', '?')} {words}"


def _last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
