"""Expected contrast of tissues, from all, some or none of a sequence's parameters."""

import pytest

from contrast2map.imaging.expected_contrast import (
    BRAIN_TISSUES,
    expected_signals,
    expected_tissue_order,
    missing_parameters,
)
from contrast2map.imaging.signal_equations import simulate_signal

T1W, T2W, FLAIR = ("csf", "gm", "wm"), ("wm", "gm", "csf"), ("csf", "wm", "gm")
COMPLETE = {
    "mprage": {
        "TR_s": 1.9,
        "TI_s": 0.9,
        "TE_s": 0.00293,
        "flip_angle_deg": 9.0,
        "echo_spacing_s": 0.0071,
        "n_excitations": 160,
        "inversion_efficiency": 0.96,
    },
    "spoiled_gradient_echo": {"TR_s": 0.003, "TE_s": 0.0012, "flip_angle_deg": 18.0},
    "flair": {
        "TR_s": 4.8,
        "TI_s": 1.8,
        "TE_s": 0.352,
        "equivalent_TE_s": 0.11,
        "echo_train_duration_s": 0.2,
        "inversion_efficiency": 1.0,
    },
    "spin_echo": {"TR_s": 0.6, "TE_s": 0.015},
    "fast_spin_echo": {
        "TR_s": 3.2,
        "TE_s": 0.1,
        "equivalent_TE_s": 0.1,
        "echo_train_duration_s": 0.7,
    },
}
NOMINAL = {  # reference column of the paper's Table 2; PD against water
    "gm": {"T1_s": 1.21, "T2_s": 0.0847, "PD": 0.82},
    "wm": {"T1_s": 0.823, "T2_s": 0.0699, "PD": 0.70},
    "csf": {"T1_s": 4.3, "T2_s": 2.0, "PD": 1.0},
}


def sequence(kind, **changes):
    return {"type": kind} | COMPLETE[kind] | changes


@pytest.mark.parametrize(
    ("sequence", "order"),
    [
        (sequence("mprage"), T1W),
        (sequence("spoiled_gradient_echo"), T1W),
        (sequence("spin_echo"), T1W),
        (sequence("spin_echo", TR_s=3.0, TE_s=0.09), T2W),
        (sequence("fast_spin_echo"), T2W),
        (sequence("flair"), FLAIR),
    ],
)
def test_the_order_of_tissues_follows_the_signal_equation(sequence, order):
    assert missing_parameters(sequence) == []
    assert expected_tissue_order(sequence, NOMINAL) == order


@pytest.mark.parametrize(
    ("sequence", "order"),
    [
        ({"type": "mprage"}, T1W),
        ({"type": "mprage", "TR_s": 1.9, "TI_s": 0.9}, T1W),
        ({"type": "flair", "TI_s": 1.8}, FLAIR),
        ({"type": "fast_spin_echo", "TR_s": 4.5, "TE_s": 0.1}, T2W),
        ({"type": "fast_spin_echo", "TR_s": 0.6, "TE_s": 0.012}, T1W),
        ({"type": "fast_spin_echo", "TE_s": 0.1}, None),
        ({"type": "spin_echo"}, None),
        ({"type": "spoiled_gradient_echo", "TR_s": 0.02}, None),
        ({"type": "other"}, None),
        ({"type": "other", "TR_s": 3.0, "TE_s": 0.1}, None),
    ],
)
def test_without_all_parameters_the_order_is_what_the_sequence_tells(sequence, order):
    assert expected_tissue_order(sequence, NOMINAL) == order


def test_expected_signals_show_a_near_tie_of_tissues():
    signals = expected_signals(sequence("mprage"), NOMINAL)
    assert tuple(signals) == BRAIN_TISSUES
    grey = simulate_signal("mprage", *NOMINAL["gm"].values(), 1.0, COMPLETE["mprage"])
    assert signals["gm"] == grey
    proton_density = expected_signals(sequence("spin_echo", TR_s=1.6, TE_s=0.015), NOMINAL)
    assert proton_density["gm"] == pytest.approx(proton_density["wm"], rel=0.05)
