"""The sequences of a study's configuration as the network for any protocol is told them."""

from contrast2map.bids.protocol_sidecar import ScanProtocol, slot_of
from contrast2map.imaging.expected_contrast import OTHER
from contrast2map.imaging.protocol import PROTOCOL_FIELDS


def slot_and_numbers(sequence, field_strength_T=None):
    """Kind of scan and numbers of a sequence.

    Args:
        sequence: Dict with `type` and the sequence's parameters, as in the configuration.
        field_strength_T: Field strength; None if unknown.

    Returns:
        Slot among `imaging.protocol.SLOTS`, or None if it cannot be told; dict of the known values
        by `PROTOCOL_FIELDS`.
    """
    numbers = {name: sequence[name] for name in PROTOCOL_FIELDS if name in sequence}
    # The contrast-equivalent echo time of a long train, not its nominal one.
    if "equivalent_TE_s" in sequence:
        numbers["TE_s"] = sequence["equivalent_TE_s"]
    if "n_excitations" in sequence:
        numbers["echo_train_length"] = sequence["n_excitations"]
    if field_strength_T is not None:
        numbers["field_strength_T"] = field_strength_T
    times = {name: numbers.get(name) for name in ("TR_s", "TE_s")}
    return slot_of(ScanProtocol(kind=sequence["type"], **times)), numbers


def slots_and_numbers(contrasts, inputs, field_strength_T=None):
    """`slot_and_numbers` of a set of inputs.

    Args:
        contrasts: Section `contrasts` of the configuration.
        inputs: Names of the contrasts that a network reads.
        field_strength_T: Field strength; None if unknown.

    Returns:
        Dict mapping slot to (contrast, numbers), in the order of the inputs.

    Raises:
        ValueError: The kind of a contrast is unclear, or two are of one kind.
    """
    sequence_of = {contrast["name"]: contrast["sequence"] for contrast in contrasts}
    found = {}
    for name in inputs:
        slot, numbers = slot_and_numbers(sequence_of[name], field_strength_T)
        if slot is None:
            raise ValueError(f"{name} {_why_unclear(sequence_of[name])}")
        if slot in found:
            raise ValueError(f"{name} is the same kind of scan as {found[slot][0]}")
        found[slot] = name, numbers
    return found


def _why_unclear(sequence):
    if sequence["type"] == OTHER:
        return f"has type {OTHER}, which is none of its kinds of scan"
    missing = [name for name in ("TR_s", "TE_s") if name not in sequence]
    if missing:
        return f"may be T1-, T2- or PD-weighted (its sequence gives no {' and '.join(missing)})"
    return "has a TE and TR between those of T1-, T2- and PD-weighted scans"
