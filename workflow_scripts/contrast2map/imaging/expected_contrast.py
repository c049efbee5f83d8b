"""Contrast of the brain's tissues that a scan should have, from its sequence."""

from contrast2map.imaging.signal_equations import (
    SIGNAL_EQUATIONS,
    equation_parameters,
    parameter_names,
    simulate_signal,
)

BRAIN_TISSUES = ("csf", "gm", "wm")
OTHER = "other"  # type of a sequence without a signal equation
# Order of a sequence whose parameters are not all given. The contrast of the other types depends on
# them: a spin echo may be T1-, T2- or PD-weighted.
ORDER_BY_TYPE = {"mprage": ("csf", "gm", "wm"), "flair": ("csf", "wm", "gm")}


def missing_parameters(sequence):
    """Parameters that the simulation of a scan and of its sidecar needs and a sequence lacks."""
    if sequence["type"] == OTHER:
        return []
    wanted = dict.fromkeys([*parameter_names(sequence["type"]), "TE_s"])
    return [name for name in wanted if name not in sequence]


def expected_signals(sequence, tissues):
    """Signal of the brain's tissues at nominal transmit.

    Args:
        sequence: Dict with `type` and parameters.
        tissues: Dict mapping tissue (at least BRAIN_TISSUES) to a dict with T1_s, T2_s and PD.

    Returns:
        Dict mapping each of BRAIN_TISSUES to its signal in units of PD. Tissues within a few
        percent of each other are indistinguishable in a scan.
    """
    parameters = equation_parameters(sequence)
    values = {
        name: [tissues[name][key] for key in ("T1_s", "T2_s", "PD")] for name in BRAIN_TISSUES
    }
    return {
        name: float(simulate_signal(sequence["type"], *of_tissue, 1.0, parameters))
        for name, of_tissue in values.items()
    }


def expected_tissue_order(sequence, tissues):
    """Tissues from dark to bright, as far as the sequence tells.

    An echo train without its contrast-equivalent echo time counts as a spin echo with the nominal
    one. Otherwise, a sequence without all parameters has the order of its type.

    Args:
        sequence: Dict with `type` and those parameters that are known.
        tissues: As in `expected_signals`.

    Returns:
        BRAIN_TISSUES, sorted; None if the sequence does not tell.

    Raises:
        ValueError: The parameters contradict each other.
    """
    if sequence["type"] == "fast_spin_echo" and missing_parameters(sequence):
        sequence = {"type": "spin_echo"} | {
            name: sequence[name] for name in ("TR_s", "TE_s") if name in sequence
        }
    kind = sequence["type"]
    if kind not in SIGNAL_EQUATIONS or any(name not in sequence for name in parameter_names(kind)):
        return ORDER_BY_TYPE.get(kind)
    signals = expected_signals(sequence, tissues)
    return tuple(sorted(signals, key=signals.get))
