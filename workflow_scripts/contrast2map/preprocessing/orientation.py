"""Whether a head lies as the header of its scan says, by comparison with the ICBM152 template.

A head is nearly symmetrical, so left and right cannot be distinguished; any other wrong axis can.
"""

import itertools
from functools import cache
from typing import NamedTuple

import nibabel as nib
import numpy as np
from scipy.spatial.transform import Rotation

from contrast2map.anatomy.templates import load_icbm152
from contrast2map.preprocessing import alignment

SMOOTHED_MM, STEP_MM = 6.0, 7.0
NODS_DEG, SHIFTS_Z_MM = (-15.0, 0.0, 15.0), (-20.0, 0.0, 20.0)
# About the axes through crown and nose, tried if the head seems to lie wrongly.
TURNS_DEG = [
    *((angle, 0.0) for angle in (-30.0, -15.0, 15.0, 30.0)),
    *((0.0, angle) for angle in (-30.0, -15.0, 15.0, 30.0)),
]
# ASSUME lowest ratio of a head that lies as its header says. In eight scans of three heads (T1w,
# T2w, FLAIR; two real heads, one simulated) it was 1.04 to 1.44, also mirrored; 0.55 to 0.80 upside
# down or with the axes of a sagittal scan, and 0.70 to 0.93 back to front. Five scans of
# the real heads, turned or bent by 20 to 45 degrees, had 0.971 to 1.35.
LEAST_RATIO = 0.97
WAYS = (("left", "right"), ("posterior", "anterior"), ("inferior", "superior"))


class Orientation(NamedTuple):
    """How a head lies.

    Attributes:
        ratio: Similarity to the template as stored, over that of the most similar other turn.
        turn: That turn, a rotation from the scan's world axes to the template's, shape (3, 3).
    """

    ratio: float
    turn: np.ndarray

    @classmethod
    def of(cls, as_stored, turned, turn):
        """The Orientation with these similarities of the head as stored, and turned."""
        return cls(float(as_stored / max(turned, 1e-9)), turn)

    @property
    def is_wrong(self):
        """Whether the head does not lie as the header says, apart from left and right."""
        return self.ratio < LEAST_RATIO and bool(self.words)

    @property
    def words(self):
        """What the directions of the header seem to be, such as "superior is anterior"."""
        texts = []
        for axis, (_, name) in enumerate(WAYS):
            seen = self.turn[:, axis]
            other = int(np.argmax(np.abs(seen)))
            found = WAYS[other][int(seen[other] > 0)]
            if found != name and {axis, other} != {0}:  # left and right cannot be distinguished
                texts.append(f"{name} is {found}")
        return ", ".join(texts)


def measure(values, affine):
    """Compare a head with the template in all 24 turns by right angles.

    Args:
        values: Scan of a head with skull, shape (x, y, z).
        affine: Voxel-to-world matrix in RAS mm.

    Returns:
        Orientation.

    Raises:
        ValueError: There is no head in the scan.
    """
    head = alignment.smoothed(values, affine, SMOOTHED_MM)
    points = alignment.head_points(head, STEP_MM)
    centre_mm = points.world_mm.mean(axis=1)
    template, template_centre_mm = _template()
    turns = [turn.round() for turn in Rotation.create_group("O").as_matrix()]

    def similarity(turn, turns_deg=((0.0, 0.0),)):
        return max(
            alignment.similarity(points, template, matrix)
            for matrix in _matrices(turn, turns_deg, centre_mm, template_centre_mm)
        )

    similarities = [similarity(turn) for turn in turns]
    stored = next(n for n, turn in enumerate(turns) if np.allclose(turn, np.eye(3)))
    other = max((n for n in range(len(turns)) if n != stored), key=similarities.__getitem__)
    found = Orientation.of(similarities[stored], similarities[other], turns[other])
    if not found.is_wrong:
        return found
    # A head that is turned or bent to one side is less similar in its own orientation too.
    of_both = (max(similarities[n], similarity(turns[n], TURNS_DEG)) for n in (stored, other))
    return Orientation.of(*of_both, turns[other])


def measure_if_head(values, affine):
    """As `measure`, but None if there is no head, which other checks report."""
    try:
        return measure(values, affine)
    except ValueError:
        return None


def repaired(scans, target):
    """Turn the scans of a visit whose heads do not lie as their headers say.

    Scans that are turned alike keep their position relative to each other. A scan in which the head
    cannot be compared with the template is turned like the target.

    Args:
        scans: Dict mapping name to nibabel image, including the target.
        target: Name of the scan to which the others will be registered.

    Returns:
        Dict mapping name to image, with a corrected affine if it was turned; and a dict mapping the
        names of those that were turned to what their directions were.
    """
    found = {
        name: measure_if_head(np.asarray(image.dataobj), image.affine)
        for name, image in scans.items()
    }
    turned, words = dict(scans), {}
    for name, image in scans.items():
        lying = found[name] or found[target]
        if lying is None or not lying.is_wrong:
            continue
        of_target = found[target]
        is_shared = of_target is not None and np.allclose(of_target.turn, lying.turn)
        turned[name] = _turned(image, lying.turn, scans[target] if is_shared else image)
        words[name] = lying.words
    return turned, words


def _turned(image, turn, around):
    """The image with its affine turned around the centre of another image's field of view."""
    centre_mm = (around.affine @ [*(np.array(around.shape) - 1) / 2, 1])[:3]
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = centre_mm - turn @ centre_mm
    return nib.Nifti1Image(np.asarray(image.dataobj), matrix @ image.affine)


def _matrices(turn, turns_deg, centre_mm, template_centre_mm):
    """Matrices of a turn with small nods, further turns and shifts along the body."""
    for nod_deg, (z_deg, y_deg), shift_mm in itertools.product(NODS_DEG, turns_deg, SHIFTS_Z_MM):
        matrix = np.eye(4)
        small = Rotation.from_euler("zyx", (z_deg, y_deg, nod_deg), degrees=True).as_matrix()
        matrix[:3, :3] = small @ turn
        matrix[:3, 3] = template_centre_mm - matrix[:3, :3] @ centre_mm
        matrix[2, 3] += shift_mm
        yield matrix


@cache
def _template():
    """Smoothed template, and the centre of its head in mm."""
    template = alignment.smoothed(*load_icbm152("t1"), SMOOTHED_MM)
    return template, alignment.head_points(template, STEP_MM).world_mm.mean(axis=1)
