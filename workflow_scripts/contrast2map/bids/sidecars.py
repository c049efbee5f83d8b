"""Read sequence parameters from JSON sidecars, by BIDS' inheritance principle, and check them."""

import json
import math
import os
from pathlib import Path

from contrast2map.study.findings import fail, warn
from contrast2map.study.terms import MS_PER_S, PARAMETER_NAMES, PARAMETER_UNITS

LARGEST_N_BYTES = 10_000_000  # a sidecar has a few thousand bytes
# BIDS keys of each parameter; the first that is present is used.
KEYS = {
    "TE_s": ("EchoTime",),
    "TI_s": ("InversionTime",),
    "flip_angle_deg": ("FlipAngle",),
}
# dcm2niix always writes TR as RepetitionTime; BIDS distinguishes its two meanings.
PREPARED_TR_KEYS = ("RepetitionTimePreparation", "RepetitionTime")
EXCITED_TR_KEYS = ("RepetitionTimeExcitation", "RepetitionTime", "RepetitionTimePreparation")

# For any sequence, a larger value must be in milliseconds, or is no valid flip angle.
LARGEST = {"TR_s": 60.0, "TE_s": 1.0, "TI_s": 15.0, "flip_angle_deg": 180.0}
# ASSUME shortest interval between the inversions of a prepared gradient echo (MPRAGE); a shorter
# RepetitionTime is the interval between excitations, as GE and Philips store it.
LEAST_PREPARED_TR_S = 0.2
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


def parameters(content, sequence):
    """Extract the sequence parameters from a sidecar's content, in seconds and degrees.

    Args:
        content: Merged content of the sidecars.
        sequence: Configured parameters; with TI_s, TR is the interval between inversions.

    Returns:
        Dict with TR_s, TE_s, TI_s and flip_angle_deg, omitting missing and implausible values; and
        a list of pairs of problem and remedy.
    """
    prepared = "TI_s" in sequence
    keys = {"TR_s": PREPARED_TR_KEYS if prepared else EXCITED_TR_KEYS} | KEYS
    found, problems = {}, []
    for name, choices in keys.items():
        key = next((each for each in choices if content.get(each) is not None), None)
        if key is None:
            continue
        value = content[key]
        if not _is_number(value):
            problems.append((f"{key} is {_short(value)}, not a number", "set it to a number"))
            continue
        expected = sequence.get(name, math.nan)
        in_ms = name != "flip_angle_deg" and abs(value / MS_PER_S / expected - 1) < TOLERANCE
        if in_ms or value > LARGEST[name] or value < 0:
            unit = "degrees up to 180" if name == "flip_angle_deg" else "seconds, as BIDS requires"
            word = "" if name == "flip_angle_deg" else ", apparently in milliseconds"
            problems.append(
                (f"{key} is {value:g}{word if value > 0 else ''}", f"convert it to {unit}")
            )
        elif (
            name == "TR_s" and prepared and key == "RepetitionTime" and value < LEAST_PREPARED_TR_S
        ):
            problems.append(
                (
                    f"RepetitionTime is {value:g} s, the interval between excitations",
                    "add RepetitionTimePreparation, the interval between inversions",
                )
            )
        else:
            found[name] = float(value)
    return found, problems


def check(path, root, contrast, sequences):
    """Compare the sequence parameters of a scan with the configured parameters.

    Args:
        path: Path of the scan.
        root: Root of the cohort.
        contrast: Name of the scan's contrast.
        sequences: Dict mapping contrast to its configured parameters.

    Returns:
        Dict of the scan's parameters, and findings.
    """
    content, findings = read(path, root)
    sequence = sequences[contrast]
    found, problems = parameters(content, sequence)
    findings += [warn(path, f"sidecar: {problem}", remedy) for problem, remedy in problems]
    spoiled = len(findings)
    needed = [name for name in ("TR_s", "TE_s", "TI_s") if name in sequence and name not in found]
    if needed and not spoiled:
        words = ", ".join(PARAMETER_NAMES[name] for name in needed)
        findings.append(
            warn(
                path,
                f"its sidecar gives no {words}, so it cannot be compared with the configured "
                "protocol",
                "add a JSON sidecar with RepetitionTime, EchoTime and InversionTime in seconds",
            )
        )
    differing = _differing(found, sequence)
    others = [
        other
        for other, theirs in sequences.items()
        if other != contrast and differing and _fits(content, theirs)
    ]
    if others:
        findings.append(
            fail(
                path,
                f"its sidecar fits {' or '.join(others)}, not {contrast} "
                f"({_compared(differing, found, sequence)}): are the contrasts swapped?",
                "provide the right scan for each contrast, or correct the patterns",
            )
        )
    elif differing:
        findings.append(
            warn(
                path,
                f"differs from the configured protocol: {_compared(differing, found, sequence)}",
                "correct the configured sequence if the whole cohort has this protocol",
            )
        )
    return found, findings


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
    found, _ = parameters(content, sequence)
    names = [name for name in PARAMETER_NAMES if name in sequence]
    same = len(names) > 1 and all(name in found for name in names)
    has_own_inversion = "TI_s" in sequence or "TI_s" not in found
    return same and has_own_inversion and not _differing(found, sequence)


def _compared(names, found, sequence):
    return ", ".join(
        f"{PARAMETER_NAMES[n]} {found[n]:g} instead of {sequence[n]:g} {PARAMETER_UNITS[n]}"
        for n in names
    )


def _is_number(value):
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and abs(value) < 1e12 and math.isfinite(value)


def _short(value):
    text = json.dumps(value)
    return text if len(text) < 30 else f"{text[:27]}..."


def _stem(name):
    for extension in (".json", ".nii.gz", ".nii"):
        name = name.removesuffix(extension)
    return name
