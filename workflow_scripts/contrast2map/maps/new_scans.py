"""Read the scans of new heads and their sequences from NIfTI, DICOM or a BIDS dataset."""

import json
import os
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import nibabel as nib

from contrast2map.bids import dicom, files, sidecars
from contrast2map.bids.protocol_sidecar import ScanProtocol
from contrast2map.imaging import fingerprint, grids
from contrast2map.input_gate import scan_checks
from contrast2map.preprocessing import orientation
from contrast2map.quality.judgement import judge_turned
from contrast2map.study.findings import gathered, printable, warn
from contrast2map.study.terms import PARAMETER_NAMES

REMEDY = "give each contrast its own scan"
LARGEST_GAP = 1.6  # ASSUME distance of slices over their thickness; gaps of up to a half are usual
ANYWHERE = "/"  # where the search for inherited sidecars ends: the dataset's root is unknown


class NewScansError(ValueError):
    """The scans cannot be mapped; the message is one line."""


@dataclass(frozen=True)
class NewScan:
    """One scan of a new head.

    Attributes:
        image: nibabel image as acquired.
        source: Path as given by the user, printable.
        protocol: protocol_sidecar.ScanProtocol from the sidecar.
        voxel_mm: Voxel size as acquired.
        findings: Warnings from the input gate.
    """

    image: nib.Nifti1Image
    source: str
    protocol: ScanProtocol
    voxel_mm: list
    findings: list

    @property
    def sequence(self):
        """Known sequence parameters (`TR_s`, ...)."""
        return self.protocol.known(PARAMETER_NAMES)

    @property
    def name(self):
        """Name of the file or folder."""
        return Path(self.source).name


def read(paths, model, work, repair_orientation=False):
    """Read the scans of one head and check them as the input gate of a study does.

    Args:
        paths: Dict mapping contrast to NIfTI file or folder of DICOM files.
        model: model.Model.
        work: Existing folder for converted series.
        repair_orientation: Whether to turn a scan whose head does not lie as its header says.

    Returns:
        Dict mapping contrast to NewScan.

    Raises:
        NewScansError: A file cannot be used, or two contrasts have the same file or image.
        dicom.DicomError: A folder does not contain exactly one scan.
    """
    require_paths(paths)
    found = {}
    for name, given in paths.items():
        path = dicom.to_nifti(given, work, name) if Path(given).is_dir() else given
        found[name] = _read_one(path, given, name, model.sequences, name == model.target)
    _require_usable(found)
    prints = {name: fingerprint.of_image(scan.image) for name, scan in found.items()}
    for one, other in combinations(found, 2):
        if prints[one] == prints[other]:
            raise NewScansError(
                f"{found[other].source}: is the same image as {one} ({found[one].source}); {REMEDY}"
            )
    return _repaired(found, model.target) if repair_orientation else found


def require_paths(paths):
    """Raise NewScansError if a path (dict by contrast) does not exist or is given twice."""
    for given in paths.values():
        if not Path(given).exists():
            raise NewScansError(f"{given}: does not exist; check the path")
    for one, other in combinations(paths, 2):
        if os.path.realpath(paths[one]) == os.path.realpath(paths[other]):
            raise NewScansError(f"{paths[other]}: given as {one} and as {other}; {REMEDY}")


def _repaired(found, target):
    """The scans with corrected affines, and a finding for each that was turned."""
    given = {name: scan.image for name, scan in found.items()}
    turned, words = orientation.repaired(given, target if target in given else next(iter(given)))
    return {
        name: replace(
            scan,
            image=turned[name],
            findings=scan.findings
            + judge_turned({label(name, scan.source): words[name]} if name in words else {}),
        )
        for name, scan in found.items()
    }


def _read_one(path, given, name, sequences, is_target):
    image, findings = scan_checks.inspect(path, name, is_target)
    _, compared = sidecars.check(path, ANYWHERE, name, sequences)
    findings += [each for each in compared if each["level"] == "fail"]
    # Differences from the configured protocol are omitted: the verdict compares the scan with the
    # protocol of the training data.
    protocol, of_sidecar = sidecars.describe(path, ANYWHERE, sequences[name]["type"])
    findings += of_sidecar
    if image is not None:
        findings += _check_gaps(image, path)
    source = printable(str(given))
    return NewScan(
        image=image,
        source=source,
        protocol=protocol,
        voxel_mm=[] if image is None else [float(edge) for edge in grids.voxel_size_mm(image)],
        findings=[each | {"file": label(name, source)} for each in findings],
    )


def label(name, source):
    """How findings name a scan: its contrast and its file or folder."""
    return f"{name} ({Path(source).name})"


def _require_usable(scans):
    """Raise NewScansError with all that makes scans unusable, each cause once."""
    failed = [
        each | {"file": scan.source}
        for scan in scans.values()
        for each in scan.findings
        if each["level"] == "fail"
    ]
    if failed:
        causes = [
            f"{each['file']}: {each['problem']}; {each['remedy']}" for each in gathered(failed)
        ]
        raise NewScansError(". ".join(causes))


def _check_gaps(image, path):
    """A finding for slices much farther apart than they are thick, as if some were missing."""
    sidecar = dicom.sidecar_of(path)
    try:
        thickness_mm = json.loads(sidecar.read_text()).get("SliceThickness")
    except (OSError, ValueError):  # other checks report a sidecar that cannot be read
        return []
    apart_mm = max(grids.voxel_size_mm(image))
    is_known = isinstance(thickness_mm, int | float) and thickness_mm > 0
    if not is_known or apart_mm <= LARGEST_GAP * thickness_mm:
        return []
    return [
        warn(
            path,
            f"its slices are {thickness_mm:g} mm thick and {apart_mm:.3g} mm apart, as if some "
            "were missing",
            "check that all images of the series were exported",
        )
    ]


def subjects_of(bids, model, wanted=(), session=None, run=None):
    """Find the scans of a BIDS dataset by the file patterns of the training.

    Args:
        bids: Root of the dataset.
        model: model.Model.
        wanted: Labels of the subjects to find; all subjects if empty.
        session: Label of the session, if subjects have several.
        run: Number of the run, if scans have several.

    Returns:
        Dict mapping subject label to a dict mapping contrast to bids.files.Resolved.

    Raises:
        NewScansError: The dataset does not exist, is empty or lacks a wanted subject.
    """
    root = Path(bids)
    if not root.is_dir():
        raise NewScansError(f"{bids}: no such folder; check the path")
    labels = sorted(path.name.removeprefix("sub-") for path in root.glob("sub-*") if path.is_dir())
    if not labels:
        raise NewScansError(f"{bids}: contains no subject (folder sub-*); give a BIDS dataset")
    wanted = [label.removeprefix("sub-") for label in wanted]
    for label in wanted:
        if label not in labels:
            raise NewScansError(f"{bids}: no subject {label}; available: {', '.join(labels)}")
    return {
        label: {
            name: files.resolve(str(root), model.contrasts[name].file, label, session, run)
            for name in model.scans
        }
        for label in wanted or labels
    }


def paths_of(resolved, needs_all):
    """Paths of the scans of one subject in a dataset, by contrast.

    Args:
        resolved: Dict mapping contrast to bids.files.Resolved.
        needs_all: Whether all scans are needed; otherwise those that exist are used.

    Raises:
        NewScansError: A scan is missing or ambiguous.
    """
    if not needs_all:
        there = {name: each for name, each in resolved.items() if not each.is_missing}
        if not there:
            raise NewScansError(f"no scan was found; looked for {', '.join(resolved)}")
        resolved = there
    for name, each in resolved.items():
        if each.path is None:
            remedy = each.remedy.replace("cohort.session", "--session")
            remedy = remedy.replace("cohort.run", "--run")
            raise NewScansError(f"{name}: {each.problem}; {remedy}")
    return {name: each.path for name, each in resolved.items()}
