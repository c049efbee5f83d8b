"""The files of new heads: NIfTIs, DICOM folders or a BIDS dataset, each with its sequence."""

import os
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import nibabel as nib

from contrast2map.bids import dicom, files, sidecars
from contrast2map.imaging import fingerprint, grids
from contrast2map.input_gate import subject
from contrast2map.maps import bundle
from contrast2map.study.findings import warn

REMEDY = "give each contrast its own scan"
ANYWHERE = "/"  # sidecars are looked for up to the dataset's root, or beside the scan alone


class NewScansError(ValueError):
    """Scans that no maps can be made of; the message is one line."""


@dataclass(frozen=True)
class NewScan:
    """One scan of a new head.

    Attributes:
        image: nibabel image as acquired.
        source: File or folder that was given.
        sequence: Known sequence parameters (`TR_s`, ...).
        voxel_mm: Voxel edges as acquired.
        findings: What the input gate warns of.
    """

    image: nib.Nifti1Image
    source: str
    sequence: dict
    voxel_mm: list
    findings: list

    @property
    def name(self):
        """Last part of the source, as findings name it."""
        return Path(self.source).name


def read(paths, facts, work):
    """Read the scans of one head, each looked at as the input gate of a study does.

    Args:
        paths: Dict of contrast to NIfTI file or folder of DICOMs.
        facts: Facts of the bundle.
        work: Existing folder for converted series.

    Returns:
        Dict of contrast to NewScan.

    Raises:
        NewScansError: A file that cannot be used, or two that are the same.
        dicom.DicomError: A folder that gives no one scan.
    """
    sequences = {each["name"]: each["sequence"] for each in facts["contrasts"]}
    for one, other in combinations(paths, 2):
        if os.path.realpath(paths[one]) == os.path.realpath(paths[other]):
            raise NewScansError(f"{paths[other]}: is given as {one} and as {other}; {REMEDY}")
    found = {}
    for name, given in paths.items():
        path = dicom.to_nifti(given, work, name) if Path(given).is_dir() else given
        if not Path(path).exists():
            raise NewScansError(f"{given}: does not exist; check the name")
        found[name] = _read_one(path, given, name, sequences, name == facts["target_contrast"])
    prints = {name: fingerprint.of_image(scan.image) for name, scan in found.items()}
    for one, other in combinations(found, 2):
        if prints[one] == prints[other]:
            raise NewScansError(
                f"{found[other].source}: is the same image as {one} ({found[one].source}); {REMEDY}"
            )
    return found


def _read_one(path, given, name, sequences, is_target):
    image, findings = subject.inspect(path, name, is_target)
    sequence, of_sidecar = sidecars.check(path, ANYWHERE, name, sequences)
    for each in [*findings, *of_sidecar]:
        if each["level"] == "fail":
            raise NewScansError(f"{given}: {each['problem']}; {each['remedy']}")
    content, unreadable = sidecars.read(path, ANYWHERE)
    _, problems = sidecars.parameters(content, sequences[name])
    # Whether the protocol is the training's is told by the verdict, by what was trained on.
    findings += unreadable + [warn(path, f"sidecar: {what}", remedy) for what, remedy in problems]
    return NewScan(
        image=image,
        source=str(given),
        sequence=sequence,
        voxel_mm=[float(edge) for edge in grids.voxel_size_mm(image)],
        findings=[each | {"file": Path(given).name} for each in findings],
    )


def subjects_of(bids, facts, wanted=(), session=None, run=None):
    """The scans of the subjects of a BIDS dataset, by the file patterns of the training.

    Args:
        bids: Root of the dataset.
        facts: Facts of the bundle.
        wanted: Labels; all subjects if empty.
        session: Label of the session, where a subject has several.
        run: Number of the run, where a scan has several.

    Returns:
        Dict of subject label to dict of contrast to bids_files.Resolved.

    Raises:
        NewScansError: There is no such dataset or subject.
    """
    root = Path(bids)
    if not root.is_dir():
        raise NewScansError(f"{bids}: there is no such folder")
    labels = sorted(path.name.removeprefix("sub-") for path in root.glob("sub-*") if path.is_dir())
    if not labels:
        raise NewScansError(f"{bids}: holds no subject (no folder sub-*); give a BIDS dataset")
    wanted = [label.removeprefix("sub-") for label in wanted]
    for label in wanted:
        if label not in labels:
            raise NewScansError(f"{bids}: has no subject {label}; it has {', '.join(labels)}")
    patterns = {each["name"]: each["file"] for each in facts["contrasts"]}
    return {
        label: {
            name: files.resolve(str(root), patterns[name], label, session, run)
            for name in bundle.scans_of(facts)
        }
        for label in wanted or labels
    }


def paths_of(resolved):
    """Paths of the scans of a subject of a dataset.

    Args:
        resolved: Dict of contrast to bids_files.Resolved.

    Raises:
        NewScansError: A scan is missing, or several could be meant.
    """
    for name, each in resolved.items():
        if each.path is None:
            remedy = each.remedy.replace("cohort.session", "--session")
            remedy = remedy.replace("cohort.run", "--run")
            raise NewScansError(f"{name}: {each.problem}; {remedy}")
    return {name: each.path for name, each in resolved.items()}
