"""Drawn protocols: valid, wide, and told as a sidecar would."""

import numpy as np
import pytest

from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.imaging.signal_equations import simulate_signal
from contrast2map.teacher import protocols
from contrast2map.teacher.settings import TeacherSettings

N = 600


def drawn(slot, n=N):
    rng = np.random.default_rng(SLOTS.index(slot))
    return [protocols.draw(rng, slot) for _ in range(n)]


@pytest.mark.parametrize("slot", SLOTS)
def test_every_protocol_fits_its_signal_equation(slot):
    T1_s, T2_s = np.array([0.8, 1.3, 4.3]), np.array([0.07, 0.09, 2.0])
    for equation, parameters, _ in drawn(slot):
        signal = simulate_signal(equation, T1_s, T2_s, 1.0, 1.0, parameters)
        assert np.isfinite(signal).all()
        assert signal.max() > 0


@pytest.mark.parametrize("slot", SLOTS)
def test_parameters_do_not_widen_float32(slot):
    for equation, parameters, _ in drawn(slot, 50):
        T1_s = np.full(3, 0.8, np.float32)
        assert simulate_signal(equation, T1_s, T1_s / 10, 1.0, 1.0, parameters).dtype == np.float32


# The paper's protocol (config/config.yaml).
@pytest.mark.parametrize(
    ("slot", "name", "value"),
    [
        ("mprage", "TR_s", 1.9),
        ("mprage", "TI_s", 0.9),
        ("mprage", "flip_angle_deg", 9),
        ("mprage", "n_excitations", 160),
        ("spoiled_gradient_echo", "TR_s", 0.003),
        ("spoiled_gradient_echo", "flip_angle_deg", 18),
        ("flair", "TR_s", 4.8),
        ("flair", "TI_s", 1.8),
        ("flair", "equivalent_TE_s", 0.11),
    ],
)
def test_the_papers_protocol_lies_well_inside(slot, name, value):
    values = np.array([parameters[name] for _, parameters, _ in drawn(slot)])
    assert (values < value).mean() > 0.05
    assert (values > value).mean() > 0.05
    assert (np.abs(values / value - 1) < 0.15).mean() > 0.05


def test_most_flairs_null_csf_within_17_percent():
    shares = []
    for _, parameters, _ in drawn("flair"):
        if parameters["equivalent_TE_s"] < protocols.LONGEST_TE_OF_T1_S:
            continue
        nulling_s = protocols.nulling_TI_s(
            parameters["TR_s"], parameters["echo_train_duration_s"], protocols.CSF_T1_S
        )
        shares.append(parameters["TI_s"] / nulling_s)
        signal = simulate_signal(
            "flair",
            protocols.CSF_T1_S,
            2.0,
            1.0,
            1.0,
            parameters | {"TI_s": nulling_s, "inversion_efficiency": 1.0},
        )
        assert signal < 1e-6
    shares = np.array(shares)
    is_near = (shares > 0.82) & (shares < 1.18)
    assert 0.75 < is_near.mean() < 0.95  # the others are inversion recoveries of any TI
    assert shares.min() > 0.4 and shares.max() < 1.45


def test_some_inversion_recoveries_are_T1_weighted():
    all_of_them = [parameters for _, parameters, _ in drawn("flair")]
    short = [each for each in all_of_them if each["equivalent_TE_s"] < protocols.LONGEST_TE_OF_T1_S]
    assert 0.1 < len(short) / len(all_of_them) < 0.2
    # T1-FLAIR of a clinic, and the long TR of T1 mapping.
    assert any(each["TR_s"] < 2.5 and 0.6 < each["TI_s"] < 1.1 for each in short)
    assert any(each["TR_s"] > 10 and each["TI_s"] < 1 for each in short)
    for each in short:
        assert each["TI_s"] + each["echo_train_duration_s"] < each["TR_s"]


def test_numbers_are_told_as_they_are():
    rng = np.random.default_rng(0)
    settings = TeacherSettings(share_unknown=0.0, share_all_unknown=0.0)
    _, parameters, numbers = protocols.draw(rng, "spoiled_gradient_echo")
    told = dict(zip(PROTOCOL_FIELDS, protocols.told(rng, numbers, 3.0, settings), strict=True))
    assert told.pop("field_strength_T") == 3
    for name in ("TR_s", "TE_s", "flip_angle_deg"):
        assert told.pop(name) == pytest.approx(parameters[name])
    assert np.isnan(list(told.values())).all()


def test_an_equivalent_echo_time_is_told_within_its_error():
    ratios = [
        numbers["TE_s"] / parameters["equivalent_TE_s"] for _, parameters, numbers in drawn("flair")
    ]
    assert np.std(np.log(ratios)) == pytest.approx(protocols.EQUIVALENT_TE_SD, rel=0.15)


def test_numbers_are_unknown_as_often_as_configured():
    rng = np.random.default_rng(0)
    settings = TeacherSettings(share_unknown=0.1, share_all_unknown=0.2)
    told = np.array(
        [protocols.told(rng, {"TR_s": 1.0, "TE_s": 0.01}, 3.0, settings) for _ in range(4000)]
    )
    known = ~np.isnan(told)
    assert (~known.any(axis=1)).mean() == pytest.approx(0.2, abs=0.025)
    assert known[:, 0].mean() == pytest.approx(0.8 * 0.9, abs=0.03)
