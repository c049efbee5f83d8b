"""Make the maps of one new head with the preprocessing steps of a study."""

from dataclasses import dataclass, field, replace

import nibabel as nib
import numpy as np

from contrast2map.imaging import fingerprint, grids, images
from contrast2map.preprocessing import pose, steps

# Maps are predicted on the grid of the target scan if its voxel size and the head's pose are within
# these limits: the training data varied as much, and a subject of the study gets the same map as in
# the study.
VOXEL_TOLERANCE = 0.02
LARGEST_ANGLE_DEG = 10.0
COVERED = 0.5  # fraction of a voxel inside the field of view
# Least interpolation weight of mapped voxels for a voxel of the scan to receive a value.
LEAST_WEIGHT = 0.01
LEAST_TOLD = 0.5  # interpolation weight of the voxels whose value is told
REMEDY = "check the scan or provide a mask with --brain-mask"


class NoBrainError(ValueError):
    """No brain was found in the scan; the message is one line."""


@dataclass(frozen=True)
class Slab:
    """A head on the prediction grid, as axial slices (slice, height, width).

    Attributes:
        grid: nibabel image with the prediction grid (x, y, z).
        own: Whether this is the grid of the target scan.
        inputs: Dict mapping contrast to normalised image.
        covered: Dict mapping contrast to boolean mask of the scan's field of view.
        brain: Boolean brain mask.
        tissue: Tissue labels of `imaging.masks`.
        maps_s: Dict mapping quantity to map in seconds, 0 where there is no value.
        spread_s: Dict mapping quantity to SD across folds in seconds; empty with one fold.
    """

    grid: nib.Nifti1Image
    own: bool
    inputs: dict
    covered: dict
    brain: np.ndarray
    tissue: np.ndarray
    maps_s: dict = field(default_factory=dict)
    spread_s: dict = field(default_factory=dict)


@dataclass(frozen=True)
class HeadMaps:
    """Maps of one head on the grid of its target scan (RAS), and how they were made.

    Attributes:
        scan: nibabel image of the target scan, RAS.
        maps_s: Dict mapping quantity to map in seconds, float32 (x, y, z), 0 where there is no
            value.
        spread_s: Dict mapping quantity to SD across folds in seconds; empty if only one fold
            predicted.
        brain: Boolean brain mask, same shape.
        tissue: uint8 tissue labels of `imaging.masks`, same shape.
        slab: The head as the networks read it.
        pose: Pose of the head (pose.Pose).
        angle_deg: Angle between the pose of this head and the mean pose in the training data.
        registrations: Dict mapping scan to registration.Registration.
        brain_extraction: BrainExtraction with mask and engine.
        tissue_segmentation: TissueSegmentation with labels and engine.
        folds: Names of the folds that predicted.
        known_as: Label of this head in the training set, or None if it is new.
    """

    scan: nib.Nifti1Image
    maps_s: dict
    spread_s: dict
    brain: np.ndarray
    tissue: np.ndarray
    slab: Slab
    pose: pose.Pose
    angle_deg: float
    registrations: dict
    brain_extraction: object
    tissue_segmentation: object
    folds: list
    known_as: str | None


def map_head(scans, model, stage, *, path_to_brain_mask=None, all_folds=False):
    """Make the maps of one head.

    Args:
        scans: Dict mapping each of the model's scans to the nibabel image as acquired.
        model: model.Model with its networks.
        stage: Called with the name of a stage; returns its context (`progress.Stages`).
        path_to_brain_mask: Mask on the grid of the target scan; None to extract the brain.
        all_folds: Whether to use also the networks that were trained on this head.

    Returns:
        HeadMaps.

    Raises:
        NoBrainError: No brain was found in the target scan, or it cannot be registered.
    """
    target, settings = model.target, model.preprocessing
    canonical = {name: grids.to_canonical(image) for name, image in scans.items()}
    scan = canonical[target]
    fold, known_as = model.known_as(fingerprint.of_image(scan))
    folds = list(model.folds) if fold is None or all_folds else [fold]

    with stage("register the scans"):
        registrations = steps.register(
            canonical,
            target,
            sampling_share=settings.sampling_share,
            seed=model.seed,
        )
    with stage("find the brain"):
        extraction = steps.extract(scan, **settings.brain_extraction, provided=path_to_brain_mask)
        brain = images.values(extraction.mask) > 0
        if not brain.any():
            raise NoBrainError(f"no brain was found ({_reason(extraction)}); {REMEDY}")
    with stage("find the head's pose"):
        head_pose = _estimate_pose(scan, brain, model.seed)
        angle_deg = pose.angle_deg(head_pose.rotation, model.trained.rotation)
        own = _is_like_training(scan, angle_deg, model.trained.grid)
        grid = scan if own else _working_grid(brain, scan, head_pose, model.trained)
    with stage("resample the scans"):
        matrices = {name: found.matrix for name, found in registrations.items()}
        brain_there = brain if own else _resample_mask(brain, scan, grid)
        volumes, covered = _on_grid(canonical, matrices, grid, target, own, settings.interpolation)
    tissue = None
    if not model.segments_maps:
        with stage("segment"):
            segmentation = _segment(volumes[target], brain_there, grid, settings)
            tissue = grids.to_slices(images.values(segmentation.dseg))
    slab = _slab(grid, own, volumes, covered, brain_there, tissue, model)
    with stage(f"predict with {len(folds)} network{'s' if len(folds) > 1 else ''}"):
        slab = predict_slab(slab, model, folds)
    if model.segments_maps:
        with stage("segment"):
            segmentation = _segment(_rate(slab), brain_there, grid, settings)
            slab = replace(
                slab,
                tissue=grids.to_slices(images.values(segmentation.dseg)),
                maps_s=model.only_told(slab.maps_s, slab.spread_s),
            )
    with stage("resample the maps to the scan"):
        maps_s, spread_s = _maps_on_scan(slab, brain, scan, model)
        tissue = grids.from_slices(slab.tissue)
        if not own:
            tissue = steps.resample(
                nib.Nifti1Image(tissue.astype(np.float32), grid.affine),
                np.eye(4),
                scan,
                "nearestNeighbor",
            )
            tissue = np.where(brain, np.rint(tissue), 0).astype(np.uint8)
    return HeadMaps(
        scan=scan,
        maps_s=maps_s,
        spread_s=spread_s,
        brain=brain,
        tissue=tissue,
        slab=slab,
        pose=head_pose,
        angle_deg=angle_deg,
        registrations=registrations,
        brain_extraction=extraction,
        tissue_segmentation=segmentation,
        folds=folds,
        known_as=known_as,
    )


def predict_slab(slab, model, folds):
    """Predict the maps of a slab and their uncertainty.

    Args:
        slab: Slab without maps.
        model: model.Model with its networks.
        folds: Names of the networks that predict.

    Returns:
        Slab with maps.
    """
    kept = np.flatnonzero(slab.brain.any(axis=(1, 2)))
    valid = slab.brain & np.all(list(slab.covered.values()), axis=0)
    inputs = {name: slab.inputs[name][kept] for name in model.inputs}
    maps_s, spread_s = (
        {name: _of_all_slices(values_s, kept, slab) for name, values_s in found.items()}
        for found in model.predict(inputs, valid[kept], folds)
    )
    return replace(slab, maps_s=maps_s, spread_s=spread_s)


def _of_all_slices(values, kept, slab):
    """Values of the kept slices among all slices of a slab; the others are 0."""
    volume = np.zeros(slab.brain.shape, np.float32)
    volume[kept] = values
    return volume


def _estimate_pose(scan, brain, seed):
    try:
        return pose.estimate(scan, brain, seed=seed)
    except RuntimeError as error:  # ANTs found no overlap or no structure
        steps.require_memory(error)
        raise NoBrainError(
            f"the brain cannot be registered to the template ({error}); {REMEDY}"
        ) from error


def _reason(extraction):
    return getattr(extraction, "problem", None) or "the mask is empty"


def _is_like_training(scan, angle_deg, grid):
    """Whether voxel size and pose are close enough to predict on the grid of the scan."""
    voxel_mm = grids.voxel_size_mm(scan)
    low = np.array(grid.lowest_voxel_mm) * (1 - VOXEL_TOLERANCE)
    high = np.array(grid.highest_voxel_mm) * (1 + VOXEL_TOLERANCE)
    return angle_deg <= LARGEST_ANGLE_DEG and bool(np.all((low <= voxel_mm) & (voxel_mm <= high)))


def _working_grid(brain, scan, head_pose, trained):
    return pose.working_grid(
        brain,
        scan.affine,
        head_pose,
        trained.rotation,
        np.array(trained.grid.voxel_mm),
        trained.grid.shape,
    )


def _on_grid(scans, matrices, grid, target, own, interpolation):
    """Resample each scan and its field of view to a grid, as volumes."""
    volumes, covered = {}, {}
    for name, image in scans.items():
        if own and name == target:
            volumes[name] = images.values(image)
            covered[name] = np.ones(image.shape, bool)
        else:
            inside = nib.Nifti1Image(np.ones(image.shape, np.float32), image.affine)
            volumes[name] = steps.resample(image, matrices[name], grid, interpolation)
            covered[name] = steps.resample(inside, matrices[name], grid, "linear") > COVERED
    return volumes, covered


def _segment(volume, brain, grid, settings):
    return steps.segment(
        nib.Nifti1Image(volume, grid.affine),
        nib.Nifti1Image(brain.astype(np.uint8), grid.affine),
        **settings.tissue_segmentation,
    )


def _rate(slab):
    """R1 of a slab in 1/s, (x, y, z): its contrast is that of a T1-weighted scan."""
    T1_s = grids.from_slices(slab.maps_s["T1"])
    return np.divide(1, T1_s, out=np.zeros_like(T1_s), where=T1_s > 0)


def _resample_mask(mask, scan, grid):
    image = nib.Nifti1Image(mask.astype(np.float32), scan.affine)
    return steps.resample(image, np.eye(4), grid, "linear") > 0.5


def _slab(grid, own, volumes, covered, brain, tissue, model):
    there = grids.to_slices(brain)
    images_there = {name: grids.to_slices(volume) for name, volume in volumes.items()}
    return Slab(
        grid=grid,
        own=own,
        inputs=model.normalise(images_there, there, tissue),
        covered={name: grids.to_slices(where) for name, where in covered.items()},
        brain=there,
        tissue=np.zeros(there.shape, np.uint8) if tissue is None else tissue,
    )


def _maps_on_scan(slab, brain, scan, model):
    """Maps and spread of a slab on the grid of the target scan.

    A model that abstains has a spread but no map where the scans do not tell: NaN.
    """
    known = next(iter(slab.maps_s.values())) > 0
    maps_s, spread_s = {}, {}
    for name, map_s in slab.maps_s.items():
        here = map_s > 0 if model.abstains else known
        maps_s[name] = _back(map_s, here, slab, brain, scan)
    for name, each_s in slab.spread_s.items():
        here = each_s > 0 if model.abstains else known
        spread_s[name] = _back(each_s, here, slab, brain, scan)
        if model.abstains:
            told = (slab.maps_s[name] > 0).astype(np.float32)
            share_told = _back(told, here, slab, brain, scan)
            maps_s[name][(spread_s[name] > 0) & (share_told < LEAST_TOLD)] = np.nan
    return maps_s, spread_s


def _back(map_s, known, slab, brain, scan):
    """Resample a map of a slab to the grid of the target scan; 0 outside the brain."""
    volume = grids.from_slices(map_s)
    if slab.own:
        return volume.copy()
    known = grids.from_slices(known).astype(np.float32)
    there, weight = (
        steps.resample(nib.Nifti1Image(each, slab.grid.affine), np.eye(4), scan, "linear")
        for each in (volume * known, known)
    )
    seen = brain & (weight > LEAST_WEIGHT)
    return np.where(seen, there / np.maximum(weight, LEAST_WEIGHT), 0).astype(np.float32)
