"""A scan whose contrast contradicts its protocol is found; a right protocol is not doubted."""

import numpy as np
import pytest

from contrast2map.imaging.masks import CSF, GM, WM
from contrast2map.imaging.signal_equations import simulate_signal
from contrast2map.maps.told_contrast import beyond, measured, possible
from contrast2map.maps.verdict import judge_told_contrast

TIMES_S = {"gm": (1.30, 0.085), "wm": (0.83, 0.069)}
BRAIN = {"csf": (4.3, 2.0, 1.0), "gm": (1.30, 0.085, 0.81), "wm": (0.83, 0.069, 0.70)}
FLAIR = {"TR_s": 9.0, "TI_s": 2.5, "TE_s": 0.12, "echo_train_length": 16, "field_strength_T": 3.0}


def ratios(equation, parameters):
    """Ratios of a brain to its white matter by the signal equation itself."""
    signals = {
        name: float(simulate_signal(equation, *times, 1.0, parameters))
        for name, times in BRAIN.items()
    }
    return {name: signals[name] / signals["wm"] for name in ("csf", "gm")}


def flair(TR_s, TI_s, TE_s):
    return ratios(
        "flair",
        {
            "TR_s": TR_s,
            "TI_s": TI_s,
            "equivalent_TE_s": TE_s,
            "echo_train_duration_s": 0.2,
            "inversion_efficiency": 0.97,
        },
    )


def test_a_right_protocol_is_not_doubted():
    assert beyond(flair(9.0, 2.5, 0.12), possible("flair", FLAIR, TIMES_S)) == []


@pytest.mark.parametrize("factor", [1.5, 0.5])
def test_an_inversion_time_that_would_not_null_CSF_is_found_by_its_CSF(factor):
    told = FLAIR | {"TI_s": FLAIR["TI_s"] * factor}
    found = beyond(flair(9.0, 2.5, 0.12), possible("flair", told, TIMES_S))
    assert "csf" in found


def test_a_T2w_scan_under_the_name_of_a_FLAIR_is_found():
    T2w = ratios("spin_echo", {"TR_s": 9.0, "TE_s": 0.1})
    assert "csf" in beyond(T2w, possible("flair", FLAIR, TIMES_S))


def test_an_unknown_protocol_sets_no_limit():
    unknown = {"TR_s": float("nan"), "field_strength_T": 3.0}
    assert possible("flair", unknown, TIMES_S) == {}
    assert beyond({"csf": 9.0}, {}) == []


def test_a_protocol_that_contradicts_itself_sets_no_limit():
    assert possible("flair", FLAIR | {"TI_s": 9.5}, TIMES_S) == {}


def test_limits_are_wider_where_less_is_told():
    known = possible("flair", FLAIR, TIMES_S)["csf"]
    without_TE = {name: value for name, value in FLAIR.items() if name != "TE_s"}
    low, high = possible("flair", without_TE, TIMES_S)["csf"]
    assert low <= known[0] and known[1] < high


def test_limits_are_the_same_twice():
    assert possible("mprage", {"TR_s": 2.3, "TI_s": 0.9}, TIMES_S) == possible(
        "mprage", {"TR_s": 2.3, "TI_s": 0.9}, TIMES_S
    )


def test_CSF_is_measured_away_from_its_rim():
    tissue = np.full((1, 60, 60), WM, np.uint8)
    tissue[:, :15], tissue[:, 20:40, 20:40] = GM, CSF
    image = np.choose(tissue, [0, 3.0, 0.8, 1.0])
    image[:, 20, 20:40] = image[:, 39, 20:40] = 50.0  # rim of the CSF
    image[:, 20:40, 20] = image[:, 20:40, 39] = 50.0
    counted = np.ones_like(tissue, bool)
    assert measured(image, tissue, counted) == pytest.approx({"csf": 3.0, "gm": 0.8})
    assert measured(image, tissue, ~counted) == {}
    assert "csf" not in measured(image, np.where(tissue == CSF, WM, tissue), counted)


def test_the_finding_names_the_numbers_and_what_to_check():
    found = {"measured": {"csf": 0.9, "gm": 1.1}, "possible": {"csf": (0.0, 0.3), "gm": (1.0, 1.3)}}
    (finding,) = judge_told_contrast(found, "flair.nii.gz")
    assert finding["level"] == "warn" and finding["file"] == "flair.nii.gz"
    assert "CSF is 0.90 times as bright as white matter" in finding["problem"]
    assert "at most 0.30" in finding["problem"] and "grey matter" not in finding["problem"]
    assert "InversionTime" in finding["remedy"]
    dark = {"measured": {"csf": 0.1}, "possible": {"csf": (0.9, 30.0)}}
    assert "at least 0.90" in judge_told_contrast(dark, "a")[0]["problem"]
    assert judge_told_contrast({"measured": {"csf": 9.0}, "possible": {}}, "a") == []
