"""Read sequence parameters from JSON sidecars, by BIDS' inheritance principle, and check them."""

import json
import os
from pathlib import Path

from contrast2map.bids.protocol_sidecar import KINDS, read_protocol
from contrast2map.study.findings import fail, warn
from contrast2map.study.terms import PARAMETER_NAMES, PARAMETER_UNITS

LARGEST_N_BYTES = 10_000_000  # a sidecar has a few thousand bytes
# ASSUME by the signal equations, 20 % of TR, TI or flip angle changes the ratio of white to grey
# matter by up to 9 % (MPRAGE), 1 % (GRE) and 16 % (FLAIR); networks learn from that contrast.
TOLERANCE = 0.2
TE_SLACK_S = 0.002  # ASSUME 2 ms of TE change the signal of tissue (T2 70 ms) by 3 %


def read(path, root):
    """Merge the contents of all sidecars of an image.

    Args:
        path: Image.
        root: Root of the cohort, at which the search ends unless the image is in a nested dataset
            such as a derivative.

    Returns:
        Merged content as a dict, and findings about unreadable sidecars.
    """
    content, findings = {}, []
    for sidecar in applicable(path, root):
        try:
            if os.path.getsize(sidecar) > LARGEST_N_BYTES:
                raise ValueError(f"has more than {LARGEST_N_BYTES} bytes")
            part = json.loads(Path(sidecar).read_text(encoding="utf-8-sig"))
            if not isinstance(part, dict):
                raise ValueError("is not a JSON object")
        except (OSError, ValueError, RecursionError) as error:
            findings.append(
                warn(sidecar, f"is not a readable JSON sidecar ({error})", "correct or remove it")
            )
            continue
        content |= part
    return content, findings


def applicable(path, root):
    """Find the sidecars that apply to an image, from the most general to the most specific.

    Args:
        path: Image.
        root: Root of the cohort.
    """
    path, root = os.path.abspath(path), os.path.abspath(root)
    folder, name = os.path.split(path)
    *entities, suffix = _stem(name).split("_")
    folders = [folder]
    while folders[-1] != root and not os.path.isfile(f"{folders[-1]}/dataset_description.json"):
        above = os.path.dirname(folders[-1])
        if above == folders[-1]:  # the image is outside the cohort
            folders = [folder]
            break
        folders.append(above)
    found = []
    for level in reversed(folders):
        try:
            names = [each for each in os.listdir(level) if each.endswith(f"{suffix}.json")]
        except OSError:  # the folder may be entered but not listed
            names = []
        split = {each: _stem(each).split("_") for each in names if not each.startswith(".")}
        holds = [n for n, (*own, last) in split.items() if last == suffix and {*own} <= {*entities}]
        found += [os.path.join(level, each) for each in sorted(holds, key=lambda n: len(split[n]))]
    return found


def describe(path, root, kind):
    """Read the protocol of a scan from its sidecars.

    Args:
        path: Path of the scan.
        root: Root of the cohort.
        kind: Type of its sequence, such as "mprage", or None if it is unknown.

    Returns:
        ScanProtocol, and findings about sidecars and values that cannot be used as they are.
    """
    content, findings = read(path, root)
    protocol = read_protocol(content, kind)
    return protocol, findings + _noted(path, protocol)


def check(path, root, contrast, sequences):
    """Compare the sequence parameters of a scan with the configured parameters.

    Args:
        path: Path of the scan.
        root: Root of the cohort.
        contrast: Name of the scan's contrast.
        sequences: Dict mapping contrast to its configured type and parameters.

    Returns:
        ScanProtocol of the scan, and findings.
    """
    content, findings = read(path, root)
    sequence = sequences[contrast]
    protocol = read_protocol(content, sequence["type"])
    found = protocol.known(PARAMETER_NAMES)
    differing = _differing(found, sequence)
    is_off = (differing or protocol.notes) and not _fits(content, sequence)
    others = [n for n, theirs in sequences.items() if n != contrast and _fits(content, theirs)]
    if is_off and others:
        words = _compared(differing, found, sequence) or protocol.notes[0].problem
        findings.append(
            fail(
                path,
                f"its sidecar fits {' or '.join(others)}, not {contrast} ({words}): are the "
                "contrasts swapped?",
                "provide the right scan for each contrast, or correct the patterns",
            )
        )
        return protocol, findings
    findings += _noted(path, protocol)
    needed = [name for name in ("TR_s", "TE_s", "TI_s") if name in sequence and name not in found]
    if needed and not findings:
        words = ", ".join(PARAMETER_NAMES[name] for name in needed)
        findings.append(
            warn(
                path,
                f"its sidecar gives no {words}, so it cannot be compared with the configured "
                "protocol",
                "add a JSON sidecar with RepetitionTime, EchoTime and InversionTime in seconds",
            )
        )
    if differing:
        findings.append(
            warn(
                path,
                f"differs from the configured protocol: {_compared(differing, found, sequence)}",
                "correct the configured sequence if the whole cohort has this protocol",
            )
        )
    return protocol, findings


def _noted(path, protocol):
    """Findings about values that cannot be used as they are, and about another kind of sequence."""
    findings = [warn(path, f"sidecar: {note.problem}", note.remedy) for note in protocol.notes]
    if protocol.is_contradicted:
        described, given = (KINDS[each] for each in (protocol.described_kind, protocol.kind))
        findings.append(
            warn(
                path,
                f"sidecar: describes the sequence {described}, but the scan is given as {given}",
                "provide the right scan for each contrast, or correct ScanningSequence",
            )
        )
    return findings


def _differing(found, sequence):
    """Names of parameters that differ from the configured values by more than the tolerance."""
    names = []
    for name, value in found.items():
        if name in sequence:
            off = abs(value - sequence[name])
            slack = TE_SLACK_S if name == "TE_s" else 0.0
            if off > max(TOLERANCE * sequence[name], slack):
                names.append(name)
    return names


def _fits(content, sequence):
    """Whether a sidecar contains all parameters of a sequence, each within the tolerance."""
    found = read_protocol(content, sequence["type"]).known(PARAMETER_NAMES)
    names = [name for name in PARAMETER_NAMES if name in sequence]
    same = len(names) > 1 and all(name in found for name in names)
    has_own_inversion = "TI_s" in sequence or "TI_s" not in found
    return same and has_own_inversion and not _differing(found, sequence)


def _compared(names, found, sequence):
    return ", ".join(
        f"{PARAMETER_NAMES[n]} {found[n]:g} instead of {sequence[n]:g} {PARAMETER_UNITS[n]}"
        for n in names
    )


def _stem(name):
    for extension in (".json", ".nii.gz", ".nii"):
        name = name.removesuffix(extension)
    return name
