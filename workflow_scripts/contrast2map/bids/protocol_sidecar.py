"""Read the protocol of a scan from the content of its sidecar: numbers, or unknown and why.

BIDS defines RepetitionTimePreparation (between inversions) and RepetitionTimeExcitation (between
excitations); dcm2niix copies DICOM's RepetitionTime. For an MPRAGE, Siemens stores the interval
between inversions there (about 2 s), GE and Philips the interval between excitations (about 7 ms):
github.com/rordenlab/dcm2niix, issues 439 and 680. Signal equations need the former, so a value that
can only be the latter is not used as TR.
"""

import json
import math
import re
from dataclasses import dataclass

from contrast2map.imaging.expected_contrast import OTHER
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.study.terms import MS_PER_S

KINDS = {
    "mprage": "MPRAGE",
    "spoiled_gradient_echo": "spoiled gradient echo",
    "flair": "FLAIR",
    "spin_echo": "spin echo",
    "fast_spin_echo": "fast spin echo",
}
PREPARED = ("mprage", "flair")  # TR is the interval between inversions
KEYS = {
    "TI_s": ("InversionTime",),
    "TE_s": ("EchoTime",),
    "echo_spacing_s": ("RepetitionTimeExcitation",),
    "flip_angle_deg": ("FlipAngle",),
    "echo_train_length": ("EchoTrainLength",),
    "field_strength_T": ("MagneticFieldStrength",),
}
# The first key that is present is used. RepetitionTimeInversion is a name of older dcm2niix.
PREPARED_TR_KEYS = ("RepetitionTimePreparation", "RepetitionTimeInversion", "RepetitionTime")
EXCITED_TR_KEYS = ("RepetitionTimeExcitation", "RepetitionTime", "RepetitionTimePreparation")
TR_KEYS = {
    "mprage": PREPARED_TR_KEYS,
    "flair": (*PREPARED_TR_KEYS, "RepetitionTimeExcitation"),  # one excitation per inversion
}
# ASSUME lowest and highest plausible value by kind of sequence, in seconds: wide ranges around the
# protocols of scanners. Spin echoes share those of fast spin echoes.
OF_SPIN_ECHO_S = {"TR_s": (0.1, 30.0), "TI_s": (0.05, 5.0), "TE_s": (0.003, 0.8)}
PLAUSIBLE_S = {
    "mprage": {"TR_s": (0.2, 10.0), "TI_s": (0.1, 4.0), "TE_s": (0.0003, 0.02)},
    "spoiled_gradient_echo": {"TR_s": (0.001, 3.0), "TI_s": (0.05, 5.0), "TE_s": (0.0003, 0.1)},
    "flair": {"TR_s": (1.0, 30.0), "TI_s": (0.4, 5.0), "TE_s": (0.003, 0.8)},
    "spin_echo": OF_SPIN_ECHO_S,
    "fast_spin_echo": OF_SPIN_ECHO_S,
    None: {"TR_s": (0.001, 30.0), "TI_s": (0.05, 5.0), "TE_s": (0.0003, 0.8)},
}
ECHO_SPACING_S = (0.0035, 0.2)  # ASSUME between the excitations of an MPRAGE
# ASSUME a T2-weighted FLAIR has a longer TI; with a shorter one, white matter is bright.
LEAST_FLAIR_TI_S = 1.4
FIELDS_T = (0.01, 12.0)
GAUSS_PER_T = 10_000.0
LONGEST_WORDS = 30
TIMES = ("TR_s", "TI_s", "TE_s", "echo_spacing_s")
# ASSUME a longer TE is the nominal one of a train with low refocusing angles (SPACE, CUBE, VISTA):
# its contrast is that of a TE of about a third, which sidecars do not give.
LARGEST_EQUIVALENT_TE_S = 0.2
# ASSUME weighting of a spin echo by TE and TR.
LEAST_T2W_TE_S, LARGEST_T1W_TR_S, LEAST_PDW_TR_S = 0.05, 1.2, 1.5
FIX_UNIT = "write it in seconds, as BIDS requires"
ADD_TR = "add RepetitionTimePreparation, the interval between inversions in seconds"


@dataclass(frozen=True)
class Note:
    """What is wrong with a value of a sidecar, and what the user can do."""

    parameter: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class ScanProtocol:
    """Protocol of a scan; None where the sidecar gives no value, or none that can be used.

    Attributes:
        kind: Key of `KINDS`: as given, otherwise as the sidecar describes the sequence.
        described_kind: Kind that the sidecar describes, or None.
        manufacturer: "Siemens", "GE", "Philips" or as in the sidecar.
        TR_s: Interval between inversions (MPRAGE, FLAIR) or between excitations (others).
        TI_s: Inversion time.
        TE_s: Echo time; effective for an echo train.
        echo_spacing_s: Interval between the excitations of an MPRAGE.
        flip_angle_deg: Flip angle.
        echo_train_length: Number of echoes per excitation; of an MPRAGE, excitations per inversion.
        field_strength_T: Field strength.
        notes: A Note for each value that was converted or is not used.
    """

    kind: str | None = None
    described_kind: str | None = None
    manufacturer: str | None = None
    TR_s: float | None = None
    TI_s: float | None = None
    TE_s: float | None = None
    echo_spacing_s: float | None = None
    flip_angle_deg: float | None = None
    echo_train_length: float | None = None
    field_strength_T: float | None = None
    notes: tuple = ()

    def known(self, names):
        """Those of the named values that are known, as a dict."""
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def is_contradicted(self):
        """Whether the sidecar describes another kind of sequence than the given one."""
        echoes = {"fast_spin_echo": "spin_echo"}  # a sidecar need not say that there is a train
        here, there = (echoes.get(each, each) for each in (self.kind, self.described_kind))
        return there is not None and here != there


def read_protocol(content, kind=None):
    """Read the protocol of a scan from the content of its sidecars.

    Args:
        content: Merged content of the sidecars, a dict.
        kind: Key of `KINDS` under which the scan was given; None, or "other", to use what the
            sidecar describes.

    Returns:
        ScanProtocol.
    """
    described = described_kind(content)
    kind = described if kind in (None, OTHER) else kind
    notes, found = [], {}
    keys = {"TR_s": TR_KEYS.get(kind, EXCITED_TR_KEYS)} | KEYS
    if kind == "mprage":
        keys["echo_train_length"] = ("NumberShots",)  # vendors write 1 as its EchoTrainLength
        content = content | _summed(content)
    else:
        del keys["echo_spacing_s"]
    for name, choices in keys.items():
        key = next((each for each in choices if content.get(each) is not None), None)
        if key is None:
            continue
        if _is_number(content[key]):
            found[name] = (key, float(content[key]))
        else:
            notes.append(
                Note(name, f"{key} is {_short(content[key])}, not a number", "set it to a number")
            )
    if kind not in PREPARED and found.get("TI_s", (None, 1))[1] == 0:
        del found["TI_s"]  # some converters write 0 where there is no inversion
    values = _times(found, kind, _manufacturer(content), notes)
    values |= _others(found, notes)
    _check_order(values, kind, notes)
    return ScanProtocol(kind, described, _manufacturer(content), **values, notes=tuple(notes))


def described_kind(content):
    """Kind of sequence (a key of `KINDS`) that a sidecar describes, or None."""
    words = {
        word
        for key in ("ScanningSequence", "SequenceVariant", "ScanOptions", "PulseSequenceType")
        for word in re.split(r"[^A-Z0-9]+", str(content.get(key, "")).upper())
    }
    TI = content.get("InversionTime")
    TI_s = TI / (MS_PER_S if _is_number(TI) and TI > 20 else 1) if _is_number(TI) else 0
    if "EP" in words or "EPI" in words:
        return None
    if "MPRAGE" in words:
        return "mprage"
    if "GR" in words:
        return "mprage" if words & {"IR", "MP"} or TI_s > 0 else "spoiled_gradient_echo"
    if "IR" in words or TI_s > 0:
        return "flair" if words & {"SE", "IR"} and TI_s >= LEAST_FLAIR_TI_S else None
    if "SE" in words:
        train = content.get("EchoTrainLength")
        return "fast_spin_echo" if _is_number(train) and train > 1 else "spin_echo"
    return None


def slot_of(protocol):
    """Slot of a scan among `SLOTS`, or None if its protocol does not tell."""
    if protocol.kind in SLOTS:
        return protocol.kind
    if protocol.kind not in ("spin_echo", "fast_spin_echo") or protocol.TE_s is None:
        return None
    if protocol.TE_s >= LEAST_T2W_TE_S:
        return "t2w_spin_echo"
    if protocol.TR_s is None or LARGEST_T1W_TR_S < protocol.TR_s < LEAST_PDW_TR_S:
        return None
    return "t1w_spin_echo" if protocol.TR_s <= LARGEST_T1W_TR_S else "pdw_spin_echo"


def numbers_of(protocol):
    """The numbers of `PROTOCOL_FIELDS` as a dict; NaN where unknown.

    Differs from the attributes in TE_s: NaN if it cannot be the contrast-equivalent echo time.
    """
    known = protocol.known(PROTOCOL_FIELDS)
    if known.get("TE_s", 0) > LARGEST_EQUIVALENT_TE_S:
        del known["TE_s"]
    return {name: known.get(name, math.nan) for name in PROTOCOL_FIELDS}


def _summed(content):
    """Excitations before and after the centre of k-space as one number, as for an MP2RAGE."""
    shots = content.get("NumberShots")
    is_pair = isinstance(shots, list) and len(shots) == 2 and all(map(_is_number, shots))
    return {"NumberShots": sum(shots)} if is_pair else {}


def _times(found, kind, manufacturer, notes):
    """Times in seconds; None where the unit or the meaning is uncertain."""
    units = {name: _units(name, found[name][1], kind) for name in TIMES if name in found}
    some_in_ms = {"ms"} in units.values()
    values = {}
    for name, possible in units.items():
        key, value = found[name]
        # A RepetitionTime of 7.1 may be 7.1 s between inversions, or 7.1 ms between excitations.
        is_ambiguous = kind == "mprage" and key == "RepetitionTime" and manufacturer != "Siemens"
        if not possible:
            problem = f"{key} is {value:g} s, implausible for {_a(kind)}"
            notes.append(Note(name, problem, "correct it, or remove it if it is unknown"))
        elif len(possible) == 2 and (some_in_ms or is_ambiguous):
            problem = f"{key} is {value:g}, which may be in seconds or in milliseconds; not used"
            notes.append(Note(name, problem, FIX_UNIT))
        elif "s" in possible:
            values[name] = value
        else:
            values[name] = value / MS_PER_S
            problem = f"{key} is {value:g}, apparently in milliseconds; read as {values[name]:g} s"
            notes.append(Note(name, problem, FIX_UNIT))
    if kind == "mprage" and "TR_s" in values and values["TR_s"] < PLAUSIBLE_S["mprage"]["TR_s"][0]:
        key = found["TR_s"][0]
        spacing_s = values.pop("TR_s")
        problem = (
            f"{key} is {spacing_s:g} s, the interval between excitations, as GE and Philips store "
            "it; TR, the interval between inversions, is unknown"
        )
        notes.append(Note("TR_s", problem, ADD_TR))
        values.setdefault("echo_spacing_s", spacing_s)
    return values


def _units(name, value, kind):
    """Units in which a time is plausible, a subset of {"s", "ms"}."""
    ranges = [ECHO_SPACING_S if name == "echo_spacing_s" else PLAUSIBLE_S[kind][name]]
    if kind == "mprage" and name == "TR_s":
        ranges.append(ECHO_SPACING_S)  # `_times` tells the two intervals apart
    in_s, in_ms = (
        any(low <= each <= high for low, high in ranges) for each in (value, value / MS_PER_S)
    )
    return {unit for unit, is_plausible in (("s", in_s), ("ms", in_ms)) if is_plausible}


def _others(found, notes):
    """Flip angle, echo train and field strength."""
    values = {}
    for name in ("flip_angle_deg", "echo_train_length", "field_strength_T"):
        if name not in found:
            continue
        key, value = found[name]
        if name == "flip_angle_deg" and not 1 <= value <= 180:
            word = ", apparently in radians" if 0 < value < 1 else ""
            notes.append(Note(name, f"{key} is {value:g}{word}", "convert it to degrees up to 180"))
        elif name == "echo_train_length" and not (value >= 1 and value == int(value)):
            notes.append(Note(name, f"{key} is {value:g}, not a number of echoes", "correct it"))
        elif name == "field_strength_T" and not FIELDS_T[0] <= value <= FIELDS_T[1]:
            problem = f"{key} is {value:g} T, implausible"
            if value >= 1000 and value / GAUSS_PER_T <= FIELDS_T[1]:
                values[name] = value / GAUSS_PER_T
                problem = f"{key} is {value:g}, apparently in gauss; read as {values[name]:g} T"
            notes.append(Note(name, problem, "write it in tesla"))
        else:
            values[name] = value
    return values


def _check_order(values, kind, notes):
    """Remove TR and TI if TR does not exceed TI: either may be wrong."""
    if kind not in PREPARED or not {"TR_s", "TI_s"} <= set(values):
        return
    if values["TR_s"] > values["TI_s"]:
        return
    problem = (
        f"TR ({values['TR_s']:g} s) does not exceed TI ({values['TI_s']:g} s); neither is used"
    )
    notes.append(Note("TR_s", problem, "correct them; TR is the interval between inversions"))
    del values["TR_s"], values["TI_s"]


def _manufacturer(content):
    name = content.get("Manufacturer")
    if not isinstance(name, str) or not name.strip():
        return None
    first = re.split(r"[\s_]+", name.strip())[0]
    return {"SIEMENS": "Siemens", "GE": "GE", "PHILIPS": "Philips"}.get(first.upper(), name.strip())


def _a(kind):
    name = KINDS.get(kind, "MR scan")
    return f"an {name}" if kind in (None, "mprage") else f"a {name}"


def _is_number(value):
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and abs(value) < 1e12 and math.isfinite(value)


def _short(value):
    text = json.dumps(value)
    return text if len(text) < LONGEST_WORDS else f"{text[: LONGEST_WORDS - 3]}..."
