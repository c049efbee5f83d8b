"""How often a scan is said not to fit its protocol, with right and with wrong numbers."""

from collections import defaultdict

import numpy as np

from contrast2map.imaging.masks import TISSUE_LABELS
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.maps import told_contrast
from contrast2map.teacher.tissues import TISSUES

PLACES = {"csf": ("ventricles", "csf"), "gm": ("cortex",), "wm": ("wm",)}
LABELS = np.zeros(256, np.uint8)
for _name, _places in PLACES.items():
    LABELS[[TISSUES.index(each) for each in _places]] = TISSUE_LABELS[_name]


def judge(batch, maps_s):
    """Judge every scan of a batch as `maps` does.

    Args:
        batch: Batch of the teacher, with what is told of its protocols.
        maps_s: Dict mapping T1 and T2 to the maps that were found, in seconds.

    Returns:
        List of (slot, names of the told numbers, whether the scan is doubted).
    """
    found = []
    for visit, mask in enumerate(batch.mask.astype(bool)):
        tissue = LABELS[batch.tissue[visit]] * mask
        times_s = {
            name: tuple(
                float(np.median(maps_s[quantity][visit][tissue == TISSUE_LABELS[name]]))
                for quantity in ("T1", "T2")
            )
            for name in ("gm", "wm")
            if (tissue == TISSUE_LABELS[name]).any()
        }
        for number in np.flatnonzero(batch.present[visit]):
            told = dict(zip(PROTOCOL_FIELDS, batch.protocol[visit, number].tolist(), strict=True))
            limits = told_contrast.possible(SLOTS[number], told, times_s, seed=visit)
            image = batch.images[visit][None, ..., number]
            ratios = told_contrast.measured(image, tissue[None], mask[None])
            known = {name for name, value in told.items() if np.isfinite(value)}
            found.append((SLOTS[number], known, bool(told_contrast.beyond(ratios, limits))))
    return found


def shares(judged, number=None):
    """Percent of doubted scans by slot, of those whose named number is told (None: of all)."""
    by_slot = defaultdict(list)
    for slot, known, is_doubted in judged:
        if number is None or number in known:
            by_slot[slot].append(is_doubted)
    return {slot: 100 * float(np.mean(values)) for slot, values in by_slot.items()}
