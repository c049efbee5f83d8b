"""Reproducible rigid and template registration with ANTs (Avants et al., Insight J 2009).

ANTs sums its metric in the order in which threads finish, over randomly chosen voxels. One thread
and a fixed seed make the result reproducible; parallel jobs process different subjects.
"""

import contextlib
import dataclasses
import os
import tempfile
from dataclasses import dataclass

os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"

import ants  # noqa: E402
import numpy as np  # noqa: E402

from contrast2map.imaging import grids, ranges  # noqa: E402
from contrast2map.preprocessing import alignment

# ITK's world space is left-posterior-superior, NIfTI's right-anterior-superior.
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])

# Iterations, shrink factors and smoothing (voxels) of each level of a search. The coarse level
# takes a tenth of the time of the fine ones; it is run from every start.
COARSE = ((200,), (4,), (2,))
FINE = ((100, 20), (2, 1), (1, 0))
ALL = ((200, 100, 20), (4, 2, 1), (2, 1, 0))
# Finer voxels do not improve the estimate but take eight times as long (benchmarks/README.md).
FINEST_MM = 2.0
AIR_MM = 10.0  # around the head's box: the metric's voxels are drawn at random, air tells nothing
DENSE_SHARE = 0.5  # share of voxels used if a sparse coarse search finds no distinct alignment
DISTINCT = 1.1
LEAST_SPACE = 1 << 20  # bytes for the transforms of a registration


@dataclass(frozen=True)
class Scan:
    """A scan to register, and a coarse copy to assess the result.

    Attributes:
        image: ANTsImage.
        coarse: alignment.Volume.
    """

    image: ants.ANTsImage
    coarse: alignment.Volume


@dataclass(frozen=True)
class Registration:
    """Transform between the target and a scan, and its quality.

    Attributes:
        matrix: World-to-world matrix in RAS mm from the target's points to the scan's, (4, 4).
        rotation_deg: Rotation angle.
        translation_mm: Displacement of the centre of the target's head.
        overlap: Share of the target's head in the scan's field of view.
        similarity: Normalised mutual information of the two (`alignment.similarity`).
        initial_similarity: Similarity before registration, with the identity.
        distinctness: Ratio of the similarity to the largest similarity 5 mm or 5 degrees away
            (`alignment.distinctness`); None for the target itself.
        start: Start of the search (`alignment.starts`); "provided" for a user's transform,
            "target" for the target itself.
        provided: Whether the matrix was provided by the user.
        problem: One line that tells why registration failed, in which case the matrix is the
            identity; or None.
    """

    matrix: np.ndarray
    rotation_deg: float = 0.0
    translation_mm: float = 0.0
    overlap: float = 1.0
    similarity: float = 1.0
    initial_similarity: float = 1.0
    distinctness: float | None = None
    start: str = "target"
    provided: bool = False
    problem: str | None = None

    def numbers(self):
        """All attributes except the matrix, as a dict that can be stored as JSON."""
        found = dataclasses.asdict(self)
        del found["matrix"]
        return {k: round(v, 5) if isinstance(v, float) else v for k, v in found.items()}


def scan_of(values, affine):
    """Make a Scan from an array, shape (x, y, z), and its RAS voxel-to-world matrix."""
    values = ranges.bounded(values)  # the metric's histogram spans all values
    coarse = alignment.smoothed(values, affine)
    if coarse.head.any():
        margin_voxels = round(AIR_MM / grids.voxel_size_mm(affine).min())
        box, affine = grids.bounding_box(coarse.head, affine, margin_voxels)
        values = values[box]
    return Scan(to_ants(*grids.averaged(values, affine, FINEST_MM)), coarse)


def register(target, moving, *, sampling_share, seed):
    """Register two scans of one head rigidly; keep the best result of several starts.

    Args:
        target: Fixed Scan.
        moving: Moving Scan.
        sampling_share: Share of voxels at which the metric is evaluated, 0-1.
        seed: Seed for the random choice of voxels.

    Returns:
        Registration.

    Raises:
        ValueError: One of the scans contains no head.
        RuntimeError: ANTs failed.
    """
    points = alignment.head_points(target.coarse)
    starts = alignment.starts(points, moving.coarse)
    # A thin slab has too few voxels at the coarse level for sparse sampling.
    for share in (sampling_share, max(sampling_share, DENSE_SHARE)):
        found = {
            name: register_linear(
                target.image,
                moving.image,
                start=start,
                levels=COARSE,
                sampling_share=share,
                seed=seed,
            )
            for name, start in starts.items()
        }
        best = max(found, key=lambda name: alignment.similarity(points, moving.coarse, found[name]))
        if alignment.distinctness(points, moving.coarse, found[best]) >= DISTINCT:
            break
    matrix = register_linear(
        target.image,
        moving.image,
        start=found[best],
        levels=FINE,
        sampling_share=sampling_share,
        seed=seed,
    )
    return measure(matrix, points, moving.coarse, start=best)


def measure(matrix, points, moving, **facts):
    """Assess a transform.

    Args:
        matrix: World-to-world matrix in RAS mm, shape (4, 4).
        points: alignment.Points of the target's head.
        moving: alignment.Volume of the scan.
        **facts: Further attributes of the Registration.

    Returns:
        Registration.
    """
    rotation_deg, translation_mm = alignment.movement_of(matrix, points.centre_mm)
    return Registration(
        matrix,
        rotation_deg,
        translation_mm,
        alignment.overlap(points, moving, matrix),
        alignment.similarity(points, moving, matrix),
        alignment.similarity(points, moving, np.eye(4)),
        alignment.distinctness(points, moving, matrix),
        **facts,
    )


def read_matrix(path):
    """Read the world-to-world matrix (RAS, mm) of an ITK affine transform (.txt, .tfm, .mat).

    Raises:
        ValueError: The file is not an ITK affine; the message names it.
    """
    if not os.path.isfile(path):
        raise ValueError(f"{path}: does not exist; check the file pattern in the config")
    try:
        transform = ants.read_transform(str(path))
        matrix = matrix_of(transform)
    except (RuntimeError, ValueError, IndexError) as error:
        raise ValueError(f"{path}: is not an ITK affine transform in 3-D") from error
    if not np.isfinite(matrix).all() or np.linalg.det(matrix[:3, :3]) <= 0:
        raise ValueError(
            f"{path}: is not a valid head movement: it is mirrored, singular or not finite"
        )
    return matrix


def register_linear(target, moving, *, sampling_share, seed, start=None, levels=ALL, kind="Rigid"):
    """Find the linear transform between two images of heads by maximising mutual information.

    Args:
        target: Fixed ANTsImage.
        moving: Moving ANTsImage.
        sampling_share: Share of voxels at which the metric is evaluated, 0-1.
        seed: Seed for the random choice of voxels.
        start: World-to-world matrix (RAS, mm) at which the search starts. With None, it starts with
            aligned centres of mass.
        levels: Iterations, shrink factors and smoothing of the levels, coarse to fine.
        kind: "Rigid" or "Affine".

    Returns:
        World-to-world matrix in RAS mm from the target's points to the moving image's, (4, 4).

    Raises:
        RuntimeError: ANTs failed.
        OSError: The folder for temporary files is full.
    """
    ants.config.set_ants_deterministic(on=True, seed_value=seed)
    iterations, shrink_factors, smoothing_sigmas = levels
    with tempfile.TemporaryDirectory(prefix="contrast2map-ants-") as folder, _space_in(folder):
        initial = None
        if start is not None:
            initial = [os.path.join(folder, "start.mat")]
            ants.write_transform(transform_of(start), initial[0])
        result = ants.registration(
            fixed=target,
            moving=moving,
            type_of_transform=kind,
            initial_transform=initial,
            outprefix=os.path.join(folder, "found"),
            aff_metric="mattes",
            aff_sampling=32,
            aff_random_sampling_rate=sampling_share,
            aff_iterations=iterations,
            aff_shrink_factors=shrink_factors,
            aff_smoothing_sigmas=smoothing_sigmas,
            singleprecision=False,
        )
        return matrix_of(ants.read_transform(result["fwdtransforms"][0]))


@contextlib.contextmanager
def _space_in(folder):
    """Turn ANTs' error into an OSError if a full disk is its cause, and not the scan."""
    try:
        yield
    except (RuntimeError, OSError, IndexError):
        probe = os.path.join(folder, "probe")
        try:
            with open(probe, "wb") as file:
                file.write(bytes(LEAST_SPACE))
            os.remove(probe)
        except OSError as error:
            reason = f"{error.strerror}: free some space, or set TMPDIR to another folder"
            raise OSError(error.errno, reason, tempfile.gettempdir()) from error
        raise


def matrix_of(transform):
    """Convert an ANTs affine transform to a world-to-world matrix (RAS, mm), shape (4, 4)."""
    linear = np.reshape(transform.parameters[:9], (3, 3))
    centre = np.asarray(transform.fixed_parameters)
    matrix = np.eye(4)
    matrix[:3, :3] = linear
    matrix[:3, 3] = transform.parameters[9:] + centre - linear @ centre
    return LPS_TO_RAS @ matrix @ LPS_TO_RAS


def transform_of(matrix):
    """Convert a world-to-world matrix (RAS, mm) to an ANTs affine transform."""
    lps = LPS_TO_RAS @ matrix @ LPS_TO_RAS
    return ants.create_ants_transform(
        transform_type="AffineTransform",
        dimension=3,
        precision="double",
        matrix=lps[:3, :3],
        translation=lps[:3, 3],
    )


def apply(matrix, moving, target, interpolation):
    """Resample a moving image to the target's grid.

    Args:
        matrix: World-to-world matrix from the target's points to the moving image's, (4, 4).
        moving: ANTsImage.
        target: ANTsImage on the grid.
        interpolation: "linear", "bSpline" or "nearestNeighbor".

    Returns:
        ANTsImage; 0 outside the moving image.
    """
    return transform_of(matrix).apply_to_image(moving, target, interpolation.lower())


def to_ants(values, affine):
    """Make a float32 ANTsImage from an array and its RAS voxel-to-world matrix."""
    spacing = grids.voxel_size_mm(affine)
    lps = LPS_TO_RAS @ affine
    return ants.from_numpy(
        np.asarray(values, np.float32),
        origin=lps[:3, 3].tolist(),
        spacing=spacing.tolist(),
        direction=lps[:3, :3] / spacing,
    )


def register_template(target, template, labels, *, seed):
    """Transfer labels of a template to another brain by affine and SyN registration.

    Args:
        target: ANTsImage of a skull-stripped brain.
        template: ANTsImage of the skull-stripped template.
        labels: Dict mapping name to ANTsImage with values 0 to 1 on the template's grid.
        seed: Seed for the random choice of voxels.

    Returns:
        Dict mapping name to float32 share on the target's grid.
    """
    ants.config.set_ants_deterministic(on=True, seed_value=seed)
    with tempfile.TemporaryDirectory(prefix="contrast2map-ants-") as folder, _space_in(folder):
        result = ants.registration(
            fixed=target,
            moving=template,
            outprefix=os.path.join(folder, "found"),
            type_of_transform="SyN",
            syn_metric="mattes",
            aff_random_sampling_rate=0.3,
            aff_iterations=(200, 100, 50, 0),
            reg_iterations=(20, 10, 0),
        )
        return {
            name: ants.apply_transforms(target, label, result["fwdtransforms"]).numpy()
            for name, label in labels.items()
        }
