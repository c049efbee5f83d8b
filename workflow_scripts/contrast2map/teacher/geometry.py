"""A random slab of a head, sampled at several places in each voxel."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from contrast2map.teacher import fields
from contrast2map.teacher.tissues import N_NUMBERS, TISSUES

# Places in a voxel (rows, columns, along the normal) as shares of its edges: a rotated grid.
PLACES = np.array(
    [
        (-0.125, -0.375, -0.375),
        (0.375, -0.125, -0.125),
        (-0.375, 0.125, 0.125),
        (0.125, 0.375, 0.375),
    ],
    np.float32,
)
MARGIN = 8  # voxels around a patch that are simulated and cut off
PLANES = {"axial": (1, 0, 2), "sagittal": (1, 2, 0), "coronal": (2, 0, 1)}  # row, column, normal
BEND_STEP = 32  # voxels between the nodes of the elastic deformation
LARGEST_ROTATION_DEG = 15.0


@dataclass(frozen=True)
class Slab:
    """Sampled voxels of a patch and its margin, H by W.

    Attributes:
        tissue: Number of the tissue at each place, uint8 (places, H, W).
        depth_mm: Depth below the brain's envelope in the middle of the voxel, float32 (H, W).
        position_mm: Position of `fields.coarse_nodes` in the head, relative to the brain's centre,
            without the elastic deformation, float32 (3, rows, columns).
        voxel_mm: In-plane edge.
        thickness_mm: Slice thickness.
    """

    tissue: np.ndarray
    depth_mm: np.ndarray
    position_mm: np.ndarray
    voxel_mm: float
    thickness_mm: float


def draw_slab(rng, head, settings):
    """Draw a Slab: plane, position, rotation, scaling, elastic deformation, voxel size."""
    height, width = (n + 2 * MARGIN for n in settings.patch_size)
    voxel_mm = rng.uniform(*settings.voxel_mm)
    # Thin slices are as frequent as thick ones.
    low, high = settings.thickness_mm
    thickness_mm = low * (high / low) ** rng.random()
    shares = [settings.share_axial, *[(1 - settings.share_axial) / 2] * 2]
    plane = tuple(PLANES.values())[rng.choice(3, p=shares)]
    axes = _random_axes(rng)[:, plane]  # head voxels (1 mm) per mm along row, column, normal
    axes[:, :2] *= rng.choice((-1, 1), 2)
    steps = (axes * [voxel_mm, voxel_mm, thickness_mm]).astype(np.float32)

    middle = head.points[:, rng.integers(head.points.shape[1])]
    if rng.random() < settings.share_centred:  # the plane still goes through this point
        normal = axes[:, 2] / np.linalg.norm(axes[:, 2])
        middle = head.centre + normal * (normal @ (middle - head.centre))
    middle = middle + steps[:, :2] @ rng.uniform(-10, 10, 2)

    rows = np.arange(height, dtype=np.float32) - height / 2
    columns = np.arange(width, dtype=np.float32) - width / 2
    bend_mm = rng.uniform(0, 4)
    bent = bend_mm * fields.spline_field(rng, (height, width), BEND_STEP, 3)
    start = middle.astype(np.float32) + 0.5  # rounds when truncated
    planes = [
        bent[axis] + (start[axis] + steps[axis, 0] * rows)[:, None] + steps[axis, 1] * columns
        for axis in range(3)
    ]
    offsets = PLACES @ steps.T
    tissue = np.stack(
        [head.tissue.ravel()[_flat(planes, offset, head.tissue.shape)] for offset in offsets]
    )
    depth_mm = head.depth_mm.ravel()[_flat(planes, np.zeros(3), head.tissue.shape)]

    node_rows = fields.coarse_nodes(height) - height / 2
    node_columns = fields.coarse_nodes(width) - width / 2
    position_mm = (
        (middle - head.centre).astype(np.float32)[:, None, None]
        + steps[:, 0, None, None] * node_rows[:, None]
        + steps[:, 1, None, None] * node_columns
    )
    return Slab(tissue, depth_mm.astype(np.float32), position_mm, voxel_mm, thickness_mm)


def _flat(planes, offset, shape):
    """Flat numbers of the head's voxels at places, which are moved into the head if outside."""
    flat = 0
    for plane, shift, size in zip(planes, offset, shape, strict=True):
        voxel = plane + np.float32(shift)
        np.clip(voxel, 0, size - 1, out=voxel)
        flat = flat * size + voxel.astype(np.int32)
    return flat


def _random_axes(rng):
    """A random rotation with a random scaling of each axis, (3, 3)."""
    angles = rng.uniform(-LARGEST_ROTATION_DEG, LARGEST_ROTATION_DEG, 3)
    rotation = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    return rotation * rng.uniform(0.87, 1.15, 3)


def add_spots(rng, slab, n_most):
    """Add lesions in white matter and blobs anywhere in the brain, with irregular edges.

    Returns:
        Numbers of the tissues with spots, uint8 (places, H, W).
    """
    tissue = slab.tissue
    n = int(rng.integers(0, n_most + 1))
    if n == 0:
        return tissue
    tissue = tissue.copy()
    white = np.flatnonzero((tissue[1] == TISSUES.index("wm")).ravel())
    brain = np.flatnonzero((slab.depth_mm > 0).ravel())
    if brain.size == 0:
        return tissue
    height, width = slab.depth_mm.shape
    for spot in range(n):
        in_white = rng.random() < 0.6 and white.size > 0
        choices = white if in_white else brain
        row, column = divmod(int(choices[rng.integers(choices.size)]), width)
        radius = 1.5 * (10 if in_white else 16) ** rng.random() ** 1.5 / slab.voxel_mm
        reach = int(1.6 * radius) + 2
        rows = slice(max(row - reach, 0), row + reach + 1)
        columns = slice(max(column - reach, 0), column + reach + 1)
        y = np.arange(height, dtype=np.float32)[rows, None] - row
        x = np.arange(width, dtype=np.float32)[columns] - column
        stretch = np.exp(rng.uniform(-0.4, 0.4))
        turn = rng.uniform(0, np.pi)
        along, across = np.cos(turn) * y + np.sin(turn) * x, np.cos(turn) * x - np.sin(turn) * y
        squared = (along * stretch) ** 2 + (across / stretch) ** 2
        ragged = rng.uniform(0, 0.35) * fields.spline_field(rng, squared.shape, 4, 1)[0]
        limit = (radius * (1 + ragged)) ** 2 - squared
        for place, (_, _, through) in enumerate(PLACES):
            inside = limit > (through * slab.thickness_mm / slab.voxel_mm) ** 2
            here = tissue[place, rows, columns]
            allowed = (here > 0) & (slab.depth_mm[rows, columns] > 0)
            if in_white:
                allowed &= here != TISSUES.index("ventricles")
            number = N_NUMBERS - 1 - spot
            here[inside & allowed] = number
    return tissue
