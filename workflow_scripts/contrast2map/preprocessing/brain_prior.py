"""Expected brain of a head, from a template with skull that is registered to it.

A growing surface can leak out of the brain where bone is thin, blurred by thick slices or outside
the field of view, and into a long neck. The expected brain constrains it.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from contrast2map.anatomy import heads
from contrast2map.imaging import grids
from contrast2map.preprocessing import alignment, orbits, registration

TEMPLATE_MM = 4.0  # voxel size of template and head during registration
TEMPLATE_SHAPE = (52, 62, 62)
AIR_VOXELS = 20  # padding, so that the whole head is compared
# Intensities of the template's tissues in an MPRAGE at 3 T, relative to 100 in white matter.
INTENSITIES = {
    "csf": 22,
    "gm": 62,
    "wm": 100,
    "putamen": 75,
    "thalamus": 80,
    "skull": 6,
    "marrow": 70,
    "fat": 110,
    "muscle": 60,
    "skin": 70,
    "dura": 45,
}
RIGID = ((100,), (1,), (1,))
AFFINE = ((100, 30), (2, 1), (1, 0))
SAMPLING_SHARE = 0.3
SEED = 1  # for the choice of voxels; not the study's, so that a mask depends only on the head


class Expected(NamedTuple):
    """What the template expects of a head, shapes (x, y, z).

    Attributes:
        brain: Share of each voxel inside the template's brain, float32 between 0 and 1.
        front: Whether a voxel is in the part in which orbits can be (`orbits.part`).
    """

    brain: np.ndarray
    front: np.ndarray


def expected_brain(intensities, affine):
    """Register the template to a head.

    Args:
        intensities: T1-weighted head, finite, shape (x, y, z), RAS.
        affine: Its voxel-to-world matrix in mm.

    Returns:
        Expected.

    Raises:
        ValueError: There is no head in the image.
        RuntimeError: ANTs failed.
    """
    template, brain = _template()
    head = _coarse(intensities, affine)
    points = alignment.head_points(head, TEMPLATE_MM)
    moving = registration.to_ants(template.values, template.affine)
    target = registration.to_ants(head.values, head.affine)
    options = {"sampling_share": SAMPLING_SHARE, "seed": SEED}
    # All plausible starts converge to the same result (tested: thin and thick slices, cropped
    # heads, shifted origins), so the search runs only from the start with the highest similarity.
    best = max(
        alignment.starts(points, template).values(),
        key=lambda matrix: alignment.similarity(points, template, matrix),
    )
    found = registration.register_linear(target, moving, start=best, levels=RIGID, **options)
    matrix = registration.register_linear(
        target, moving, start=found, levels=AFFINE, kind="Affine", **options
    )
    found, front = (
        grids.resample(values, template.affine, intensities.shape, affine, matrix)
        for values in (brain, orbits.part(brain))
    )
    return Expected(found, front > 0.5)


@cache
def _template():
    """The average ICBM152 head as a T1-weighted Volume, and the brain's share of each voxel."""
    affine = grids.centred_affine(TEMPLATE_SHAPE, [TEMPLATE_MM] * 3)
    head = heads.draw_icbm152_head(
        np.random.default_rng(SEED),
        TEMPLATE_SHAPE,
        affine,
        size_sd=0.0,
        displacement_sd_mm=0.0,
        displacement_smoothness_mm=20.0,
        fraction_sharpness=2.0,
    )
    values = sum(level * head.fractions[tissue] for tissue, level in INTENSITIES.items())
    padded = [np.pad(one, AIR_VOXELS).astype(np.float32) for one in (values, head.brain)]
    return alignment.Volume(
        padded[0], grids.centred_affine(padded[0].shape, [TEMPLATE_MM] * 3)
    ), padded[1]


def _coarse(intensities, affine):
    """Average a head over, and subsample it to, voxels of about `TEMPLATE_MM`."""
    averaged = alignment.smoothed(intensities, affine, TEMPLATE_MM)
    voxel_mm = grids.voxel_size_mm(affine)
    strides = np.maximum(np.rint(TEMPLATE_MM / voxel_mm), 1).astype(int)
    coarse_affine = averaged.affine.copy()
    coarse_affine[:3, :3] *= strides
    sparse = tuple(slice(None, None, stride) for stride in strides)
    return alignment.Volume(np.ascontiguousarray(averaged.values[sparse]), coarse_affine)
