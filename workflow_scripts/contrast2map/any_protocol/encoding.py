"""Write a visit's protocol as numbers that a network can read."""

import numpy as np

SMALLEST = 1e-4  # a time of 0 s, such as an echo train of one echo, has a logarithm too
# Typical value of a field by the end of its name; a field enters as log(value / typical).
TYPICAL = {"_s": 0.3, "_deg": 30.0, "_T": 2.0, "": 10.0}


def n_numbers(n_slots, n_fields):
    """Length of an encoded protocol."""
    return n_slots * (2 * n_fields + 1) + 1


def encode(protocol, present, common_scale, fields):
    """Encode the protocols of visits.

    Args:
        protocol: Values of the fields, shape (visit, slot, field); NaN where unknown.
        present: True where a scan exists, shape (visit, slot).
        common_scale: True where one scale divides all scans of a visit, shape (visit,).
        fields: Names of the fields, each with its unit at the end.

    Returns:
        float32 of shape (visit, `n_numbers`): for each slot log(value / typical value) of each
        field (0 if unknown), whether each is known, and whether the scan is present; at the end
        whether the scale is common. All numbers of an absent scan are 0.
    """
    protocol = np.asarray(protocol, np.float64)
    present = np.asarray(present, bool)
    known = np.isfinite(protocol) & present[..., None]
    values = np.where(known, protocol, 1.0)
    numbers = np.log(np.maximum(values, SMALLEST) / np.array([_typical(name) for name in fields]))
    numbers = np.where(known, numbers, 0.0)
    per_slot = np.concatenate([numbers, known, present[..., None]], axis=-1)
    scale = np.asarray(common_scale, np.float64)[:, None]
    return np.concatenate([per_slot.reshape(len(per_slot), -1), scale], axis=-1).astype(np.float32)


def without_absent(images, present):
    """Images of shape (visit, height, width, slot), with zeros where a scan is absent."""
    return np.where(np.asarray(present, bool)[:, None, None], images, np.float32(0))


def inputs_of(batch, fields):
    """Inputs of the network for a batch of the teacher.

    Args:
        batch: Batch of the teacher.
        fields: Names of the fields of a protocol, each with its unit at the end.

    Returns:
        Images (`without_absent`) and context (`encode`).
    """
    context = encode(batch.protocol, batch.present, batch.common_scale, fields)
    return without_absent(batch.images, batch.present), context


def _typical(name):
    return next(value for end, value in TYPICAL.items() if name.endswith(end))
