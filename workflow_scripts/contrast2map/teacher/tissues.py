"""Tissues that the teacher distinguishes, and random relaxation times of a person.

A wide draw takes T1, T2 and proton density (PD) of each tissue independently from wide ranges, or
PD from T1 (`water_of`). A lifelike draw takes them around the values of the literature at 1.5 or
3 T, with deviations that a person's tissues share.
"""

from dataclasses import dataclass

import numpy as np

# Labels of SynthSeg's maps (Billot et al., Med. Image Anal. 86:102789, 2023; FreeSurfer's numbers).
LABELS = {
    "air": (0,),
    "wm": (2, 41, 85),
    "cortex": (3, 42),
    "ventricles": (4, 43, 5, 44, 14, 15, 72),
    "csf": (24,),
    "cerebellum_wm": (7, 46),
    "cerebellum_cortex": (8, 47),
    "thalamus": (10, 49),
    "caudate": (11, 50, 26, 58),
    "putamen": (12, 51),
    "pallidum": (13, 52),
    "hippocampus": (17, 53),
    "amygdala": (18, 54),
    "brainstem": (16, 28, 60),
    "lesion": (25, 57, 77),
    "choroid": (30, 62, 136, 137, 163, 164),  # ASSUME by position: at the walls of the ventricles
    "outer_502": (502,),
    "outer_506": (506,),
    "outer_507": (507,),
    "outer_508": (508,),
    "outer_509": (509,),
    "outer_511": (511,),
    "outer_512": (512,),
    "outer_514": (514,),
    "outer_515": (515,),
    "outer_516": (516,),
    "outer_530": (530,),
}
TISSUES = tuple(LABELS)
N_SPOTS = 12  # additional numbers after the tissues: lesions and blobs of a patch
N_NUMBERS = len(TISSUES) + N_SPOTS
FIRST_OUTER = TISSUES.index("outer_502")
BRAIN = np.zeros(N_NUMBERS, bool)
BRAIN[1:FIRST_OUTER] = True
BRAIN[len(TISSUES) :] = True
FLUID = np.isin(np.arange(N_NUMBERS), [TISSUES.index("ventricles"), TISSUES.index("csf")])
WHITE = np.isin(np.arange(N_NUMBERS), [TISSUES.index("wm"), TISSUES.index("cerebellum_wm")])

# Centres of lifelike draws: T1 at 1.5 and 3 T, T2 at 1.5 and 3 T in seconds, PD.
# T1, T2 of cortex and white matter: Stanisz et al., MRM 54:507 (2005) and Bojorquez et al., Magn.
# Reson. Imaging 35:69 (2017) for 3 T; Wansapura et al., JMRI 9:531 (1999) for T2 at 3 T; Deoni et
# al., MRM 53:237 (2005) for deep grey matter at 1.5 T; Lu et al., JMRI 22:13 (2005); CSF as in
# config.yaml. PD of cortex and white matter: about the water content of 0.837 and 0.691 that Front.
# Neurol. 10:1333 (2019) measured in 21 persons. These relaxation times are quoted from memory of
# the papers (UNCHECKED); the ranges of wide draws contain them by far.
# ASSUME PD of deep grey matter, such that the MPRAGE of config.yaml shows the putamen at 0.85 and
# the thalamus at 0.83 of white matter, as in the ICBM152 average of 152 T1-weighted heads; and all
# values of structures that these sources do not name.
LIFELIKE = {
    "wm": (0.650, 0.850, 0.072, 0.069, 0.70),
    "cortex": (1.100, 1.350, 0.095, 0.088, 0.82),
    "ventricles": (4.300, 4.300, 2.000, 2.000, 1.00),
    "csf": (4.000, 4.000, 1.500, 1.500, 0.99),
    "cerebellum_wm": (0.670, 0.880, 0.074, 0.068, 0.71),
    "cerebellum_cortex": (1.050, 1.300, 0.092, 0.084, 0.82),
    "thalamus": (0.850, 1.060, 0.079, 0.070, 0.725),
    "caudate": (1.020, 1.250, 0.085, 0.077, 0.80),
    "putamen": (0.920, 1.150, 0.078, 0.069, 0.805),
    "pallidum": (0.740, 0.930, 0.062, 0.052, 0.72),
    "hippocampus": (1.090, 1.330, 0.098, 0.090, 0.82),
    "amygdala": (1.080, 1.320, 0.096, 0.089, 0.82),
    "brainstem": (0.750, 0.950, 0.076, 0.068, 0.73),
    "lesion": (1.050, 1.300, 0.130, 0.120, 0.84),
    "choroid": (1.700, 1.900, 0.250, 0.220, 0.92),
}
# Sources differ in T1 of deep grey matter by more than persons do. These factors of T1 and PD lead
# from the values above (at 0) to those of config.yaml (at 1), which are those of Table 2 of Qiu et
# al. (2022) with the PD that makes them as visible. Persons are drawn between and slightly beyond.
DEEP_GREY = ("thalamus", "caudate", "putamen", "pallidum")
SHORTER = (0.845, 0.866)
# Sources differ in T2 of grey and white matter by more than persons do, too: T2 depends on how many
# echoes refocus it and by what pulses. Limits of a factor of the values above, shared by tissues of
# a kind: grey matter 67 ms and white matter 64 ms in the measured slice of F. Santini at 3 T
# (qMRI_example), 110 and 80 ms by Wansapura et al. (1999, from memory, UNCHECKED).
T2_OF_SOURCES = {"white": (0.80, 1.15), "grey": (0.68, 1.20)}
# Ranges of wide draws in seconds (ASSUME, wider than the literature at 1.5 to 3 T).
WIDE = {
    "white": ((0.45, 1.30), (0.032, 0.150), (0.58, 0.85)),
    "grey": ((0.65, 2.10), (0.032, 0.170), (0.58, 1.00)),
    "fluid": ((2.30, 5.20), (0.300, 2.600), (0.90, 1.05)),
    "spot": ((0.35, 3.50), (0.025, 0.500), (0.55, 1.02)),
}
KIND = dict.fromkeys(LIFELIKE, "grey") | {
    "wm": "white",
    "cerebellum_wm": "white",
    "brainstem": "white",
    "pallidum": "white",
    "ventricles": "fluid",
    "csf": "fluid",
    "lesion": "spot",
    "choroid": "spot",
}
WATER_SD = 0.03  # ASSUME of the logarithm of PD at a given T1
# Materials outside the brain at 3 T: T1, T2 in seconds and PD; sources in config.yaml.
MATERIALS = (
    (0.38, 0.068, 0.90),  # fat
    (1.30, 0.035, 0.78),  # muscle
    (0.30, 0.001, 0.08),  # bone
    (0.50, 0.050, 0.55),  # marrow
    (0.80, 0.035, 0.60),  # skin
    (1.90, 0.150, 0.85),  # blood
    (3.50, 1.000, 0.98),  # fluid
)
BONE = 2  # its index
MOST_PD = 1.05
# Share of the signal that remains with many refocusing pulses, by kind (magnetisation transfer).
# Range around 0.70 (white matter), 0.75 (caudate) and 0.97 to 1.01 (CSF) in 15-slice turbo spin
# echoes of Malik et al., MRM 80:767 (2018), data EPG-X; 1 is a single slice.
KEPT_BY_TRANSFER = {"white": (0.62, 1.0), "grey": (0.70, 1.0), "fluid": (0.97, 1.01)}


@dataclass(frozen=True)
class Person:
    """Properties by tissue number, each float32 (N_NUMBERS,).

    Attributes:
        T1_s: T1.
        T2_s: T2.
        PD: Proton density relative to water.
        transfer: Share of the signal that magnetisation transfer takes at full strength
            (`KEPT_BY_TRANSFER`).
        dephasing_Hz: 1/T2* minus 1/T2.
    """

    T1_s: np.ndarray
    T2_s: np.ndarray
    PD: np.ndarray
    transfer: np.ndarray
    dephasing_Hz: np.ndarray


def water_of(T1_s, field_strength_T):
    """PD of tissue with a T1 in seconds.

    1/PD is linear in 1/T1: water at surfaces of macromolecules relaxes faster (Fatouros and
    Marmarou, J. Neurosurg. 90:109, 1999). The line goes through white matter and cortex of
    `LIFELIKE`.
    """
    white, grey = (_at_field(*LIFELIKE[name][:2], field_strength_T) for name in ("wm", "cortex"))
    of_white, of_grey = (1 / LIFELIKE[name][4] for name in ("wm", "cortex"))
    slope = (of_white - of_grey) / (1 / white - 1 / grey)
    return 1 / (of_grey + slope * (1 / T1_s - 1 / grey))


def draw_person(rng, field_strength_T, settings):
    """Draw a Person.

    Args:
        rng: NumPy random generator.
        field_strength_T: Field strength; lifelike values are interpolated between 1.5 and 3 T.
        settings: TeacherSettings: how many persons are lifelike, and how far each kind reaches.
    """
    values = np.ones((3, N_NUMBERS), np.float32)
    by_water = False
    if rng.random() < settings.share_lifelike:
        values[:, _INNER] = _lifelike(rng, field_strength_T, settings)
    else:
        values[:, _INNER] = _wide(rng, [KIND[name] for name in LIFELIKE])
        # A share of 0 draws nothing, so that the visits of the evidence stay the same.
        by_water = settings.share_by_water > 0 and rng.random() < settings.share_by_water
    materials = rng.integers(len(MATERIALS), size=_OUTER.size)
    if rng.random() < 0.8:
        materials[TISSUES.index("outer_515") == _OUTER] = BONE
    spread = np.array([[0.2], [0.2], [0.1]])
    values[:, _OUTER] = np.transpose(MATERIALS)[:, materials] * np.exp(
        spread * rng.standard_normal((3, _OUTER.size))
    )
    # Half of the spots are lesions as in multiple sclerosis, with longer T1 and T2.
    white = values[:, TISSUES.index("wm"), None]
    lesions = white * rng.uniform([[1.05], [1.1], [1.0]], [[2.5], [3.0], [1.3]], (3, N_SPOTS))
    is_lesion = rng.random(N_SPOTS) < 0.5
    values[:, len(TISSUES) :] = np.where(is_lesion, lesions, _wide(rng, ["spot"] * N_SPOTS))
    if by_water:
        inner = np.concatenate([_INNER, np.arange(len(TISSUES), N_NUMBERS)])
        deviations = WATER_SD * rng.standard_normal(inner.size)
        values[2, inner] = water_of(values[0, inner], field_strength_T) * np.exp(deviations)
    values[2] = np.minimum(values[2], MOST_PD)
    values[:, 0] = (1, 0.001, 0)  # air
    return Person(*values, *_side_properties(rng))


def _lifelike(rng, field_strength_T, settings):
    """T1, T2, PD around the literature, (3, tissues of the brain).

    A person's tissues share half of the variance of their deviations.
    """
    T1_low, T1_high, T2_low, T2_high, PD = np.transpose(list(LIFELIKE.values()))
    centre = np.stack(
        [
            _at_field(T1_low, T1_high, field_strength_T),
            _at_field(T2_low, T2_high, field_strength_T),
            PD,
        ]
    )
    low, high = settings.deep_grey
    # A range of one place draws nothing, so that the visits of the evidence stay the same.
    place = rng.uniform(low, high) if low < high else low
    centre[::2, _DEEP] *= np.array(SHORTER)[:, None] ** place
    if settings.T2_of_sources:
        for kind, (low, high) in T2_OF_SOURCES.items():
            centre[1, _OF_KIND[kind]] *= low * (high / low) ** rng.random()
    sd = rng.uniform(*settings.lifelike_sd) * np.array([[1.0], [1.2], [0.4]])
    own = rng.standard_normal(centre.shape)
    return centre * np.exp(sd * np.sqrt(0.5) * (own + rng.standard_normal((3, 1))))


def _at_field(low, high, field_strength_T):
    """Interpolate relaxation times at 1.5 and 3 T."""
    return low * (high / low) ** ((field_strength_T - 1.5) / 1.5)


def _wide(rng, kinds):
    """Independent T1, T2 (logarithmically even) and PD (even) of the given kinds, (3, n)."""
    low, high = np.transpose([WIDE[kind] for kind in kinds], (2, 1, 0))
    position = rng.random(low.shape)
    values = low * (high / low) ** position
    values[2] = low[2] + (high[2] - low[2]) * position[2]
    return values


def _side_properties(rng):
    """Loss by magnetisation transfer at full strength, and dephasing, by tissue number."""
    # Half of the position between the limits is shared by a person's tissues.
    position = 0.5 * rng.random() + 0.5 * rng.random(N_NUMBERS)
    transfer = np.zeros(N_NUMBERS, np.float32)
    kept = _KEPT_LEAST + (_KEPT_MOST - _KEPT_LEAST) * position
    transfer[1:] = 1 - kept[1:]
    dephasing_Hz = rng.uniform(0, 15, N_NUMBERS).astype(np.float32)
    dephasing_Hz[FLUID] *= 0.1
    dephasing_Hz[TISSUES.index("pallidum")] *= 2  # iron
    return transfer, dephasing_Hz


_INNER = np.array([TISSUES.index(name) for name in LIFELIKE])
_OUTER = np.arange(FIRST_OUTER, len(TISSUES))
_DEEP = np.isin(list(LIFELIKE), DEEP_GREY)
_OF_KIND = {kind: [KIND[name] == kind for name in LIFELIKE] for kind in T2_OF_SOURCES}
_KEPT_LEAST, _KEPT_MOST = np.transpose(
    [
        KEPT_BY_TRANSFER.get(KIND.get(name, "grey"), KEPT_BY_TRANSFER["grey"])
        for name in (*TISSUES, *["lesion"] * N_SPOTS)
    ]
)


def tissue_numbers():
    """Number of the tissue of each SynthSeg label, uint8 (1024,); unknown labels are air."""
    numbers = np.zeros(1024, np.uint8)
    for number, labels in enumerate(LABELS.values()):
        numbers[list(labels)] = number
    return numbers
