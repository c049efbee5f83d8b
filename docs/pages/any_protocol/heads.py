"""BrainWeb's heads in the form of the teacher's: anatomy that no training saw."""

from pathlib import Path

import numpy as np

from contrast2map.simulation import brainweb, simulated_head
from contrast2map.teacher import heads
from contrast2map.teacher.tissues import TISSUES

SHAPE = (196, 236, 216)  # voxels of 1 mm around the brain
# Tissues of the teacher by those of BrainWeb's heads; outside the brain, materials are random.
TISSUE_OF = {
    "csf": "csf",
    "gm": "cortex",
    "wm": "wm",
    "putamen": "putamen",
    "thalamus": "thalamus",
    "skull": "outer_515",
    "fat": "outer_502",
    "muscle": "outer_506",
    "skin": "outer_507",
    "marrow": "outer_508",
    "dura": "outer_509",
    "vessels": "outer_511",
}


def load(folder, cache_folder, n_heads=None):
    """Load all heads; those that the cache lacks are prepared first (two minutes each).

    Args:
        folder: Folder with BrainWeb's models (`subject*_crisp_v.mnc.gz`).
        cache_folder: Folder for the prepared heads.
        n_heads: Number of heads, the first ones; None for all.

    Returns:
        List of teacher.heads.Head.
    """
    found = []
    for path in sorted(Path(folder).glob("subject*_crisp_v.mnc.gz"))[:n_heads]:
        prepared = Path(cache_folder) / path.name.removesuffix("_crisp_v.mnc.gz")
        if not prepared.is_dir():
            heads.store(prepared, tissue_numbers(path))
        found.append(heads.open_stored(prepared))
    return found


def tissue_numbers(path):
    """The tissue that fills most of each voxel, uint8 of shape SHAPE."""
    affine = np.eye(4)
    affine[:3, 3] = -0.5 * (np.array(SHAPE) - 1)
    head = simulated_head.with_deep_structures(brainweb.load_head(path, SHAPE, affine))
    names = list(TISSUE_OF)
    shares = np.stack([head.fractions[name] for name in names])
    numbers = np.array([TISSUES.index(TISSUE_OF[name]) for name in names], np.uint8)
    largest = numbers[shares.argmax(axis=0)]
    return np.where(shares.sum(axis=0) > 0.5, largest, 0).astype(np.uint8)
