"""Selection of axial slices, and the arrays on which a network is trained."""

import zipfile
from dataclasses import dataclass

import numpy as np

from contrast2map.imaging import grids, images


@dataclass(frozen=True)
class Slices:
    """Selected slices of one subject.

    Attributes:
        inputs: Normalised images, float32 (slice, height, width, contrast).
        contrasts: Names of the contrasts, in the order of the last axis.
        maps: Scaled reference maps, float32 (slice, height, width, quantity).
        quantities: Names of the quantities, in the order of the last axis.
        brain: Brain mask, boolean (slice, height, width).
        slice_indices: Number of each slice in the volume (axis 2 of RAS).
    """

    inputs: np.ndarray
    contrasts: list
    maps: np.ndarray
    quantities: list
    brain: np.ndarray
    slice_indices: np.ndarray

    def inputs_of(self, contrasts):
        """Images of the named contrasts, in the given order."""
        return self.inputs[..., [self.contrasts.index(name) for name in contrasts]]

    def save(self, path):
        """Save the arrays as .npz."""
        np.savez(
            path,
            inputs=self.inputs,
            contrasts=self.contrasts,
            maps=self.maps,
            quantities=self.quantities,
            brain=self.brain,
            slice_indices=self.slice_indices,
        )


def load(path):
    """Read a file written by `Slices.save`."""
    with np.load(path) as stored:
        return Slices(
            inputs=stored["inputs"],
            contrasts=stored["contrasts"].tolist(),
            maps=stored["maps"],
            quantities=stored["quantities"].tolist(),
            brain=stored["brain"],
            slice_indices=stored["slice_indices"],
        )


def select_slices(
    brain, coverage, pixel_area_mm2, *, minimum_brain_area_mm2, minimum_reference_coverage, excluded
):
    """Select slices with enough brain, enough of which the reference maps cover.

    Args:
        brain: Brain mask, shape (slice, height, width).
        coverage: True where the reference maps have a value, same shape.
        pixel_area_mm2: Area of a pixel.
        minimum_brain_area_mm2: Smallest brain area of a slice.
        minimum_reference_coverage: Smallest share of the brain that the reference maps cover.
        excluded: Numbers of slices excluded by hand.

    Returns:
        List of dicts, one per slice: slice, brain_area_mm2, reference_coverage, selected, reason.
    """
    rows = []
    for index in range(len(brain)):
        n_brain = int((brain[index] > 0).sum())
        area_mm2 = n_brain * pixel_area_mm2
        covered = float(coverage[index][brain[index] > 0].mean()) if n_brain else 0.0
        reason = ""
        if index in excluded:
            reason = "excluded by hand"
        elif n_brain == 0 or area_mm2 < minimum_brain_area_mm2:
            reason = f"brain area below {minimum_brain_area_mm2:g} mm2"
        elif covered < minimum_reference_coverage:
            reason = f"reference covers less than {minimum_reference_coverage:g} of the brain"
        rows.append(
            {
                "slice": index,
                "brain_area_mm2": round(area_mm2, 1),
                "reference_coverage": round(covered, 4),
                "selected": not reason,
                "reason": reason,
            }
        )
    return rows


def shapes(path):
    """Read the shapes of arrays written by `Slices.save`, from their headers only.

    Returns:
        Dict mapping array name to shape.
    """
    found = {}
    with zipfile.ZipFile(path) as stored:
        for entry in stored.namelist():
            with stored.open(entry) as array:
                version = np.lib.format.read_magic(array)
                read = getattr(np.lib.format, f"read_array_header_{version[0]}_{version[1]}")
                found[entry.removesuffix(".npy")] = read(array)[0]
    return found


def require_patches_fit(path_to_scan, patch_size):
    """Raise unless patches fit into the axial slices of a scan, from its header only.

    Args:
        path_to_scan: The target scan of a subject, in any orientation.
        patch_size: Anterior-posterior and left-right voxels of a patch.

    Raises:
        ImageError: See `images.open_lazily`.
        ValueError: One line with the key, the file and the remedy.
    """
    wide, high, _ = grids.to_canonical(images.open_lazily(path_to_scan)).shape
    if high < patch_size[0] or wide < patch_size[1]:
        raise ValueError(
            f"training.patch_size: patches of {patch_size[0]} x {patch_size[1]} voxels do not fit "
            f"into the slices of {high} x {wide} voxels (anterior-posterior x left-right) of "
            f"{path_to_scan}; lower it to multiples of 16 that fit"
        )
