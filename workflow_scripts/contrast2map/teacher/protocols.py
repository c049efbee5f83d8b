"""Random protocols over what scanners do, with vendors' habits, and beyond.

The parameters are those of the signal equations (`imaging/signal_equations.py`), and their timings
fit in TR. `told` gives the numbers as a sidecar would, some of them unknown.
"""

import math

import numpy as np

from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS

FIELDS_T = (1.5, 3.0)
CSF_T1_S = 4.3  # Lin et al., JMRI 13:425 (2001)
SHARE_AT_HABITS = 0.3  # share of protocols near those of vendors and studies
# Trains of 3-D fast spin echoes with variable flip angles are long; those of 2-D ones are short.
SHARE_3D = 0.5
# Sidecars of GE and Philips often lack the interval between inversions (bids/protocol_sidecar.py).
SHARE_OTHER_TR = 0.2
SHARE_OTHER_TI = 0.25  # inversion recovery whose TI does not null CSF
SHARE_SHORT_TE = 0.15  # T1-weighted FLAIR, and inversion recovery as in T1 mapping
LONGEST_TE_OF_T1_S = 0.06
MOST_OF_TR = 0.2  # that the echo train of an inversion recovery fills
EQUIVALENT_TE_SD = 0.05  # relative error of a told contrast-equivalent echo time of a train


def draw(rng, slot):
    """Draw the equation and the parameters of a scan.

    Returns:
        Name of the signal equation, its parameters, and the numbers that a sidecar has (a dict by
        PROTOCOL_FIELDS, without the field strength).
    """
    return DRAWS[slot](rng)


def told(rng, numbers, field_strength_T, settings):
    """Numbers of a scan's protocol in the order of PROTOCOL_FIELDS, NaN where unknown."""
    values = np.full(len(PROTOCOL_FIELDS), np.nan, np.float32)
    if rng.random() < settings.share_all_unknown:
        return values
    known = numbers | {"field_strength_T": field_strength_T}
    for index, name in enumerate(PROTOCOL_FIELDS):
        if name in known and rng.random() >= settings.share_unknown:
            values[index] = known[name]
    return values


def ranges(names, n_draws=20_000, seed=0):
    """Lowest and highest value of the named parameters in random draws, to three digits.

    Args:
        names: Names among PROTOCOL_FIELDS.
        n_draws: Protocols drawn for each slot.
        seed: Seed of the draws.

    Returns:
        Dict mapping slot to a dict that maps parameter to (lowest, highest); without those that a
        kind of scan does not have.
    """
    rng = np.random.default_rng(seed)
    found = {}
    for slot in SLOTS:
        drawn = [draw(rng, slot)[2] for _ in range(n_draws)]
        values = {name: [each[name] for each in drawn if name in each] for name in names}
        found[slot] = {
            name: (float(f"{min(of):.3g}"), float(f"{max(of):.3g}"))
            for name, of in values.items()
            if of
        }
    return found


def _log(rng, low, high):
    """Log-uniform, with a share of weight on the outer tenths: networks are biased at the edges."""
    position = rng.random()
    if rng.random() < 0.2:
        position = 0.9 * int(rng.integers(2)) + 0.1 * position
    return low * (high / low) ** position


def _even(rng, low, high):
    position = rng.random()
    if rng.random() < 0.2:
        position = 0.9 * int(rng.integers(2)) + 0.1 * position
    return low + (high - low) * position


def _near(rng, value, sd=0.06):
    return value * math.exp(sd * rng.standard_normal())


# TR, TI, flip angle, echo spacing, excitations. ADNI-like and vendor defaults: Siemens' TR is the
# interval between inversions; GE's IR-SPGR and Philips' TFE wait less.
MPRAGE_HABITS = (
    (2.3, 0.9, 9, 0.0071, 176),
    (1.9, 0.9, 9, 0.0071, 160),
    (2.3, 1.1, 9, 0.0070, 192),
    (2.0, 0.9, 8, 0.0068, 176),
    (2.4, 1.0, 8, 0.0076, 160),
    (2.53, 1.1, 7, 0.0076, 176),
    (2.1, 0.45, 12, 0.0073, 180),
    (2.0, 0.85, 8, 0.0081, 150),
    (1.2, 0.6, 15, 0.0090, 96),
)


def n_fitting_excitations(TR_s, TI_s, spacing_s):
    """As many excitations of an MPRAGE as fit before and after the centre of k-space."""
    return int(2 * min(TI_s, TR_s - TI_s) / spacing_s) - 2


def _mprage(rng):
    if rng.random() < SHARE_AT_HABITS:
        TR_s, TI_s, flip, spacing_s, n = MPRAGE_HABITS[rng.integers(len(MPRAGE_HABITS))]
        TR_s, TI_s, flip = _near(rng, TR_s, 0.04), _near(rng, TI_s, 0.04), _near(rng, flip)
    else:
        TR_s, TI_s = _log(rng, 1.2, 3.6), _log(rng, 0.45, 1.4)
        flip, spacing_s = _even(rng, 4, 16), _log(rng, 0.005, 0.012)
        n = int(rng.integers(64, 257))
    TI_s = min(TI_s, 0.75 * TR_s)
    n = max(16, min(n, n_fitting_excitations(TR_s, TI_s, spacing_s)))
    TE_s = min(_log(rng, 0.0015, 0.005), 0.6 * spacing_s)
    parameters = {
        "TR_s": TR_s,
        "TI_s": TI_s,
        "TE_s": TE_s,
        "flip_angle_deg": flip,
        "echo_spacing_s": spacing_s,
        "n_excitations": n,
        "inversion_efficiency": rng.uniform(0.88, 1.0),
    }
    numbers = {name: parameters[name] for name in ("TR_s", "TI_s", "TE_s", "flip_angle_deg")}
    if rng.random() < SHARE_OTHER_TR:
        del numbers["TR_s"]
    if rng.random() < 0.5:
        numbers["echo_spacing_s"] = spacing_s
    if rng.random() < 0.5:
        numbers["echo_train_length"] = n
    return "mprage", parameters, numbers


# TR, TE, flip angle: the paper's 3 ms; fast 3-D; spoiled 3-D T1w; 2-D T1w; PD-weighted and
# multi-parameter-mapping scans.
GRE_HABITS = (
    (0.003, 0.0013, 18),
    (0.0035, 0.0014, 12),
    (0.0075, 0.003, 12),
    (0.010, 0.0045, 15),
    (0.0187, 0.0022, 20),
    (0.0237, 0.0022, 6),
    (0.025, 0.004, 30),
    (0.025, 0.0022, 21),
    (0.022, 0.0092, 30),
    (0.055, 0.006, 50),
)


def _gre(rng):
    if rng.random() < SHARE_AT_HABITS:
        TR_s, TE_s, flip = GRE_HABITS[rng.integers(len(GRE_HABITS))]
        TR_s, TE_s, flip = _near(rng, TR_s), _near(rng, TE_s), _near(rng, flip)
    elif rng.random() < 0.15:  # 2-D multislice
        TR_s, TE_s, flip = _log(rng, 0.1, 0.7), _log(rng, 0.002, 0.015), _even(rng, 15, 90)
    else:
        TR_s = _log(rng, 0.0022, 0.065)
        TE_s, flip = TR_s * rng.uniform(0.2, 0.6), _log(rng, 2.5, 65)
    TE_s = min(TE_s, 0.02, 0.8 * TR_s)
    parameters = {"TR_s": TR_s, "TE_s": TE_s, "flip_angle_deg": flip}
    return "spoiled_gradient_echo", parameters, dict(parameters)


def nulling_TI_s(TR_s, train_s, T1_s, efficiency=1.0):
    """Inversion time that nulls a tissue in `signal_equations.flair`."""
    # 1 - E_TI (1 + e) + e exp(-(TR - train) / T1) = 0
    return T1_s * math.log((1 + efficiency) / (1 + efficiency * math.exp(-(TR_s - train_s) / T1_s)))


def _train(rng, TE_low, TE_high):
    """Contrast-equivalent echo time, duration, echo spacing and number of echoes of a train."""
    TE_s = _log(rng, TE_low, TE_high)
    if rng.random() < SHARE_3D:
        spacing_s = _log(rng, 0.0028, 0.006)
        n = int(rng.integers(60, 281))
        duration_s = spacing_s * n * rng.uniform(0.25, 0.9)  # magnetisation recovers meanwhile
    else:
        spacing_s = _log(rng, 0.007, 0.016)
        n = int(rng.integers(3, 33))
        n = max(n, math.ceil(TE_s / spacing_s))
        duration_s = spacing_s * n
    return TE_s, max(duration_s, TE_s), spacing_s, n


def _numbers_of_train(rng, parameters, TE_s, spacing_s, n):
    numbers = {name: parameters[name] for name in ("TR_s", "TI_s") if name in parameters}
    numbers["TE_s"] = _near(rng, TE_s, EQUIVALENT_TE_SD)
    numbers["echo_train_length"] = n
    if rng.random() < 0.5:  # converters rarely write the spacing of a train
        numbers["echo_spacing_s"] = spacing_s
    return numbers


def _flair(rng):
    if rng.random() < SHARE_SHORT_TE:
        return _t1w_flair(rng)
    TE_s, duration_s, spacing_s, n = _train(rng, LONGEST_TE_OF_T1_S, 0.19)
    if rng.random() < SHARE_AT_HABITS:
        TR_s = _near(rng, (4.8, 5.0, 6.0, 8.0, 9.0, 9.0, 10.0, 11.0)[rng.integers(8)], 0.03)
        if TR_s < 5.3:
            TE_s = _near(rng, 0.11, 0.12)
    else:
        TR_s = _log(rng, 3.6, 16.0)
    duration_s = min(duration_s, MOST_OF_TR * TR_s)
    efficiency = rng.uniform(0.9, 1.0)
    share = rng.uniform(0.83, 1.17)
    if rng.random() < SHARE_OTHER_TI:
        share = _log(rng, 0.45, 1.4)
    TI_s = share * nulling_TI_s(TR_s, duration_s, CSF_T1_S)
    TI_s = min(TI_s, 0.9 * (TR_s - duration_s))
    return _inversion_recovery(rng, (TE_s, duration_s, spacing_s, n), TR_s, TI_s, efficiency)


def _t1w_flair(rng):
    train = _train(rng, 0.005, LONGEST_TE_OF_T1_S)
    if rng.random() < 0.5:  # CSF is dark at a short TR, too
        TR_s = _log(rng, 1.7, 3.6)
        TI_s = rng.uniform(0.25, 0.48) * TR_s
    else:
        TR_s = _log(rng, 3.6, 16.0)
        TI_s = _log(rng, 0.3, 0.7 * TR_s)
    return _inversion_recovery(rng, train, TR_s, TI_s, efficiency=rng.uniform(0.9, 1.0))


def _inversion_recovery(rng, train, TR_s, TI_s, efficiency):
    """Equation, parameters and numbers with an echo train of `_train`."""
    TE_s, duration_s, spacing_s, n = train
    parameters = {
        "TR_s": TR_s,
        "TI_s": TI_s,
        "equivalent_TE_s": TE_s,
        "echo_train_duration_s": min(duration_s, MOST_OF_TR * TR_s),
        "inversion_efficiency": efficiency,
    }
    return "flair", parameters, _numbers_of_train(rng, parameters, TE_s, spacing_s, n)


def _spin_echo(rng, TR_low, TR_high, TE_low, TE_high):
    TR_s, TE_s = _log(rng, TR_low, TR_high), _log(rng, TE_low, TE_high)
    parameters = {"TR_s": TR_s, "TE_s": TE_s}
    return "spin_echo", parameters, parameters | {"echo_train_length": 1}


def _fast_spin_echo(rng, TR_low, TR_high, TE_low, TE_high):
    TR_s = _log(rng, TR_low, TR_high)
    TE_s, duration_s, spacing_s, n = _train(rng, TE_low, TE_high)
    parameters = {
        "TR_s": TR_s,
        "equivalent_TE_s": TE_s,
        "echo_train_duration_s": min(duration_s, 0.5 * TR_s),
    }
    return "fast_spin_echo", parameters, _numbers_of_train(rng, parameters, TE_s, spacing_s, n)


def _t1w(rng):
    draw_one = _spin_echo if rng.random() < 0.7 else _fast_spin_echo
    return draw_one(rng, 0.3, 1.1, 0.006, 0.025)


def _t2w(rng):
    draw_one = _spin_echo if rng.random() < 0.2 else _fast_spin_echo
    return draw_one(rng, 1.9, 10.0, 0.05, 0.16)


def _pdw(rng):
    draw_one = _spin_echo if rng.random() < 0.35 else _fast_spin_echo
    return draw_one(rng, 1.5, 7.0, 0.007, 0.045)


DRAWS = dict(zip(SLOTS, (_mprage, _gre, _flair, _t1w, _t2w, _pdw), strict=True))
