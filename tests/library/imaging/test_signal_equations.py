"""Signal equations against pulse-by-pulse simulations, limiting cases and known contrasts."""

import itertools

import numpy as np
import pytest

from bloch import (
    echo_train,
    simulate_flair,
    simulate_mprage,
    simulate_spin_echo,
    simulate_spoiled_gradient_echo,
    variable_refocusing_angles_deg,
)
from contrast2map.imaging.signal_equations import (
    SIGNAL_EQUATIONS,
    fast_spin_echo,
    flair,
    mprage,
    parameter_names,
    simulate_signal,
    spin_echo,
    spoiled_gradient_echo,
)

MPRAGE = {
    "TR_s": 1.9,
    "TI_s": 0.9,
    "TE_s": 0.00293,
    "flip_angle_deg": 9.0,
    "echo_spacing_s": 0.0071,
    "n_excitations": 160,
    "inversion_efficiency": 0.96,
}
GRADIENT_ECHO = {"TR_s": 0.003, "TE_s": 0.0012, "flip_angle_deg": 18.0}
ECHO_SPACING_S, N_ECHOES, CENTRE_ECHO = 0.00352, 200, 100  # echo 100 at the paper's TE of 352 ms
FLAIR = {
    "TR_s": 4.8,
    "TI_s": 1.8,
    "equivalent_TE_s": 0.11,
    "echo_train_duration_s": N_ECHOES * ECHO_SPACING_S,
    "inversion_efficiency": 0.96,
}
SPIN_ECHO = {"TR_s": 0.6, "TE_s": 0.015}
FAST_SPIN_ECHO = {"TR_s": 3.2, "equivalent_TE_s": 0.1, "echo_train_duration_s": 0.7}
PARAMETERS = {
    "mprage": MPRAGE,
    "spoiled_gradient_echo": GRADIENT_ECHO,
    "flair": FLAIR,
    "spin_echo": SPIN_ECHO,
    "fast_spin_echo": FAST_SPIN_ECHO,
}
TISSUES = {  # T1 and T2 in seconds: reference column of the paper's Table 2; PD against water
    "gm": (1.21, 0.0847, 0.82),
    "wm": (0.823, 0.0699, 0.70),
    "putamen": (0.976, 0.0692, 0.80),
    "thalamus": (0.889, 0.0698, 0.78),
    "csf": (4.3, 2.0, 1.0),
    "lesion": (1.4, 0.14, 0.85),
}
TRANSMITS = (0.8, 1.0, 1.2)
GRID = list(itertools.product((0.5, 0.82, 1.2, 2.0), (0.04, 0.08, 0.15), TRANSMITS))


def tissue_signal(sequence_name, tissue, transmit=1.0, **changes):
    parameters = PARAMETERS[sequence_name] | changes
    return simulate_signal(sequence_name, *TISSUES[tissue], transmit, parameters)


@pytest.mark.parametrize(("T1_s", "T2_s", "transmit"), GRID)
def test_mprage_equals_its_pulse_by_pulse_simulation(T1_s, T2_s, transmit):
    simulated = simulate_mprage(T1_s, T2_s, transmit, **MPRAGE)
    assert mprage(T1_s, T2_s, 1.0, transmit, **MPRAGE, signed=True) == pytest.approx(
        simulated, 1e-6
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"TI_s": 0.6, "n_excitations": 80},  # much of the brain still inverted
        {"n_excitations": 81},
        {"n_excitations": 1},
        {"TR_s": 1.468, "inversion_efficiency": 0.8},  # no recovery after the train
        {"TI_s": 0.568},  # no delay before the train
        {"flip_angle_deg": 30.0, "echo_spacing_s": 0.0054},
    ],
)
def test_mprage_equals_its_simulation_for_other_protocols(changes):
    parameters = MPRAGE | changes
    simulated = simulate_mprage(1.2, 0.08, 1.0, **parameters)
    assert mprage(1.2, 0.08, 1.0, 1.0, **parameters, signed=True) == pytest.approx(simulated, 1e-6)


@pytest.mark.parametrize("transmit", TRANSMITS)
def test_csf_on_mprage_equals_its_simulation(transmit):
    simulated = simulate_mprage(4.3, 2.0, transmit, **MPRAGE)
    signal = mprage(4.3, 2.0, 1.0, transmit, **MPRAGE, signed=True)
    assert signal == pytest.approx(simulated, abs=1e-7)


@pytest.mark.parametrize(("T1_s", "T2_s", "transmit"), [*GRID, (4.3, 2.0, 1.0)])
def test_spoiled_gradient_echo_equals_its_pulse_by_pulse_simulation(T1_s, T2_s, transmit):
    simulated = simulate_spoiled_gradient_echo(T1_s, T2_s, transmit, **GRADIENT_ECHO)
    signal = spoiled_gradient_echo(T1_s, T2_s, 1.0, transmit, **GRADIENT_ECHO)
    assert signal == pytest.approx(simulated, 1e-6)


@pytest.mark.parametrize("TR_s", [0.6, 3.0])
@pytest.mark.parametrize("TE_s", [0.015, 0.09])
@pytest.mark.parametrize(
    ("T1_s", "T2_s", "transmit"),
    [(0.5, 0.04, 0.8), (0.82, 0.07, 1.0), (1.2, 0.15, 1.2), (4.3, 2, 1)],
)
def test_spin_echo_equals_its_pulse_by_pulse_simulation(T1_s, T2_s, transmit, TR_s, TE_s):
    simulated = simulate_spin_echo(T1_s, T2_s, transmit, TR_s=TR_s, TE_s=TE_s)
    signal = spin_echo(T1_s, T2_s, 1.0, transmit, TR_s=TR_s, TE_s=TE_s)
    assert signal == pytest.approx(simulated, 1e-6)


def test_spin_echo_with_perfect_pulses_equals_the_textbook_equation():
    signal = spin_echo(1.2, 0.08, 0.8, 1.0, TR_s=0.6, TE_s=0.02)
    recovered = 1 - 2 * np.exp(-0.59 / 1.2) + np.exp(-0.6 / 1.2)
    assert signal == pytest.approx(0.8 * recovered * np.exp(-0.25))


def simulated_flair(T1_s, T2_s, transmit, refocusing_angles_deg, echo_number):
    return simulate_flair(
        T1_s,
        T2_s,
        transmit,
        TR_s=FLAIR["TR_s"],
        TI_s=FLAIR["TI_s"],
        inversion_efficiency=FLAIR["inversion_efficiency"],
        refocusing_angles_deg=refocusing_angles_deg,
        echo_spacing_s=ECHO_SPACING_S,
        echo_number=echo_number,
    )


@pytest.mark.parametrize(
    ("T1_s", "T2_s"), [*itertools.product((0.5, 0.82, 1.2, 2.0), (0.04, 0.08, 0.15)), (4.3, 2.0)]
)
def test_flair_equals_the_phase_graph_of_a_train_of_180_degree_pulses(T1_s, T2_s):
    echo_number = 31
    simulated = simulated_flair(T1_s, T2_s, 1.0, np.full(N_ECHOES, 180.0), echo_number)
    parameters = FLAIR | {"equivalent_TE_s": echo_number * ECHO_SPACING_S}
    assert flair(T1_s, T2_s, 1.0, 1.0, **parameters, signed=True) == pytest.approx(simulated, 1e-5)


SPACE_ANGLES_DEG = (20.0, 45.0, 120.0)  # lowest, at the centre of k-space, last


def variable_train_over_equation(tissue, transmit=1.0, angles_deg=SPACE_ANGLES_DEG, **changes):
    """Simulated over predicted signal, without the amplitude of the relaxation-free train."""
    T1_s, T2_s, _ = TISSUES[tissue]
    angles_deg = variable_refocusing_angles_deg(N_ECHOES, *angles_deg)
    echoes, _ = echo_train(1.0, 90.0, angles_deg, ECHO_SPACING_S, 1e9, 1e9)
    simulated = simulated_flair(T1_s, T2_s, transmit, angles_deg, CENTRE_ECHO)
    predicted = flair(T1_s, T2_s, 1.0, transmit, **FLAIR | changes, signed=True)
    return simulated / echoes[CENTRE_ECHO - 1] / predicted


@pytest.mark.parametrize("tissue", ["gm", "wm"])
@pytest.mark.parametrize(
    ("angles_deg", "equivalent_TE_s"),
    [(SPACE_ANGLES_DEG, 0.110), ((15.0, 35.0, 100.0), 0.096), ((30.0, 60.0, 120.0), 0.136)],
)
def test_one_equivalent_echo_time_describes_grey_and_white_matter(
    tissue, angles_deg, equivalent_TE_s
):
    ratio = variable_train_over_equation(
        tissue, angles_deg=angles_deg, equivalent_TE_s=equivalent_TE_s
    )
    assert ratio == pytest.approx(1.0, abs=0.03)


def test_the_nominal_echo_time_does_not_describe_the_variable_train():
    assert variable_train_over_equation("gm", equivalent_TE_s=0.352) > 10


@pytest.mark.parametrize(
    ("tissue", "ratio"), [("thalamus", 1.04), ("putamen", 1.08), ("lesion", 0.87), ("csf", 0.78)]
)
def test_the_error_of_the_contrast_equivalent_echo_time_in_other_tissues_is_known(tissue, ratio):
    """Magnetisation along z decays with T1, which brightens short and darkens long T2."""
    assert variable_train_over_equation(tissue) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("transmit", TRANSMITS)
@pytest.mark.parametrize("tissue", ["gm", "wm"])
def test_transmit_of_the_excitation_only_is_within_7_percent_of_the_phase_graph(tissue, transmit):
    assert variable_train_over_equation(tissue, transmit) == pytest.approx(1.0, abs=0.07)


def test_csf_recovers_during_low_refocusing_angles_as_if_the_train_were_shorter():
    assert variable_train_over_equation("csf", echo_train_duration_s=0.54) == pytest.approx(
        1, abs=0.06
    )


def test_fast_spin_echo_equals_flair_without_inversion():
    no_inversion = FLAIR | {"inversion_efficiency": -1.0}
    signal = flair(1.2, 0.08, 0.8, 0.9, **no_inversion)
    parameters = {name: FLAIR[name] for name in parameter_names("fast_spin_echo")}
    assert fast_spin_echo(1.2, 0.08, 0.8, 0.9, **parameters) == pytest.approx(signal, 1e-12)


@pytest.mark.parametrize("sequence_name", ["mprage", "spoiled_gradient_echo", "spin_echo"])
def test_t1_weighted_brightness_falls_with_t1(sequence_name):
    T1_s = np.linspace(0.3, 4.5, 200)
    signals = simulate_signal(sequence_name, T1_s, 0.08, 1.0, 1.0, PARAMETERS[sequence_name])
    assert np.all(np.diff(signals) < 0)


@pytest.mark.parametrize("sequence_name", ["mprage", "spoiled_gradient_echo"])
def test_t1_weighted_images_show_white_then_grey_matter_then_csf(sequence_name):
    signal = {tissue: tissue_signal(sequence_name, tissue) for tissue in TISSUES}
    assert signal["wm"] > 1.15 * signal["gm"]
    assert signal["gm"] > signal["lesion"] > 2 * signal["csf"]


def test_flair_suppresses_csf_and_shows_lesions_bright():
    # The inversion time that scanners set nulls fluid that recovers from the excitation on.
    scanner = {"inversion_efficiency": 1.0, "echo_train_duration_s": 0.2}
    signal = {tissue: tissue_signal("flair", tissue, **scanner) for tissue in TISSUES}
    assert signal["csf"] < 0.3 * signal["wm"]
    assert signal["wm"] < signal["gm"] < signal["lesion"]
    assert signal["lesion"] > 1.5 * signal["wm"]


def test_flair_nulls_csf_at_the_textbook_inversion_time():
    T1_s = 4.3
    TI_s = T1_s * (np.log(2) - np.log1p(np.exp(-4.8 / T1_s)))  # inversion recovery at finite TR
    ideal = FLAIR | {"TI_s": TI_s, "inversion_efficiency": 1.0, "echo_train_duration_s": 0.0}
    assert flair(T1_s, 2.0, 1.0, 1.0, **ideal) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("sequence_name", "echo_time"),
    [
        ("mprage", "TE_s"),
        ("spoiled_gradient_echo", "TE_s"),
        ("flair", "equivalent_TE_s"),
        ("fast_spin_echo", "equivalent_TE_s"),
    ],
)
def test_t2_has_an_effect_only_through_the_echo_time(sequence_name, echo_time):
    parameters = PARAMETERS[sequence_name]
    at_zero = simulate_signal(sequence_name, 1.2, 0.08, 1.0, 1.0, parameters | {echo_time: 0.0})
    assert at_zero == simulate_signal(
        sequence_name, 1.2, 0.01, 1, 1.0, parameters | {echo_time: 0.0}
    )
    later = simulate_signal(sequence_name, 1.2, 0.08, 1.0, 1.0, parameters | {echo_time: 0.04})
    assert later / at_zero == pytest.approx(np.exp(-0.5))


@pytest.mark.parametrize("sequence_name", SIGNAL_EQUATIONS)
def test_signal_is_proportional_to_proton_density(sequence_name):
    one, three = (
        simulate_signal(sequence_name, 1.2, 0.08, PD, 1.1, PARAMETERS[sequence_name])
        for PD in (1.0, 3.0)
    )
    assert three == pytest.approx(3 * one)


def test_mprage_becomes_an_inversion_recovery_without_excitations():
    parameters = MPRAGE | {"flip_angle_deg": 1e-3, "TR_s": 1000.0, "TE_s": 0.0}
    signal = mprage(1.2, 0.08, 1.0, 1.0, **parameters, signed=True)
    longitudinal = signal / np.sin(np.deg2rad(1e-3))
    assert longitudinal == pytest.approx(1 - 1.96 * np.exp(-0.9 / 1.2), 1e-6)


def test_spoiled_gradient_echo_recovers_fully_at_long_repetition_time():
    parameters = {"TR_s": 1000.0, "TE_s": 0.0, "flip_angle_deg": 18.0}
    signal = spoiled_gradient_echo(1.2, 0.08, 0.7, 1.0, **parameters)
    assert signal == pytest.approx(0.7 * np.sin(np.deg2rad(18)))


def test_spoiled_gradient_echo_is_brightest_at_the_ernst_angle():
    flips_deg = np.linspace(1, 30, 2901)
    signals = spoiled_gradient_echo(
        1.2, 0.08, 1.0, flips_deg, TR_s=0.003, TE_s=0.0, flip_angle_deg=1.0
    )
    ernst_deg = np.rad2deg(np.arccos(np.exp(-0.003 / 1.2)))
    assert flips_deg[np.argmax(signals)] == pytest.approx(ernst_deg, abs=0.01)


@pytest.mark.parametrize("sequence_name", ["mprage", "spoiled_gradient_echo"])
def test_no_excitation_gives_no_signal(sequence_name):
    assert tissue_signal(sequence_name, "wm", transmit=0.0) == 0
    assert tissue_signal(sequence_name, "wm", flip_angle_deg=0.0) == 0


def test_the_magnitude_discards_the_sign_of_inverted_magnetisation():
    early = MPRAGE | {"TI_s": 0.3, "n_excitations": 20}
    signed = simulate_signal("mprage", 1.2, 0.08, 1.0, 1.0, early, signed=True)
    assert signed < 0
    assert simulate_signal("mprage", 1.2, 0.08, 1.0, 1.0, early) == -signed


@pytest.mark.parametrize("sequence_name", SIGNAL_EQUATIONS)
def test_volumes_stay_float32_and_agree_with_double_precision(sequence_name):
    rng = np.random.default_rng(0)
    T1_s = rng.uniform(0.3, 4.5, (5, 6, 7))
    T2_s = rng.uniform(0.03, 2.0, (5, 6, 7))
    transmit = rng.uniform(0.7, 1.3, (5, 6, 7))
    wide = simulate_signal(sequence_name, T1_s, T2_s, 0.8, transmit, PARAMETERS[sequence_name])
    T1_s, T2_s, transmit = (array.astype(np.float32) for array in (T1_s, T2_s, transmit))
    narrow = simulate_signal(sequence_name, T1_s, T2_s, 0.8, transmit, PARAMETERS[sequence_name])
    uniform = simulate_signal(sequence_name, T1_s, T2_s, 0.8, 1.0, PARAMETERS[sequence_name])
    assert narrow.dtype == uniform.dtype == np.float32
    assert narrow.shape == T1_s.shape
    np.testing.assert_allclose(narrow, wide, rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize("sequence_name", SIGNAL_EQUATIONS)
def test_very_short_relaxation_times_stay_finite(sequence_name):
    short_s = np.array([1e-6, 1e-4, 1e-2], dtype=np.float32)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        signal = simulate_signal(
            sequence_name, short_s, short_s, 1.0, 1.0, PARAMETERS[sequence_name]
        )
    assert np.all(np.isfinite(signal))


@pytest.mark.parametrize("sequence_name", SIGNAL_EQUATIONS)
def test_inputs_broadcast_and_are_not_modified(sequence_name):
    T1_s, T2_s = np.array([[0.8], [1.2]]), np.array([0.07, 0.08, 0.1])
    signal = simulate_signal(sequence_name, T1_s, T2_s, 1.0, 1.0, PARAMETERS[sequence_name])
    assert signal.shape == (2, 3)
    one = simulate_signal(sequence_name, 1.2, 0.08, 1.0, 1.0, PARAMETERS[sequence_name])
    assert signal[1, 1] == pytest.approx(one)
    assert T1_s.tolist() == [[0.8], [1.2]] and T2_s.tolist() == [0.07, 0.08, 0.1]


@pytest.mark.parametrize("sequence_name", SIGNAL_EQUATIONS)
@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_relaxation_times_that_are_not_positive_are_an_error(sequence_name, bad):
    with pytest.raises(ValueError, match="T1_s must be above 0"):
        simulate_signal(sequence_name, [1.0, bad], 0.08, 1.0, 1.0, PARAMETERS[sequence_name])
    with pytest.raises(ValueError, match="T2_s must be above 0"):
        simulate_signal(sequence_name, 1.0, [0.08, bad], 1.0, 1.0, PARAMETERS[sequence_name])


def test_an_unknown_sequence_is_an_error_that_lists_the_known_ones():
    with pytest.raises(ValueError, match="'mp2rage'.* mprage, spoiled_gradient_echo"):
        simulate_signal("mp2rage", 1.0, 0.08, 1.0, 1.0, {})


def test_missing_and_unknown_parameters_are_named_in_one_line():
    parameters = {"TR_s": 0.003, "TE_s": 0.001, "flip_angle": 18.0, "signed": True}
    with pytest.raises(
        ValueError, match="missing.*flip_angle_deg; unknown.*flip_angle, signed"
    ) as e:
        simulate_signal("spoiled_gradient_echo", 1.0, 0.08, 1.0, 1.0, parameters)
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("sequence_name", "changes"),
    [
        ("mprage", {"TI_s": 0.5}),
        ("mprage", {"TR_s": 1.4}),
        ("mprage", {"n_excitations": 0}),
        ("flair", {"TI_s": 4.2}),
        ("spin_echo", {"TE_s": 0.7}),
        ("fast_spin_echo", {"TR_s": 0.6}),
    ],
)
def test_timings_that_do_not_fit_are_an_error(sequence_name, changes):
    with pytest.raises(ValueError, match=f"^{sequence_name}: "):
        tissue_signal(sequence_name, "wm", **changes)


@pytest.mark.parametrize("sequence_name", SIGNAL_EQUATIONS)
def test_sequence_parameters_have_no_defaults_and_are_listed(sequence_name):
    assert sorted(parameter_names(sequence_name)) == sorted(PARAMETERS[sequence_name])
