"""Assess the alignment of two scans of one head without ground truth."""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from contrast2map.imaging import grids, ranges
from contrast2map.imaging.movement import rigid_matrix

STEP_MM = 3.0  # distance between the points at which two scans are compared
N_BINS = 32
MIN_POINTS = 200
NEIGHBOUR_STEP = 5.0  # distance (mm or degrees) to the poses with which an alignment is compared
COARSE_STEP_MM = 6.0
# Grid of the search for a start: anterior-posterior and superior-inferior shifts, and nodding.
SEARCH_STRIDE = 10
SHIFTS_Y_MM = (-20, 0, 20)
SHIFTS_Z_MM = range(-60, 61, 10)
NODS_DEG = (-15, 0, 15)
PART_SHARE = 0.1  # relative to the largest bright part; smaller parts are noise
AIR_SHARE = 0.12  # relative to bright voxels; darker voxels outside the head are air


@dataclass(frozen=True)
class Volume:
    """A smoothed scan.

    Attributes:
        values: Intensities, float32, shape (x, y, z).
        affine: Voxel-to-world matrix in RAS mm, shape (4, 4).
    """

    values: np.ndarray
    affine: np.ndarray

    @cached_property
    def head(self):
        """Mask of the head (`head_mask`)."""
        return head_mask(self.values)


@dataclass(frozen=True)
class Points:
    """Points of a head with the intensities of a scan.

    Attributes:
        world_mm: World coordinates in RAS mm, shape (3, point).
        intensities: Intensity of the scan at each point, shape (point,).
    """

    world_mm: np.ndarray
    intensities: np.ndarray

    @property
    def centre_mm(self):
        """Centre of the head in RAS mm, shape (3,)."""
        return self.world_mm.mean(axis=1)


def smoothed(values, affine, step_mm=STEP_MM):
    """Average a scan over boxes of `step_mm`, approximated by Gaussians of the same variance.

    Values far outside the robust range are clipped first (`ranges.bounded`), and a constant that
    was added to the scan is subtracted.
    """
    voxel_mm = grids.voxel_size_mm(affine)
    sigma_mm = np.sqrt(np.maximum(step_mm**2 - voxel_mm**2, 0) / 12)
    values = ranges.bounded(np.asarray(values, np.float32))
    values = ranges.without_constant(values)
    averaged = ndimage.gaussian_filter(values, sigma_mm / voxel_mm)
    return Volume(averaged, np.asarray(affine, float))


def head_points(volume, step_mm=STEP_MM):
    """Choose points of the head in a scan, about `step_mm` apart.

    Raises:
        ValueError: There is no head: (nearly) all voxels have the same value.
    """
    voxel_mm = grids.voxel_size_mm(volume)
    strides = np.maximum(np.rint(step_mm / voxel_mm), 1).astype(int)
    sparse = tuple(slice(None, None, stride) for stride in strides)
    voxels = np.argwhere(volume.head[sparse]) * strides
    if len(voxels) < MIN_POINTS:
        raise ValueError("there is no head in the scan")
    world_mm = volume.affine[:3, :3] @ voxels.T + volume.affine[:3, 3:]
    return Points(world_mm, volume.values[tuple(voxels.T)])


def head_mask(values):
    """Mask of the head: large bright components with holes filled, boolean, shape (x, y, z).

    Brain and scalp may be separate components, since bone is dark.
    """
    dark, bright = np.quantile(values[::2, ::2, ::2], (0.02, 0.99))
    parts, n_parts = ndimage.label(values > dark + AIR_SHARE * (bright - dark))
    if n_parts == 0:
        return np.zeros(values.shape, bool)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return ndimage.binary_fill_holes((sizes > PART_SHARE * sizes.max())[parts])


def seen_by(points, volume, matrix):
    """Sample another scan at the points of a head.

    Args:
        points: Points of the target.
        volume: Volume of the other scan.
        matrix: World-to-world matrix from the target's points to the scan's, shape (4, 4).

    Returns:
        Intensities, and whether each point is in the scan's field of view, each of shape (point,).
    """
    to_voxel = np.linalg.inv(volume.affine) @ matrix
    voxels = to_voxel[:3, :3] @ points.world_mm + to_voxel[:3, 3:]
    last = np.array(volume.values.shape)[:, None] - 1
    inside = ((voxels >= -0.5) & (voxels <= last + 0.5)).all(axis=0)
    values = ndimage.map_coordinates(volume.values, voxels, order=1, mode="nearest")
    return values, inside


def similarity(points, volume, matrix):
    """Normalised mutual information of two scans over their common field of view.

    (H(A) + H(B)) / H(A, B) - 1 with entropies H (Studholme et al., Pattern Recognition 1999;32:71):
    0 for independent scans, 1 if each determines the other.

    Args:
        points: Points of the target.
        volume: Volume of the other scan.
        matrix: World-to-world matrix from the target's points to the scan's, shape (4, 4).

    Returns:
        Number between 0 and 1; 0 if the scans have too few points in common.
    """
    values, inside = seen_by(points, volume, matrix)
    if np.count_nonzero(inside) < MIN_POINTS:
        return 0.0
    counts, _, _ = np.histogram2d(
        _clipped(points.intensities[inside]), _clipped(values[inside]), N_BINS
    )
    joint = _entropy(counts)
    if joint == 0:
        return 0.0
    return float((_entropy(counts.sum(axis=0)) + _entropy(counts.sum(axis=1))) / joint - 1)


def distinctness(points, volume, matrix):
    """Ratio of the similarity of two scans to the largest similarity 5 mm or 5 degrees away.

    Mutual information differs more between pairs of contrasts than between correct and wrong
    alignments. A correct alignment stands out from its neighbours for any contrasts.

    Args:
        points: Points of the target.
        volume: Volume of the other scan.
        matrix: World-to-world matrix from the target's points to the scan's, shape (4, 4).

    Returns:
        Similarity divided by the largest similarity among twelve neighbouring poses: one step in
        either direction along and about each axis. About 1 or less for a wrong alignment; 0 without
        overlap.
    """
    centre_mm = matrix[:3, :3] @ points.centre_mm + matrix[:3, 3]
    steps = NEIGHBOUR_STEP * np.concatenate([np.eye(3), -np.eye(3)])
    still = np.zeros(3)
    poses = [
        *(rigid_matrix(step, still, centre_mm) for step in steps),
        *(rigid_matrix(still, step, centre_mm) for step in steps),
    ]
    around = max(similarity(points, volume, pose @ matrix) for pose in poses)
    return float(similarity(points, volume, matrix) / around) if around > 0 else 0.0


def overlap(points, volume, matrix):
    """Share of a head's points in the field of view of another scan."""
    return float(seen_by(points, volume, matrix)[1].mean())


def movement_of(matrix, centre_mm):
    """Rotation angle of a matrix in degrees, and displacement of a point in mm."""
    cosine = np.clip((np.trace(matrix[:3, :3]) - 1) / 2, -1, 1)
    displaced_mm = matrix[:3, :3] @ centre_mm + matrix[:3, 3] - centre_mm
    return float(np.degrees(np.arccos(cosine))), float(np.linalg.norm(displaced_mm))


def starts(points, volume):
    """Starting points of the search for a movement.

    Args:
        points: Points of the target.
        volume: Volume of the other scan.

    Returns:
        Dict mapping name to world-to-world matrix from the target's points to the scan's: "header"
        (the identity) is right if the head moved little, even for a thin slab; "centres" if the
        scanner's origin changed; "search" (over coarse translations and nodding angles) suits a
        slab whose origin changed.

    Raises:
        ValueError: There is no head in the other scan.
    """
    centre_mm = points.centre_mm
    shift_mm = head_points(volume, COARSE_STEP_MM).centre_mm - centre_mm
    few = Points(points.world_mm[:, ::SEARCH_STRIDE], points.intensities[::SEARCH_STRIDE])
    candidates = [
        rigid_matrix((nod_deg, 0, 0), shift_mm + [0, y_mm, z_mm], centre_mm)
        for nod_deg, y_mm, z_mm in itertools.product(NODS_DEG, SHIFTS_Y_MM, SHIFTS_Z_MM)
    ]
    return {
        "header": np.eye(4),
        "centres": rigid_matrix((0, 0, 0), shift_mm, centre_mm),
        "search": max(candidates, key=lambda matrix: similarity(few, volume, matrix)),
    }


def _clipped(values):
    return np.clip(values, *np.quantile(values, (0.01, 0.99)))


def _entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())
