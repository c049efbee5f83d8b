"""Whether the contrast of a scan can come from the protocol that its sidecar tells.

The network hardly relies on the numbers of a protocol, so its maps do not show that one is wrong.
The signal equations do: from the T1 and T2 that were found, the told numbers and random values of
all that is not told (as the teacher draws them: inversion efficiency, magnetisation transfer,
transmit field, unknown numbers), they give a range of ratios between the tissues' signals.
"""

from functools import cache

import numpy as np
from scipy import ndimage

from contrast2map.imaging.masks import TISSUE_LABELS
from contrast2map.imaging.protocol import SLOTS
from contrast2map.imaging.signal_equations import parameter_names
from contrast2map.teacher import protocols
from contrast2map.teacher.scans import Matter, draw_strength, scan_signal
from contrast2map.teacher.settings import TeacherSettings
from contrast2map.teacher.tissues import TISSUES, WATER_SD, draw_person, water_of

TIMES = ("TR_s", "TI_s", "TE_s")
RATIOS = ("csf", "gm")  # over white matter
# Places of the tissues among the teacher's.
PLACES = {"csf": "ventricles", "gm": "cortex", "wm": "wm"}
PLACE_NUMBERS = np.array([TISSUES.index(place) for place in PLACES.values()])
N_DRAWS, N_PERSONS = 400, 100
LEAST_DRAWS = 100  # whose timings fit in TR
QUANTILES = (0.005, 0.995)
TIMES_SD = {"T1": 0.08, "T2": 0.15}  # ASSUME error of the logarithm of a tissue's median
TRANSMIT = (0.75, 1.25)
# Room for noise, partial volume and the receive field; chosen such that at most 3 % of the scans of
# a kind that have a right protocol are beyond the limits (docs/any_protocol.md).
RELATIVE_MARGIN, MARGIN = 0.1, 0.05
LEAST_VOXELS = 30
IN_PLANE = ndimage.generate_binary_structure(2, 1)[None]


def measured(image, tissue, counted):
    """Ratios of the tissues' medians to that of white matter.

    Args:
        image: A scan, shape (slice, height, width).
        tissue: Labels of `imaging.masks`, same shape.
        counted: True in voxels to be used, same shape.

    Returns:
        Dict mapping those of RATIOS that have enough voxels to numbers. CSF and white matter are
        eroded in the slice; the cortex is too thin for that.
    """
    medians = {}
    for name, label in TISSUE_LABELS.items():
        inside = tissue == label
        if name != "gm":
            inside = ndimage.binary_erosion(inside, IN_PLANE)
        values = image[inside & counted]
        if values.size >= LEAST_VOXELS:
            medians[name] = float(np.median(values))
    if not medians.get("wm"):
        return {}
    return {name: medians[name] / medians["wm"] for name in RATIOS if name in medians}


def possible(slot, numbers, times_s, seed=0):
    """Range of each ratio that a protocol can give.

    Args:
        slot: Kind of scan among `imaging.protocol.SLOTS`.
        numbers: Dict of the told numbers by PROTOCOL_FIELDS; NaN or missing where unknown.
        times_s: Dict mapping "gm" and "wm" to (T1, T2) in seconds.
        seed: Seed of the draws.

    Returns:
        Dict mapping each of RATIOS to (lowest, highest); empty if the protocol tells no time or
        contradicts itself.
    """
    told = {name: value for name, value in numbers.items() if np.isfinite(value)}
    if not any(name in told for name in TIMES):
        return {}
    rng = np.random.default_rng((seed, SLOTS.index(slot)))
    drawn = [_ratios(rng, slot, told, times_s) for _ in range(N_DRAWS)]
    drawn = np.array([each for each in drawn if each is not None])
    if len(drawn) < LEAST_DRAWS:
        return {}
    low, high = np.quantile(drawn, QUANTILES, axis=0)
    return {
        name: (
            max(0.0, float(low[number] * (1 - RELATIVE_MARGIN) - MARGIN)),
            float(high[number] * (1 + RELATIVE_MARGIN) + MARGIN),
        )
        for number, name in enumerate(RATIOS)
    }


def beyond(ratios, limits):
    """Those of the measured ratios that are beyond their limits, in the order of RATIOS."""
    return [
        name
        for name, value in ratios.items()
        if name in limits and not limits[name][0] <= value <= limits[name][1]
    ]


def _ratios(rng, slot, told, times_s):
    """Ratios for one draw of all that is not told; None if the timings do not fit in TR."""
    equation, parameters, _ = protocols.draw(rng, slot)
    parameters = _as_told(rng, equation, parameters, told)
    field_T = told.get("field_strength_T") or float(rng.choice(protocols.FIELDS_T))
    persons = _persons(field_T)
    person = persons[rng.integers(len(persons))]
    values = np.stack([each[PLACE_NUMBERS] for each in (person.T1_s, person.T2_s, person.PD)])
    errors = rng.standard_normal((3, len(PLACES)))
    for number, name in enumerate(PLACES):
        if name not in times_s:
            continue
        T1_s, T2_s = times_s[name]
        values[0, number] = T1_s * np.exp(TIMES_SD["T1"] * errors[0, number])
        values[1, number] = T2_s * np.exp(TIMES_SD["T2"] * errors[1, number])
        PD = water_of(values[0, number], field_T)
        values[2, number] = PD * np.exp(WATER_SD * errors[2, number])
    transmit = np.full(len(PLACES), rng.uniform(*TRANSMIT), np.float32)
    matter = Matter(PLACE_NUMBERS, *values, transmit)
    try:
        signals = scan_signal(matter, equation, parameters, person, draw_strength(rng, equation))
    except ValueError:  # the told timings do not fit with the drawn ones
        return None
    signals = dict(zip(PLACES, np.abs(signals), strict=True))
    if not signals["wm"]:
        return None
    return [float(signals[name] / signals["wm"]) for name in RATIOS]


@cache
def _persons(field_T):
    """Lifelike persons: their CSF, magnetisation transfer and dephasing."""
    rng = np.random.default_rng(0)
    settings = TeacherSettings(share_lifelike=1.0)
    return [draw_person(rng, field_T, settings) for _ in range(N_PERSONS)]


def _as_told(rng, equation, parameters, told):
    """Drawn parameters of an equation with those that are told."""
    wanted = parameter_names(equation)
    parameters = dict(parameters) | {name: told[name] for name in told if name in wanted}
    if "TE_s" in told and "equivalent_TE_s" in wanted:
        error = protocols.EQUIVALENT_TE_SD * rng.standard_normal()
        parameters["equivalent_TE_s"] = told["TE_s"] * np.exp(error)
    if equation == "mprage":
        if "echo_train_length" in told:
            parameters["n_excitations"] = int(told["echo_train_length"])
        timings = (parameters[name] for name in ("TR_s", "TI_s", "echo_spacing_s"))
        n_fitting = protocols.n_fitting_excitations(*timings)
        parameters["n_excitations"] = max(1, min(parameters["n_excitations"], n_fitting))
    if "echo_train_duration_s" in wanted:
        room_s = max(0.0, parameters["TR_s"] - parameters.get("TI_s", 0))
        longest_s = min(protocols.MOST_OF_TR * parameters["TR_s"], room_s)
        parameters["echo_train_duration_s"] = min(parameters["echo_train_duration_s"], longest_s)
    return parameters
