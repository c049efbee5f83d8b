"""Check every file of a subject; bad data lead to findings, never to exceptions."""

import os
import zlib
from itertools import combinations
from typing import NamedTuple

import nibabel as nib
import numpy as np
from nibabel.openers import Opener

from contrast2map.bids import sidecars
from contrast2map.bids.files import session_of
from contrast2map.imaging import fingerprint, grids, images
from contrast2map.input_gate import geometry, value_checks
from contrast2map.input_gate.transforms import check_transform
from contrast2map.study.findings import fail, verdict, warn
from contrast2map.study.terms import PARAMETER_NAMES, QUANTITIES

MASKS = ("brain_mask", "lesion_mask")
SEGMENTATIONS = ("tissue_segmentation", "structure_segmentation")
CHUNK_BYTES = 1 << 22
SECONDS = ("s", "sec", "second", "seconds")


class Inspection(NamedTuple):
    """An image and its findings.

    Attributes:
        image: nibabel image in memory, or None if the file cannot be read.
        findings: List of findings.
    """

    image: nib.Nifti1Image | None
    findings: list


def check_scan(path, role, is_target=False):
    """Check one file by itself, such as a weighted image of a new head; return the findings.

    Args:
        path: NIfTI image.
        role: Name of a contrast, or T1, T2.
        is_target: Whether the other scans are registered to this image.
    """
    return inspect(path, role, is_target).findings


def inspect(path, role, is_target=False):
    """Read one scan or map; check its file, its geometry and its values.

    Args:
        path: NIfTI image.
        role: Name of a contrast, or T1, T2. For a mask or segmentation, only the file is checked
            here.
        is_target: Whether the other scans are registered to this image.

    Returns:
        Inspection with image and findings.
    """
    try:
        stored = images.open_lazily(path)
        findings = _check_file(path, stored)  # first, because it needs no memory
        if findings:
            return Inspection(None, findings)
        image = images.load(path)
    except images.ImageError as error:
        return Inspection(None, [fail(path, error.problem, error.remedy)])
    if role in MASKS + SEGMENTATIONS:
        return Inspection(image, findings)
    with images.quiet():  # values may overflow
        findings += geometry.check_grid_alone(stored, path, is_target)
        if role in QUANTITIES:
            findings += value_checks.check_map_values(images.values(image), role, path)
        else:
            image, n_spikes = images.without_spikes_in(image)
            findings += value_checks.check_scan_values(images.values(image), path, n_spikes)
    return Inspection(image, findings)


def check_subject(files, sequences, target, labels, root):
    """Check every file of a subject.

    Args:
        files: Dict mapping role to a dict with `path` (or None), `problem` and `remedy`; roles are
            the names of the contrasts, T1, T2, and, if the subject has them, brain_mask,
            lesion_mask, tissue_segmentation, structure_segmentation and transform_<name>.
        sequences: Dict mapping contrast to the type and parameters of its sequence.
        target: Contrast to which the other scans are registered.
        labels: Dict mapping tissue_segmentation and structure_segmentation each to a dict that maps
            label name to number.
        root: Root of the cohort, at which the search for sidecars ends.

    Returns:
        Dict with verdict, findings, and dicts by role: files, voxel_mm, shape, sequences and
        fingerprints.

    Raises:
        KeyError: `files` lacks a contrast, T1 or T2; this is the caller's error, not bad data.
    """
    scans = [target, *(name for name in sequences if name != target)]
    absent = [role for role in (*scans, *QUANTITIES) if not files[role]["path"]]
    paths = {role: each["path"] for role, each in files.items() if each["path"]}
    findings = [
        fail("", f"{role}: {each['problem'] or 'no file'}", each["remedy"])
        for role, each in files.items()
        if not each["path"] and (each["problem"] or role in absent)
    ]
    findings += _check_names(paths)
    known = {"files": paths, "voxel_mm": {}, "shape": {}, "sequences": {}, "fingerprints": {}}
    kept = {}
    for role in [role for role in (*scans, *QUANTITIES) if role in paths]:
        image, found = inspect(paths[role], role, role == target)
        findings += found
        if image is None:
            continue
        known["voxel_mm"][role] = grids.voxel_size_mm(image).round(4).tolist()
        known["shape"][role] = list(image.shape)
        if verdict(found) != "fail":  # damaged images may coincide by chance
            known["fingerprints"][role] = fingerprint.of_image(image)
        if role == target or role in QUANTITIES:
            kept[role] = image
        if role != target and target in kept:
            findings += geometry.check_overlap(image, kept[target], paths[role])
    for name in [name for name in sequences if name in paths]:
        protocol, found = sidecars.check(paths[name], root, name, sequences)
        known["sequences"][name] = protocol.known(PARAMETER_NAMES)
        findings += found
    findings += _check_maps({name: kept[name] for name in QUANTITIES if name in kept}, paths, root)
    findings += _check_same(known["fingerprints"], paths)
    for role in [role for role in (*MASKS, *SEGMENTATIONS) if role in paths]:
        findings += _check_on_target(role, paths[role], kept.get(target), labels)
    for role in [role for role in paths if role.startswith("transform_")]:
        findings += check_transform(paths[role])
    return {"verdict": verdict(findings), "findings": findings} | known


def _check_file(path, stored):
    """A finding if a file cannot be read to its end or its length contradicts its header."""
    n_expected = int(stored.dataobj.offset) + int(np.prod(stored.shape, dtype=np.int64)) * (
        stored.header.get_data_dtype().itemsize
    )
    n_read = 0
    remedy = "copy or convert it again; it is truncated or damaged"
    try:
        with Opener(os.fspath(path)) as file:
            while n_read <= n_expected and (chunk := file.read(CHUNK_BYTES)):
                n_read += len(chunk)
    except (OSError, EOFError, zlib.error) as error:
        return [fail(path, f"cannot be read to its end ({error})", remedy)]
    if n_read == n_expected:
        return []
    problem = f"cannot be read (it ends after {n_read} of {n_expected} bytes)"
    if n_read > n_expected:
        problem = f"is longer than the {n_expected} bytes that its header specifies"
    return [fail(path, problem, remedy)]


def _check_names(paths):
    """Findings about files with two roles and files from different sessions."""
    findings = []
    for one, other in combinations(paths, 2):
        if {one, other} == {*SEGMENTATIONS}:  # one file may contain the labels of both
            continue
        if os.path.realpath(paths[one]) == os.path.realpath(paths[other]):
            problem = f"is configured as {one} and as {other}"
            findings.append(fail(paths[other], problem, "configure a separate file for each"))
    sessions = {role: session_of(path) for role, path in paths.items() if session_of(path)}
    if len(set(sessions.values())) > 1:
        listed = ", ".join(f"{role} from ses-{session}" for role, session in sessions.items())
        problem = f"its files are from different sessions: {listed}"
        findings.append(fail("", problem, "set cohort.session, or put all files into one session"))
    return findings


def _check_same(fingerprints, paths):
    """Findings about roles with equal images, whatever their file names."""
    return [
        fail(
            paths[other],
            f"is the same image as {one} ({os.path.basename(paths[one])})",
            "provide a different image for each role",
        )
        for one, other in combinations(fingerprints, 2)
        if fingerprints[one] == fingerprints[other]
        and os.path.realpath(paths[one]) != os.path.realpath(paths[other])
    ]


def _check_maps(maps, paths, root):
    findings = []
    for name in maps:
        about, found = sidecars.read(paths[name], root)
        findings += found + _check_units(about.get("Units"), paths[name])
    if len(maps) < len(QUANTITIES):
        return findings
    grid = geometry.check_grid(maps["T2"], maps["T1"], paths["T2"], "the T1 map")
    if not grid:
        T1_s, T2_s = (images.values(nib.as_closest_canonical(maps[name])) for name in QUANTITIES)
        grid = value_checks.check_map_pair(T1_s, T2_s, paths["T2"])
    return findings + grid


def _check_units(units, path):
    if units is None or (isinstance(units, str) and units.strip().lower() in SECONDS):
        return []
    problem = f"its sidecar gives the unit {str(units)[:30]!r} instead of seconds"
    if units in ("ms", "msec", "milliseconds", "1/s", "Hz"):
        remedy = "convert it to seconds with Units 's', or correct the sidecar if it is in seconds"
        return [fail(path, problem, remedy)]
    return [warn(path, problem, "set Units to 's' if the map is in seconds")]


def _check_on_target(role, path, target, labels):
    """Findings about a user-provided mask or segmentation, which must be on the target's grid."""
    image, findings = inspect(path, role)
    if image is None:
        return findings
    if target is not None:
        findings += geometry.check_grid(image, target, path, "the target scan")
    values = images.values(image)
    if role in SEGMENTATIONS:
        return findings + value_checks.check_labels(values, path, labels[role])
    voxel_mm3 = abs(np.linalg.det(image.affine[:3, :3])) if role == "brain_mask" else None
    return findings + value_checks.check_mask_values(values, path, role == "lesion_mask", voxel_mm3)
