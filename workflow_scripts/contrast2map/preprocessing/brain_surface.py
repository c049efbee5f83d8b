"""A surface that grows in a T1-weighted head until it reaches the rim of the brain.

The method is BET's: Smith, *Fast robust automated brain extraction*, Hum Brain Mapp 2002;17:143.
All vertices move at once, in arrays; a coarse mesh covers the distance and a fine one finds the
rim.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage, sparse

# Subdivisions of an icosahedron, and the number of steps with that mesh: 642 and 2562 vertices.
SCHEDULE = ((3, 150), (4, 100))
DEEP_MM, NEAR_MM = 20.0, 10.0  # depths below the surface of the search for the lowest and highest
SHARPEST_MM, FLATTEST_MM = 3.33, 10.0  # radii of curvature that are smoothed fully and not
TANGENTIAL = 0.5  # share of a vertex' way to the centre of its neighbours, along the surface
STRENGTH = 0.05  # share of the mean edge that intensities move the surface per step, at most
# The vertices settle inside the rim. Chosen among 0, 0.5 and 1 mm on four heads: best on
# BrainWeb's, slightly worse than 0.5 mm on the demo's (benchmarks/README.md).
RIM_MM = 1.0
HEAD_SHARE = 0.1  # of the range of intensities; darker voxels are air


@dataclass(frozen=True)
class Levels:
    """Intensities of a head that guide the surface.

    Attributes:
        low, high: Robust minimum and maximum (2nd and 98th percentile).
        head: Voxels above it belong to the head.
        middle: Median in the sphere of the head's volume.
        centre_mm: Centre of gravity of the head's intensities, shape (3,).
        radius_mm: Radius of a sphere of the head's volume.
    """

    low: float
    high: float
    head: float
    middle: float
    centre_mm: np.ndarray
    radius_mm: float


@dataclass(frozen=True)
class Mesh:
    """Connections of an icosphere.

    Attributes:
        points: Vertices on the unit sphere, shape (vertex, 3).
        faces: Vertices of each triangle, anticlockwise seen from outside, shape (face, 3).
        means: Sparse matrix that averages over the neighbours of each vertex, (vertex, vertex).
        sums: Sparse matrix that sums over the faces of each vertex, (vertex, face).
        edges: Vertices at the ends of each edge, shape (edge, 2).
        parents: The two vertices of the coarser mesh between which each vertex is (itself twice if
            it belongs to that mesh), shape (vertex, 2).
    """

    points: np.ndarray
    faces: np.ndarray
    means: sparse.csr_array
    sums: sparse.csr_array
    edges: np.ndarray
    parents: np.ndarray


def grow(head, voxel_mm, fractional_intensity, schedule=SCHEDULE):
    """Grow the surface of the brain in a head.

    Args:
        head: Intensities, 0 or above, shape (x, y, z). Voxels outside the image count as 0.
        voxel_mm: Voxel edges in mm, shape (3,).
        fractional_intensity: BET's -f.
        schedule: Pairs of subdivision and number of steps.

    Returns:
        Vertices in mm from the centre of the first voxel, shape (vertex, 3), and the Mesh.

    Raises:
        ValueError: There is no head in the image.
    """
    levels = levels_of(head, voxel_mm)
    padded = np.ascontiguousarray(np.pad(head, 1), np.float32)
    vertices = None
    for n_subdivisions, n_steps in schedule:
        mesh = icosphere(n_subdivisions)
        if vertices is None:
            vertices = levels.centre_mm + levels.radius_mm / 2 * mesh.points
        else:
            vertices = vertices[mesh.parents].mean(axis=1)
        for _ in range(n_steps):
            vertices = vertices + _step(
                vertices, mesh, padded, voxel_mm, levels, fractional_intensity
            )
    return vertices + RIM_MM * _normals(vertices, mesh), mesh


def levels_of(head, voxel_mm):
    """The Levels of a head, shape (x, y, z), with voxels of `voxel_mm`.

    Raises:
        ValueError: There is no head in the image.
    """
    low, high = np.quantile(head, (0.02, 0.98))
    threshold = low + HEAD_SHARE * (high - low)
    weights = np.where(head > threshold, np.clip(head, low, high), 0)
    n_voxels = np.count_nonzero(weights)
    if n_voxels == 0:
        raise ValueError("There is no head in the image.")
    centre_mm = np.array(ndimage.center_of_mass(weights)) * voxel_mm
    radius_mm = np.cbrt(3 * n_voxels * np.prod(voxel_mm) / (4 * np.pi))
    squares = [
        (np.arange(size) * edge - middle) ** 2
        for size, edge, middle in zip(head.shape, voxel_mm, centre_mm, strict=True)
    ]
    distance2 = squares[0][:, None, None] + squares[1][:, None] + squares[2]
    middle = np.median(head[distance2 < radius_mm**2])
    return Levels(low, high, threshold, middle, centre_mm, radius_mm)


def _step(vertices, mesh, padded, voxel_mm, levels, fractional_intensity):
    """Movement of each vertex in one step in mm, shape (vertex, 3)."""
    normals = _normals(vertices, mesh)
    ends = vertices[mesh.edges]
    edge_mm = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).mean()

    to_neighbours = mesh.means @ vertices - vertices
    outwards_mm = np.einsum("vi,vi->v", to_neighbours, normals)
    along_normal = outwards_mm[:, None] * normals

    # A vertex is drawn to its neighbours if the surface is too curved there.
    curvature = 2 * np.abs(outwards_mm) / edge_mm**2
    mean_curvature = (1 / SHARPEST_MM + 1 / FLATTEST_MM) / 2
    steepness = 6 / (1 / SHARPEST_MM - 1 / FLATTEST_MM)
    smoothing = (1 + np.tanh(steepness * (curvature - mean_curvature))) / 2

    # A vertex moves outwards above tissue and inwards above darkness.
    step_mm = float(np.min(voxel_mm))
    depths_mm = np.arange(0, DEEP_MM + step_mm / 2, step_mm)
    lines = _sampled(padded, vertices, normals, depths_mm, voxel_mm)
    lowest = np.maximum(levels.low, np.minimum(levels.middle, lines.min(axis=0)))
    near = lines[depths_mm <= NEAR_MM + step_mm / 4]
    highest = np.minimum(levels.middle, np.maximum(levels.head, near.max(axis=0)))
    local = levels.low + fractional_intensity * (highest - levels.low)
    push = 2 * (lowest - local) / np.maximum(highest - levels.low, 1e-6)

    return (
        TANGENTIAL * (to_neighbours - along_normal)
        + smoothing[:, None] * along_normal
        + (STRENGTH * edge_mm * push)[:, None] * normals
    )


def _normals(vertices, mesh):
    """Outward unit normal of each vertex, shape (vertex, 3)."""
    corners = vertices[mesh.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = mesh.sums @ across
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def _sampled(padded, vertices, normals, depths_mm, voxel_mm):
    """Intensities of the nearest voxels below each vertex, shape (depth, vertex)."""
    index = 0
    for axis in range(3):
        size = padded.shape[axis]
        start = vertices[:, axis] / voxel_mm[axis] + 1.5  # 1 for the padding; truncated below
        along = normals[:, axis] / voxel_mm[axis]
        place = (start - depths_mm[:, None] * along).astype(np.int32)
        index = index * size + np.clip(place, 0, size - 1)
    return padded.ravel()[index]


def fill(vertices, mesh, shape):
    """Voxels whose centres are inside a surface.

    Args:
        vertices: Vertices in voxels, shape (vertex, 3).
        mesh: Their Mesh.
        shape: Shape of the grid.

    Returns:
        Boolean, shape (x, y, z). A line along z enters the surface at a face that looks down and
        leaves it at one that looks up; voxels between them are inside, also where the surface
        crosses itself.
    """
    # Columns do not pass exactly through vertices and edges.
    a, b, c = np.swapaxes(vertices[mesh.faces] + [1.23e-5, 3.21e-5, 0], 0, 1)
    first = np.ceil(np.minimum(np.minimum(a, b), c)[:, :2]).astype(int)
    last = np.floor(np.maximum(np.maximum(a, b), c)[:, :2]).astype(int)
    area = _cross(b - a, c - a)
    crossings = np.zeros((shape[0], shape[1], shape[2] + 1), np.int16)
    for offset in np.ndindex(*np.maximum((last - first + 1).max(axis=0), 0)):
        column = first + offset
        with np.errstate(divide="ignore", invalid="ignore"):
            share_b = _cross(column - a[:, :2], c - a) / area
            share_c = _cross(b - a, column - a[:, :2]) / area
            hit = (share_b >= 0) & (share_c >= 0) & (share_b + share_c <= 1)
        hit &= (column <= last).all(axis=1)
        hit &= ((column >= 0) & (column < shape[:2])).all(axis=1)
        height = a[:, 2] + share_b * (b - a)[:, 2] + share_c * (c - a)[:, 2]
        above = np.clip(np.ceil(height[hit]), 0, shape[2]).astype(int)
        x, y = column[hit].T
        np.add.at(crossings, (x, y, above), -np.sign(area[hit]).astype(np.int16))
    return np.cumsum(crossings[..., :-1], axis=2) > 0


def _cross(one, other):
    """z component of the cross product of vectors, shape (vector,)."""
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


@cache
def icosphere(n_subdivisions):
    """The Mesh of an icosahedron whose faces are divided into four, n times."""
    if n_subdivisions == 0:
        points, faces = _icosahedron()
        parents = np.repeat(np.arange(len(points))[:, None], 2, axis=1)
    else:
        coarse = icosphere(n_subdivisions - 1)
        n_coarse = len(coarse.points)
        middle = coarse.points[coarse.edges].sum(axis=1)
        middle /= np.linalg.norm(middle, axis=1, keepdims=True)
        points = np.concatenate([coarse.points, middle])
        own = np.repeat(np.arange(n_coarse)[:, None], 2, axis=1)
        parents = np.concatenate([own, coarse.edges])
        number = {tuple(edge): n_coarse + i for i, edge in enumerate(coarse.edges.tolist())}
        faces = []
        for a, b, c in coarse.faces.tolist():
            ab, bc, ca = (number[min(p), max(p)] for p in ((a, b), (b, c), (c, a)))
            faces += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
        faces = np.array(faces)
    pairs = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges = np.unique(pairs, axis=0)
    n_points, n_faces = len(points), len(faces)
    ends = np.concatenate([edges, edges[:, ::-1]])
    adjacent = sparse.csr_array((np.ones(len(ends)), ends.T), (n_points, n_points))
    means = sparse.csr_array(sparse.diags_array(1 / adjacent.sum(axis=1)) @ adjacent)
    of_face = (faces.ravel(), np.repeat(np.arange(n_faces), 3))
    sums = sparse.csr_array((np.ones(3 * n_faces), of_face), (n_points, n_faces))
    return Mesh(points, faces, means, sums, edges, parents)


def _icosahedron():
    """Vertices on the unit sphere, and faces, anticlockwise seen from outside."""
    golden = (1 + np.sqrt(5)) / 2
    signs = [(one, other * golden) for one in (-1, 1) for other in (-1, 1)]
    points = np.array([np.roll([0, one, other], turn) for turn in range(3) for one, other in signs])
    near = np.linalg.norm(points[:, None] - points, axis=-1) < 2.1
    faces = [
        (a, b, c)
        for a, b, c in np.argwhere(near[:, :, None] & near[:, None] & near[None])
        if a < b < c
    ]
    outwards = [
        (a, b, c) if np.linalg.det(points[[a, b, c]]) > 0 else (a, c, b) for a, b, c in faces
    ]
    return points / np.linalg.norm(points[0]), np.array(outwards)
