"""Write the maps of new heads as a BIDS derivative, completely or not at all."""

import contextlib
import csv
import errno
import importlib.metadata
import os
import re
import shutil
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np

from contrast2map import __version__
from contrast2map.bids.dataset import BIDS_VERSION, write_json
from contrast2map.imaging import grids, images, masks
from contrast2map.learning import map_files
from contrast2map.maps.new_scans import NewScansError

PACKAGES = ("antspyx", "keras", "nibabel", "numpy", "scipy", "tensorflow")
NAME = "T1 and T2 maps of new scans"
IGNORED = "# maps of contrast2map\n*.html\n"  # skipped by BIDS validators
FULL = (errno.ENOSPC, errno.EDQUOT)
LABEL = re.compile("[A-Za-z0-9]+")


def require_free(folder, subjects, force):
    """Raise if the output folder has other contents, or maps that must not be replaced.

    Args:
        folder: Folder of the maps; it may exist.
        subjects: Labels of the subjects to be mapped.
        force: Whether to replace existing maps of these subjects.

    Raises:
        NewScansError: The folder or a label cannot be used; the message is one line.
    """
    folder = Path(folder)
    for label in subjects:
        if not LABEL.fullmatch(label):
            raise NewScansError(f"subject '{label}': a BIDS label has only letters and digits")
    if folder.exists() and not folder.is_dir():
        raise NewScansError(f"{folder}: is a file; choose a folder for the maps")
    if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
        raise NewScansError(f"{folder}: has other contents; choose a new folder for the maps")
    for label in subjects:
        if (folder / f"sub-{label}").exists() and not force:
            raise NewScansError(
                f"{folder}: already has maps of sub-{label}; use --force to replace them or choose "
                "another label with --subject"
            )


@contextlib.contextmanager
def staged(folder):
    """Provide a temporary folder, whose contents are moved to the output on success.

    Args:
        folder: Folder of the maps.

    Yields:
        Path of the temporary folder.

    Raises:
        NewScansError: The disk is full; nothing was written.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        ready = work / "maps"
        ready.mkdir()
        yield ready
        folder.mkdir(exist_ok=True)
        for part in sorted(ready.iterdir()):
            _replace(part, folder / part.name)
    except OSError as error:
        if error.errno not in FULL:
            raise
        written_mb = sum(path.stat().st_size for path in work.rglob("*") if path.is_file()) / 1e6
        raise NewScansError(
            f"{folder}: the disk is full: {written_mb:.0f} MB of these maps fitted; free at least "
            "100 MB or choose another --output. Nothing was written"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_description(folder, model):
    """Write dataset_description.json, and a .bidsignore that lists the pages."""
    write_json(
        Path(folder) / "dataset_description.json",
        {
            "Name": NAME,
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "derivative",
            "GeneratedBy": [
                {
                    "Name": "contrast2map",
                    "Version": __version__,
                    "Description": model.origin,
                }
            ],
        },
    )
    Path(folder, ".bidsignore").write_text(IGNORED)


def write_head(folder, subject, head, model, scans, result):
    """Write maps, spread, brain mask and tissue labels of a head, each with its sidecar.

    Args:
        folder: Root of the derivative.
        subject: Subject label.
        head: pipeline.HeadMaps.
        model: model.Model.
        scans: Dict mapping contrast to NewScan.
        result: Dict of verdict, findings and notes.
    """
    target = scans[model.target].image
    sources = [Path(scan.source).name for scan in scans.values()]
    more = describe(head, model, result)
    to = (folder, subject)
    words = model.map_words(head.folds)
    for name, map_s in head.maps_s.items():
        map_files.write(*to, name, map_s, target, sources, algorithm=words, more=more)
    words = model.uncertainty_words(head.folds)
    for name, values_s in head.spread_s.items():
        kind = model.uncertainty
        map_files.write(*to, name, values_s, target, sources, kind, algorithm=words, more=more)
    anat, stem = Path(folder) / f"sub-{subject}" / "anat", f"sub-{subject}_"
    about = {"Sources": sources, "SpatialReference": "orig"}
    extraction, segmentation = head.brain_extraction, head.tissue_segmentation
    _save(
        anat / f"{stem}desc-brain_mask.nii.gz",
        head.brain.astype(np.uint8),
        head,
        target,
        about | {"Type": "Brain", "Engine": f"{extraction.engine}, {extraction.version}"},
    )
    _save(
        anat / f"{stem}dseg.nii.gz",
        head.tissue.astype(np.uint8),
        head,
        target,
        about | {"Engine": f"{segmentation.engine}, {segmentation.version}"},
    )
    with open(anat / f"{stem}dseg.tsv", "w", newline="") as table:
        writer = csv.writer(table, delimiter="\t", lineterminator="\n")
        writer.writerow(["index", "name", "abbreviation"])
        writer.writerow([masks.CSF, "cerebrospinal fluid", "CSF"])
        writer.writerow([masks.GM, "grey matter", "GM"])
        writer.writerow([masks.WM, "white matter", "WM"])


def describe(head, model, result):
    """Entries for the sidecar of each map: software, model and verdict."""
    known = {"KnownAsTrainingSubject": head.known_as} if head.known_as is not None else {}
    return {
        "SoftwareVersions": ", ".join(f"{name} {version}" for name, version in software().items()),
        "Model": {
            "Study": model.study,
            "Simulated": model.simulated,
            "Contrast2mapVersion": model.version,
            "SHA256": model.sha256,
            "Folds": head.folds,
        }
        | known,
        "Verdict": result["verdict"],
        "Findings": result["findings"],
        "Notes": result["notes"],
    }


def software():
    """Names and versions of the software that made the maps."""
    return {"contrast2map": __version__} | {
        name: importlib.metadata.version(name) for name in PACKAGES
    }


def _save(path, volume, head, target, sidecar):
    """Write a RAS volume in the orientation of the target scan as acquired, with its sidecar."""
    image = grids.in_orientation_of(nib.Nifti1Image(volume, head.scan.affine), target)
    images.save(images.values(image), target, path)
    write_json(path.with_name(path.name.replace(".nii.gz", ".json")), sidecar)


def _is_ours(folder):
    """Whether this program wrote a folder, according to its .bidsignore."""
    path = folder / ".bidsignore"
    return path.is_file() and path.read_bytes() == IGNORED.encode()


def _replace(part, place):
    if place.is_dir():
        shutil.rmtree(place)
    os.replace(part, place)
