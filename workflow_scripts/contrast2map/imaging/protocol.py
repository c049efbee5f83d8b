"""Kinds of scan and numbers of a protocol, as the teacher gives them and the network reads them.

A visit has one slot per kind of scan (`SLOTS`) and, for each slot, one number per field
(`PROTOCOL_FIELDS`); NaN means unknown or not applicable. The fields are those that a sidecar can
give (`bids/protocol_sidecar.py`).
"""

import numpy as np

SLOTS = (
    "mprage",
    "spoiled_gradient_echo",
    "flair",
    "t1w_spin_echo",
    "t2w_spin_echo",
    "pdw_spin_echo",
)
# Unit and meaning of each field. The names end with the unit.
PROTOCOL_FIELDS = {
    "TR_s": "interval between inversions (mprage, flair), otherwise between excitations",
    "TI_s": "from the inversion to the centre of k-space (mprage) or to the excitation (flair)",
    "TE_s": "echo time; of an echo train, its contrast-equivalent echo time",
    "flip_angle_deg": "flip angle of the excitations (mprage, spoiled_gradient_echo)",
    "echo_spacing_s": "between the excitations of an mprage, or between the echoes of a train",
    "echo_train_length": "echoes per excitation; of an mprage, excitations per inversion",
    "field_strength_T": "field strength",
}


def image_scale(values):
    """The number by which an image is divided: the median of its brain.

    The median hardly depends on the rim of a brain mask, on its CSF, and on remnants of the skull.

    Args:
        values: Values of the voxels in the brain of the whole volume, any shape.

    Returns:
        Median of the values above 0; 0 if there is none.
    """
    positive = values[values > 0]
    return float(np.median(positive)) if positive.size else 0.0
