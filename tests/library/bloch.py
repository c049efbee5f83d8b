"""Pulse-by-pulse simulation of the sequences, for holding the signal equations against.

Gradient echoes: Bloch's equations as affine maps of (Mx, My, Mz, 1), applied event by event until
the cycle repeats itself. Spin-echo trains: extended phase graphs (Weigel, J. Magn. Reson. Imaging
41:266-295, 2015). Nothing here is shared with contrast2map.imaging.signal_equations.
"""

import numpy as np

SPOILER = np.diag([0.0, 0.0, 1.0, 1.0])


def excitation(flip_angle_deg):
    """Rotation about x, shape (4, 4)."""
    angle = np.deg2rad(flip_angle_deg)
    rotation = np.eye(4)
    rotation[1:3, 1:3] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
    return rotation


def relaxation(duration_s, T1_s, T2_s):
    """Free relaxation towards an equilibrium magnetisation of 1, shape (4, 4)."""
    E1, E2 = np.exp(-duration_s / T1_s), np.exp(-duration_s / T2_s)
    relaxed = np.diag([E2, E2, E1, 1.0])
    relaxed[2, 3] = 1 - E1
    return relaxed


def repeat_until_steady(cycle, magnetisation):
    """Apply a function to the magnetisation until it no longer changes it."""
    for _ in range(100_000):
        after = cycle(magnetisation)
        if np.max(np.abs(after - magnetisation)) < 1e-13:
            return after
        magnetisation = after
    raise RuntimeError("No steady state.")


def simulate_mprage(
    T1_s,
    T2_s,
    transmit,
    *,
    TR_s,
    TI_s,
    TE_s,
    flip_angle_deg,
    echo_spacing_s,
    n_excitations,
    inversion_efficiency,
):
    """Signed signal at the centre of k-space, from a list of events on the clock."""
    inversion = SPOILER @ np.diag([1.0, 1.0, -inversion_efficiency, 1.0])
    pulse = excitation(flip_angle_deg * transmit)
    centre = n_excitations // 2
    times_s = [TI_s + (k - centre) * echo_spacing_s for k in range(n_excitations)]
    echo = []

    def cycle(magnetisation):
        magnetisation, now_s = inversion @ magnetisation, 0.0
        for k, time_s in enumerate(times_s):
            magnetisation = SPOILER @ relaxation(time_s - now_s, T1_s, T2_s) @ magnetisation
            magnetisation, now_s = pulse @ magnetisation, time_s
            if k == centre:
                echo.append((relaxation(TE_s, T1_s, T2_s) @ magnetisation)[1])
        return SPOILER @ relaxation(TR_s - now_s, T1_s, T2_s) @ magnetisation

    repeat_until_steady(cycle, np.array([0.0, 0.0, 1.0, 1.0]))
    return echo[-1]


def simulate_spoiled_gradient_echo(T1_s, T2_s, transmit, *, TR_s, TE_s, flip_angle_deg):
    """Signal in the steady state, excitation by excitation."""
    pulse = excitation(flip_angle_deg * transmit)
    until_next = SPOILER @ relaxation(TR_s, T1_s, T2_s)
    steady = repeat_until_steady(lambda M: until_next @ pulse @ M, np.array([0.0, 0.0, 1.0, 1.0]))
    return (relaxation(TE_s, T1_s, T2_s) @ pulse @ steady)[1]


def simulate_spin_echo(T1_s, T2_s, transmit, *, TR_s, TE_s, n_isochromats=16):
    """Signal in the steady state, of isochromats that crushers turn by angles around the circle.

    Between cycles the spoiler, another in each cycle, leaves the mean longitudinal magnetisation.
    """
    excite, refocus = excitation(90 * transmit), excitation(180 * transmit)
    to_refocusing = relaxation(TE_s / 2, T1_s, T2_s)
    echo = []

    def cycle(magnetisation):
        ends = []
        for angle in 2 * np.pi * np.arange(n_isochromats) / n_isochromats:
            crusher = np.eye(4)
            crusher[:2, :2] = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
            at_echo = (
                to_refocusing @ crusher @ refocus @ crusher @ to_refocusing @ excite @ magnetisation
            )
            ends.append(at_echo)
        mean = np.mean(ends, axis=0)
        echo.append(-mean[1])  # a refocusing pulse about the axis of the excitation turns the echo
        return SPOILER @ relaxation(TR_s - TE_s, T1_s, T2_s) @ mean

    repeat_until_steady(cycle, np.array([0.0, 0.0, 1.0, 1.0]))
    return echo[-1]


def variable_refocusing_angles_deg(n_echoes, lowest_deg, centre_deg, last_deg):
    """Refocusing angles of a SPACE-like train, shape (n_echoes,).

    A fall within some echoes to the lowest angle, a slow rise to the centre of k-space at half of
    the train and a faster one to its end: the shape of Busse et al., Magn. Reson. Med. 60:640-649
    (2008).
    """
    n_start, half = 8, n_echoes // 2
    start = lowest_deg + (90 - lowest_deg / 2) * np.exp(-np.arange(n_start) / 1.5)
    rise = np.linspace(lowest_deg, centre_deg, half - n_start)
    return np.concatenate([start, rise, np.linspace(centre_deg, last_deg, n_echoes - half)])


def echo_train(Mz, excitation_deg, refocusing_angles_deg, echo_spacing_s, T1_s, T2_s):
    """Extended phase graph of an excitation (about y) and a train of refocusing pulses (about x).

    Phase graph: F_plus, F_minus and Z, each by order; a half echo spacing dephases by one order.

    Returns:
        Echoes, shape (n_echoes,), and the longitudinal magnetisation after the train.
    """
    n_orders = len(refocusing_angles_deg) + 2  # higher orders cannot come back within the train
    F_plus, F_minus, Z = (np.zeros(n_orders, dtype=complex) for _ in range(3))
    angle = np.deg2rad(excitation_deg)
    F_plus[0] = F_minus[0] = Mz * np.sin(angle)
    Z[0] = Mz * np.cos(angle)
    E1, E2 = np.exp(-echo_spacing_s / 2 / T1_s), np.exp(-echo_spacing_s / 2 / T2_s)

    def half_spacing(F_plus, F_minus, Z):
        F_plus = np.concatenate([[0], F_plus[:-1]]) * E2
        F_minus = np.concatenate([F_minus[1:], [0]]) * E2
        F_plus[0] = np.conj(F_minus[0])
        Z = Z * E1
        Z[0] += 1 - E1
        return F_plus, F_minus, Z

    echoes = []
    for angle in np.deg2rad(refocusing_angles_deg):
        F_plus, F_minus, Z = half_spacing(F_plus, F_minus, Z)
        stay, swap, mix = np.cos(angle / 2) ** 2, np.sin(angle / 2) ** 2, 1j * np.sin(angle)
        F_plus, F_minus, Z = (
            stay * F_plus + swap * F_minus - mix * Z,
            swap * F_plus + stay * F_minus + mix * Z,
            -mix / 2 * F_plus + mix / 2 * F_minus + np.cos(angle) * Z,
        )
        F_plus, F_minus, Z = half_spacing(F_plus, F_minus, Z)
        echoes.append(F_plus[0].real)
    return np.array(echoes), Z[0].real


def simulate_flair(
    T1_s,
    T2_s,
    transmit,
    *,
    TR_s,
    TI_s,
    inversion_efficiency,
    refocusing_angles_deg,
    echo_spacing_s,
    echo_number,
):
    """Signed signal of an echo (numbered from 1) of an inversion-recovery fast spin echo."""
    duration_s = len(refocusing_angles_deg) * echo_spacing_s
    echo = []

    def cycle(Mz):
        Mz = 1 - (1 + inversion_efficiency * Mz) * np.exp(-TI_s / T1_s)
        echoes, Mz = echo_train(
            Mz, 90 * transmit, transmit * refocusing_angles_deg, echo_spacing_s, T1_s, T2_s
        )
        echo.append(echoes[echo_number - 1])
        return 1 - (1 - Mz) * np.exp(-(TR_s - TI_s - duration_s) / T1_s)

    repeat_until_steady(cycle, 1.0)
    return echo[-1]
