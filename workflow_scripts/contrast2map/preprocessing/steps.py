"""The steps from scans to a segmented brain, shared by the study's rules and by `maps`.

A step never fails because of a scan: its result is then valid but empty, with the reason in
`problem`. Programs that are missing or fail (FSLError) and programming errors raise.
"""

import json
import logging
import re
from pathlib import Path

import numpy as np
from scipy import ndimage

from contrast2map.imaging import grids, images, masks
from contrast2map.preprocessing import (
    alignment,
    brain_extraction,
    registration,
    structures,
    tissue_segmentation,
)
from contrast2map.preprocessing.brain_extraction import BrainExtraction, on_grid_of
from contrast2map.preprocessing.registration import Registration
from contrast2map.preprocessing.tissue_segmentation import TissueSegmentation

# Errors that a scan can cause in a step: our own, and failures inside ANTs.
DEFEATS = (ValueError, RuntimeError)
PROVIDED = "provided"

logger = logging.getLogger(__name__)


def register(scans, target, *, sampling_share, seed, provided=None):
    """Register every scan to the target.

    Args:
        scans: Dict mapping name to nibabel image as acquired, including the target.
        target: Name of the fixed scan.
        sampling_share: Share of voxels at which the metric is evaluated, 0-1.
        seed: Seed for the random choice of voxels.
        provided: Dict mapping name to file of an ITK affine from the target's points to the scan's.
            It replaces the registration and is assessed in the same way.

    Returns:
        Dict mapping name to registration.Registration; the target's is the identity.
    """
    provided = provided or {}
    registrations = {target: Registration(np.eye(4))}
    fixed = _scan_of(scans[target])
    for name in [name for name in scans if name != target]:
        try:
            moving = _scan_of(scans[name])
            if name in provided:
                registrations[name] = registration.measure(
                    registration.read_matrix(provided[name]),
                    alignment.head_points(fixed.coarse),
                    moving.coarse,
                    start=PROVIDED,
                    provided=True,
                )
            else:
                registrations[name] = registration.register(
                    fixed, moving, sampling_share=sampling_share, seed=seed
                )
        except DEFEATS as error:
            require_memory(error)
            logger.warning("%s could not be registered: %s", name, error)
            registrations[name] = Registration(
                np.eye(4),
                overlap=0.0,
                similarity=0.0,
                initial_similarity=0.0,
                distinctness=0.0,
                start="none",
                provided=name in provided,
                problem=_one_line(error),
            )
    return registrations


def resample(image, matrix, grid, interpolation):
    """Resample a scan to another grid, with one interpolation.

    If the grid is coarser than the scan, the scan is first smoothed to the grid's voxel size. A
    voxel's box is approximated by a Gaussian of the same variance, as in `scanner.acquire`.

    Args:
        image: nibabel image of the scan as acquired.
        matrix: World-to-world matrix in RAS mm from the grid's points to the scan's, (4, 4).
        grid: nibabel image on the grid.
        interpolation: "linear", "bSpline" or "nearestNeighbor" (for labels; not smoothed).

    Returns:
        float32 array of the grid's shape; 0 outside the scan.
    """
    image = grids.to_canonical(image)
    values = images.values(image)
    if interpolation != "nearestNeighbor":
        values = _averaged(values, image.affine, np.asarray(matrix) @ grid.affine)
    moving = registration.to_ants(values, image.affine)
    target = registration.to_ants(np.zeros(grid.shape, np.float32), grid.affine)
    return registration.apply(matrix, moving, target, interpolation).numpy()


def extract(scan, *, engine, fractional_intensity, provided=None):
    """Extract the brain of a head; on failure, return an empty mask with the reason.

    Args:
        scan: nibabel image of the target.
        engine: One of `brain_extraction.ENGINES`.
        fractional_intensity: BET's -f, between 0 and 1; smaller gives a larger brain.
        provided: File of a mask on the grid of the scan to use instead, or None.

    Returns:
        brain_extraction.BrainExtraction.

    Raises:
        FSLError, EngineMissing: The engine is not installed, or failed.
    """
    if provided is not None:
        name, version = PROVIDED, Path(provided).name
    else:
        name, version = brain_extraction.describe_engine(engine)
    try:
        if provided is not None:
            mask = read_provided(provided, scan) > 0
            if not mask.any():
                raise ValueError(
                    f"{provided}: is empty; provide a mask that is above 0 in the brain"
                )
            return BrainExtraction(on_grid_of(scan, mask.astype(np.uint8)), name, version)
        return brain_extraction.extract_brain(scan, engine, fractional_intensity)
    except DEFEATS as error:
        require_memory(error)
        logger.warning("No brain was extracted: %s", error)
        empty = on_grid_of(scan, np.zeros(scan.shape, np.uint8))
        return BrainExtraction(empty, name, version, _one_line(error))


def segment(scan, brain, *, engine, provided=None, labels=None):
    """Segment the tissues of a brain; on failure, return no tissue and the reason.

    Args:
        scan: nibabel image of the target.
        brain: nibabel image of its brain mask.
        engine: One of `fsl.ENGINES`.
        provided: File of a segmentation on the grid of the scan to use instead, or None.
        labels: Dict mapping "csf", "gm" and "wm" to their label values in that file.

    Returns:
        tissue_segmentation.TissueSegmentation.

    Raises:
        FSLError: FSL is requested but not installed, or failed.
    """
    if provided is not None:
        name, version = PROVIDED, Path(provided).name
    else:
        name, version = tissue_segmentation.describe_engine(engine)
    try:
        if provided is not None:
            tissue = read_provided(
                provided, scan, {labels[t]: number for t, number in masks.TISSUE_LABELS.items()}
            )
            tissue = tissue * (images.values(brain) > 0)
            return TissueSegmentation.of_labels(on_grid_of(scan, tissue), name, version)
        return tissue_segmentation.segment_tissue(scan, brain, engine)
    except DEFEATS as error:
        require_memory(error)
        logger.warning("No tissue was segmented: %s", error)
        empty = on_grid_of(scan, np.zeros(scan.shape, np.uint8))
        return TissueSegmentation.of_labels(empty, name, version, _one_line(error))


def label_structures(scan, brain, seed, provided=None, labels=None):
    """Label putamen and thalamus of a brain; on failure, return no label.

    Args:
        scan: nibabel image of the target.
        brain: nibabel image of its brain mask.
        seed: Seed of the registration of the template.
        provided: File of a segmentation on the grid of the scan to use instead, or None.
        labels: Dict mapping "putamen" and "thalamus" to their label values in that file.

    Returns:
        uint8 with `masks.STRUCTURE_LABELS`, shape (x, y, z).
    """
    mask = images.values(brain) > 0
    try:
        if provided is not None:
            own = masks.STRUCTURE_LABELS
            return read_provided(provided, scan, {labels[name]: own[name] for name in own})
        if not mask.any():
            raise ValueError("the brain mask is empty")
        inside = np.where(mask, images.values(scan), 0)
        return masks.label_structures(structures.deep_structures_of(inside, scan.affine, seed))
    except DEFEATS as error:
        require_memory(error)
        logger.warning("No structures were labelled: %s", error)
        return np.zeros(scan.shape, np.uint8)


def read_provided(path, scan, numbers=None):
    """Read a user's mask or segmentation and reorient it to the axes of its scan.

    Args:
        path: NIfTI file.
        scan: nibabel image on the same grid, except for axis order and direction.
        numbers: Dict mapping labels in the file to the study's labels; all other values become 0.
            None means that the file is a mask.

    Returns:
        uint8 array of the scan's shape; for a mask, 1 where the file is above 0.

    Raises:
        ValueError: The file cannot be read, is on another grid, or has none of the labels.
    """
    image = images.load(path)
    values = images.values(grids.in_orientation_of(image, scan, path, "the target scan"))
    if numbers is None:
        return (values > 0).astype(np.uint8)
    labels = np.zeros(values.shape, np.uint8)
    for number, own in numbers.items():
        labels[np.rint(values) == number] = own
    if not labels.any():
        wanted = ", ".join(map(str, numbers))
        raise ValueError(f"{path}: has none of the labels {wanted}; check cohort.provided")
    return labels


def _scan_of(image):
    """Convert a nibabel image to a registration.Scan."""
    image = grids.to_canonical(image)
    return registration.scan_of(images.values(image), image.affine)


def _averaged(values, affine, grid_to_world):
    """Smooth a scan to the voxel size of a coarser grid, shape (x, y, z)."""
    voxel_mm = grids.voxel_size_mm(affine)
    edges_mm = np.linalg.inv(affine[:3, :3] / voxel_mm) @ grid_to_world[:3, :3]
    added_mm2 = ((edges_mm**2).sum(axis=1) - voxel_mm**2) / 12
    sigmas = np.sqrt(np.maximum(added_mm2, 0)) / voxel_mm
    if sigmas.max() < 0.05:  # voxels; negligible, as for equal voxel sizes
        return values
    return ndimage.gaussian_filter(values, sigmas, mode="nearest", truncate=3)


def require_memory(error):
    """Raise MemoryError for an error of ANTs that comes from too little memory, not from a scan."""
    if isinstance(error, RuntimeError) and re.search("bad_alloc|allocate memory", str(error)):
        raise MemoryError("ANTs could not allocate memory; use a computer with more") from error


def _one_line(error):
    return " ".join(str(error).split()) or type(error).__name__


def write_engines(path, **steps):
    """Write the engine, version, problem and warning (if any) of each step.

    Args:
        path: JSON file to write.
        **steps: Result of each step by its name, with attributes of these names.
    """
    names = ("engine", "version", "problem", "warning")
    content = {
        step: {name: getattr(result, name) for name in names} for step, result in steps.items()
    }
    Path(path).write_text(json.dumps(content, indent=2) + "\n")
