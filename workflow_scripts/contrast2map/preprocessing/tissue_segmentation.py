"""Tissue segmentation of T1-weighted brains: FSL's FAST, or an embedded engine."""

from dataclasses import dataclass

import nibabel
import numpy as np

from contrast2map.imaging import grids
from contrast2map.preprocessing import fsl, hmrf
from contrast2map.preprocessing.brain_extraction import on_grid_of, volume

EMBEDDED = "HMRF-EM (contrast2map)"


@dataclass(frozen=True)
class TissueSegmentation:
    """Tissue classes of a brain and their origin; all images are on the grid of the head.

    Attributes:
        dseg: nibabel image, uint8: 0 none, 1 CSF, 2 GM, 3 WM. With FAST it is `_seg`, the hard
            result of the random field, not `_pveseg` (the largest partial volume).
        probsegs: Dict of class ("CSF", "GM", "WM") to partial volume, nibabel image, float32; they
            sum to 1 in the brain and are 0 outside.
        bias_field: nibabel image, float32: ratio of the image to the bias-corrected image, 1
            outside the brain.
        engine: "fsl" or "embedded"; "provided" for a user's segmentation.
        version: Such as "FSL 6.0.0" or "HMRF-EM (contrast2map)"; the name of a provided file.
        problem: One line that tells why no tissue was found and all labels are 0, or None.
        warning: As of `BrainExtraction`, or None.
    """

    dseg: nibabel.Nifti1Image
    probsegs: dict
    bias_field: nibabel.Nifti1Image
    engine: str
    version: str
    problem: str | None = None
    warning: str | None = None

    @classmethod
    def of_labels(cls, dseg, engine, version, problem=None):
        """Make a segmentation from labels only, without partial volumes and bias field."""
        labels = np.asarray(dseg.dataobj)
        return cls(
            dseg=dseg,
            probsegs={
                tissue: on_grid_of(dseg, (labels == number).astype(np.float32))
                for number, tissue in enumerate(hmrf.CLASSES, start=1)
            },
            bias_field=on_grid_of(dseg, np.ones(labels.shape, np.float32)),
            engine=engine,
            version=version,
            problem=problem,
        )


def segment_tissue(
    image,
    brain_mask,
    engine="auto",
    n_bias_iterations=4,
    mrf_weight=0.1,
    bias_fwhm_mm=20.0,
):
    """Segment the brain of a T1-weighted image into CSF, grey and white matter.

    Args:
        image: nibabel image of the head, with skull or without, shape (x, y, z).
        brain_mask: nibabel image on the same grid, above 0 in the brain, shape (x, y, z).
        engine: "fsl" (FAST), "embedded" (the same method, in `hmrf`), or "auto" (FSL if
            installed, else embedded).
        n_bias_iterations: Iterations of bias field estimation, FAST's -I.
        mrf_weight: Spatial smoothness of the classes, FAST's -H.
        bias_fwhm_mm: Smoothness of the bias field in mm, FAST's -l.

    Returns:
        The TissueSegmentation.

    Raises:
        ValueError: The engine is unknown, image and mask are on different grids, the mask is
            (nearly) empty, or the brain has no contrast.
        contrast2map.preprocessing.fsl.FSLError: FSL is requested but not installed, or failed.
    """
    name, version = describe_engine(engine)
    intensities = volume(image)
    mask = np.asarray(brain_mask.dataobj) > 0
    _check(image, brain_mask, mask)
    warning = fsl.fallback_words(engine, "fast")
    if name == "fsl":
        brain = on_grid_of(image, intensities * mask)
        labels, fractions, bias, said = fsl.fast(brain, n_bias_iterations, mrf_weight, bias_fwhm_mm)
        warning = said and f"FSL's fast said: {said}"
    else:
        voxel_mm = grids.voxel_size_mm(image)
        segmentation = hmrf.segment(
            intensities,
            mask,
            voxel_mm,
            n_bias_iterations,
            mrf_weight,
            bias_fwhm_mm,
        )
        labels, fractions = segmentation.labels, segmentation.fractions
        bias = segmentation.bias_field
    return TissueSegmentation(
        dseg=on_grid_of(image, labels),
        probsegs={
            tissue: on_grid_of(image, one)
            for tissue, one in zip(hmrf.CLASSES, fractions, strict=True)
        },
        bias_field=on_grid_of(image, np.where(mask, bias, 1).astype(np.float32)),
        engine=name,
        version=version,
        warning=warning or None,
    )


def describe_engine(engine="auto"):
    """Engine and version that `segment_tissue` would use.

    Returns:
        "fsl" or "embedded", and its version, such as ("embedded", "HMRF-EM (contrast2map)").
    """
    name = fsl.resolve_engine(engine, "fast")
    return name, fsl.version() if name == "fsl" else EMBEDDED


def _check(image, brain_mask, mask):
    """Raise an error if the mask is on another grid or too small."""
    grids.require_same_grid(brain_mask, image, "the brain mask", "the image")
    n_voxels = np.count_nonzero(mask)
    if n_voxels < hmrf.MIN_VOXELS:
        raise ValueError(f"The brain mask has {n_voxels} voxels; {hmrf.MIN_VOXELS} are needed.")
