"""Brain extraction from T1-weighted heads: FSL's BET, an embedded engine, or deepbet."""

from dataclasses import dataclass

import nibabel
import numpy as np
from scipy import ndimage

from contrast2map.imaging import grids, masks, ranges
from contrast2map.preprocessing import brain_prior, brain_surface, engines, fsl, orbits

ENGINES = (*fsl.ENGINES, "deepbet")
FEW_NEGATIVE = 0.05  # share of the voxels
UNCONSTRAINED = "the template did not fit the head, so that it could not limit the mask"
EMBEDDED = "deformable surface (contrast2map)"
WORKING_MM = 2.0  # the surface grows in a head averaged to voxels of about this size
# The expected brain is that of the template after registration to the head.
BEYOND_MM = 3.0  # largest distance of the mask from the expected brain
MIN_INSIDE = 0.7  # share of the expected brain inside the surface; below it, the template misfits
MIN_SHARE = 0.25  # share of the volume inside the surface that the expected brain covers; likewise
MAX_LEAK = 0.1  # share of that volume beyond `BEYOND_MM`; above it, the surface is regrown
AROUND_MM = 25.0  # margin around the expected brain of the box in which the surface is regrown


@dataclass(frozen=True)
class BrainExtraction:
    """A brain mask and its origin.

    Attributes:
        mask: nibabel image, uint8, 1 in the brain, on the grid of the head, shape (x, y, z).
        engine: "fsl", "embedded" or "deepbet"; "provided" for a user's mask.
        version: Such as "FSL 6.0.0"; the file name of a provided mask.
        problem: One line that tells why no brain was found and the mask is empty, or None.
        warning: One line on what may be wrong with the mask (what FSL said on stderr, why FSL was
            not used, or that the template did not fit), or None.
    """

    mask: nibabel.Nifti1Image
    engine: str
    version: str
    problem: str | None = None
    warning: str | None = None


def extract_brain(image, engine="auto", fractional_intensity=0.5, robust=True):
    """Find the brain in a T1-weighted image of a head.

    Args:
        image: nibabel image with skull, shape (x, y, z); any orientation and voxel size.
        engine: "fsl" (BET; Smith, Hum Brain Mapp 2002;17:143), "embedded" (the same
            method, `brain_surface`, constrained by a template), "deepbet" (a network; Fisch
            et al., Comput Biol Med 2024;179:108845), or "auto" (FSL if installed, else embedded).
        fractional_intensity: BET's -f, between 0 and 1; smaller gives a larger brain.
        robust: Whether BET is repeated from the centre of the brain found (-R). The embedded engine
            does not.

    Returns:
        The BrainExtraction.

    Raises:
        ValueError: The engine is unknown, the image is not a 3-D volume with contrast, the
            fractional intensity is not between 0 and 1, or no brain was found.
        EngineMissing: deepbet is requested but not installed.
        contrast2map.preprocessing.fsl.FSLError: FSL is requested but not installed, or failed.
    """
    name, version = describe_engine(engine)
    if not 0 < fractional_intensity < 1:
        raise ValueError(f"fractional_intensity is {fractional_intensity}, not between 0 and 1.")
    intensities = volume(image)
    warning = fsl.fallback_words(engine, "bet")
    if name == "fsl":
        mask, said = fsl.bet(image, fractional_intensity, robust)
        warning = said and f"FSL's bet said: {said}"
    elif name == "deepbet":
        mask = _deepbet(image)
    else:
        mask, is_constrained = _embedded(image, intensities, fractional_intensity)
        if not is_constrained:
            warning = "; ".join(filter(None, [warning, UNCONSTRAINED]))
    if not mask.any():
        raise ValueError("No brain was found in the image.")
    mask = on_grid_of(image, mask.astype(np.uint8))
    return BrainExtraction(mask, name, version, warning=warning or None)


def describe_engine(engine="auto"):
    """Engine and version that `extract_brain` would use.

    Returns:
        "fsl", "embedded" or "deepbet", and its version, such as ("fsl", "FSL 6.0.0").

    Raises:
        ValueError: The engine's name is unknown.
        EngineMissing, contrast2map.preprocessing.fsl.FSLError: The engine is not installed.
    """
    if engine not in ENGINES:
        raise ValueError(f"Unknown engine '{engine}': choose one of {', '.join(ENGINES)}.")
    if engine == "deepbet":
        return engine, f"deepbet {engines.deepbet_version()}"
    name = fsl.resolve_engine(engine, "bet")
    if name == "fsl":
        return name, fsl.version()
    return name, EMBEDDED


def volume(image):
    """Read the intensities of an image, shape (x, y, z), and replace NaN and infinity by 0.

    Raises:
        ValueError: The image is not 3-D or is constant.
    """
    intensities = np.asarray(image.dataobj, dtype=np.float32)
    if intensities.ndim != 3:
        raise ValueError(f"The image has shape {intensities.shape}, not (x, y, z).")
    intensities = np.nan_to_num(intensities, posinf=0, neginf=0)
    if intensities.min() == intensities.max():
        raise ValueError("The image is constant.")
    return intensities


def on_grid_of(image, array):
    """Make a NIfTI image from an array, shape (x, y, z), with the geometry of another image."""
    header = nibabel.Nifti1Header.from_header(image.header)
    header.set_data_dtype(array.dtype)
    header["cal_min"] = header["cal_max"] = 0
    return nibabel.Nifti1Image(array, image.affine, header)


def _embedded(image, intensities, fractional_intensity):
    """Extract the brain with a growing surface, constrained by a template.

    The surface leaks where bone is thin or blurred and into a long neck. A registered template
    gives the expected brain. Parts of the mask far from it are removed; if they are large, the
    surface is grown again in a box around the expected brain. Orbits are removed at last.

    Args:
        image: nibabel image of the head, which defines the grid.
        intensities: Intensities of the head, finite, shape (x, y, z).
        fractional_intensity: BET's -f.

    Returns:
        True in the brain, shape (x, y, z); and whether the template limited it.
    """
    darkest, brightest = np.quantile(intensities, (0.02, 0.98))
    if darkest == brightest:
        raise ValueError("There is no head in the image: nearly all voxels have the same value.")
    head = nibabel.apply_orientation(
        _above_background(intensities), nibabel.io_orientation(image.affine)
    )
    affine = nibabel.as_closest_canonical(image).affine
    voxel_mm = grids.voxel_size_mm(affine)
    brain = _grown(head, voxel_mm, fractional_intensity)
    template = brain_prior.expected_brain(head, affine)
    expected = template.brain > 0.5
    n_inside = np.count_nonzero(brain & expected)
    fits = n_inside >= max(MIN_INSIDE * expected.sum(), MIN_SHARE * brain.sum(), 1)
    if fits:
        near = masks.distance_mm(expected, voxel_mm) <= BEYOND_MM
        if np.mean(~near[brain]) > MAX_LEAK:
            box, _ = grids.bounding_box(expected, affine, np.ceil(AROUND_MM / voxel_mm).astype(int))
            brain = np.zeros(head.shape, bool)
            brain[box] = _grown(head[box], voxel_mm, fractional_intensity)
        brain = orbits.without_orbits(brain & near, head, affine, template.front)
    back = nibabel.orientations.ornt_transform(
        nibabel.orientations.axcodes2ornt("RAS"), nibabel.io_orientation(image.affine)
    )
    return nibabel.apply_orientation(_largest_component(brain), back), fits


def _above_background(intensities):
    """Intensities of at least 0 without a constant that was added to them.

    A few negative voxels, from interpolation or as padding, are 0; if there are many, the lowest
    one is.
    """
    values = ranges.without_constant(intensities)
    lowest = values.min()
    if lowest < 0 and np.mean(values < 0) < FEW_NEGATIVE:
        return np.maximum(values, 0)
    return values - lowest


def _grown(head, voxel_mm, fractional_intensity):
    """Fill the surface that grows in a head.

    Args:
        head: Intensities, 0 or above, shape (x, y, z).
        voxel_mm: Voxel edges in mm, shape (3,).
        fractional_intensity: BET's -f.

    Returns:
        True in the brain, same shape.
    """
    working, _ = grids.averaged(head, np.diag([*voxel_mm, 1.0]), WORKING_MM)
    steps = np.maximum(1, np.round(WORKING_MM / voxel_mm).astype(int))
    vertices_mm, mesh = brain_surface.grow(working, steps * voxel_mm, fractional_intensity)
    # From the centre of the first block to that of the first voxel.
    return brain_surface.fill(vertices_mm / voxel_mm + (steps - 1) / 2, mesh, head.shape)


def _deepbet(image):
    """Extract the brain with the network of `deepbet`, whose weights are part of the package.

    Raises:
        ValueError: No brain was found.
    """
    from deepbet import BrainExtraction as Network  # here, because it is an optional package

    # The network does not handle NaN.
    clean = on_grid_of(image, volume(image))
    try:
        _, mask, _ = Network(no_gpu=True).run(clean)
    except AssertionError as error:  # raised by deepbet if there is no head
        raise ValueError(f"No brain was found in the image ({error}).") from error
    return np.asarray(mask.dataobj) > 0


def _largest_component(mask):
    """The largest connected component of a mask, with holes filled."""
    labels, n_labels = ndimage.label(mask)
    if n_labels > 1:
        mask = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
    return ndimage.binary_fill_holes(mask)
