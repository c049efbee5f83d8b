"""Change in the maps of one head when its scans are rotated, flipped, cropped or resampled.

    python benchmarks/invariance.py results/demo results/demo/cohort 01

Prints a table. Every version is made from the same scans; its maps are resampled to the original
grid and compared where both have a value. The last column gives the change of the original map from
the interpolations alone: the modification itself, the resampling to the working grid and back if
one is used, and the resampling to the original grid.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

import nibabel as nib
import numpy as np

from contrast2map.imaging import fingerprint, grids, images, movement
from contrast2map.jobs import progress
from contrast2map.maps import bundle, command, pipeline
from contrast2map.preprocessing import steps

CENTRE_MM = (0.0, 0.0, 0.0)


def turned(degrees):
    """Function that rotates the head within the slices of its scan."""

    def change(image):
        matrix = movement.rigid_matrix([degrees, 0, degrees / 2], [0, 0, 0], CENTRE_MM)
        values = steps.resample(image, matrix, image, "linear")
        return nib.Nifti1Image(values, matrix @ image.affine)

    return change


def resampled(voxel_mm):
    """Function that resamples a scan to another voxel size."""

    def change(image):
        extent = np.array(image.shape) * grids.voxel_size_mm(image)
        shape = np.ceil(extent / voxel_mm).astype(int)
        grid = nib.Nifti1Image(np.zeros(shape, np.uint8), grids.centred_affine(shape, voxel_mm))
        return nib.Nifti1Image(steps.resample(image, np.eye(4), grid, "linear"), grid.affine)

    return change


def flipped(image):
    """The scan stored as left-posterior-superior, as some scanners do."""
    turn = nib.orientations.ornt_transform(
        nib.io_orientation(image.affine), nib.orientations.axcodes2ornt("LPS")
    )
    return image.as_reoriented(turn)


def cropped(image):
    """The scan without the neck and without a margin at the other faces."""
    edges_mm = grids.voxel_size_mm(image)
    below, margin = int(24 / edges_mm[2]), (np.array([12, 12]) / edges_mm[:2]).astype(int)
    x, y = margin
    return image.slicer[x:-x, y:-y, below:]


def without_top(image):
    """The scan without the upper 40 mm of its field of view."""
    return image.slicer[:, :, : -int(40 / grids.voxel_size_mm(image)[2])]


VERSIONS = {
    "stored as LPS": flipped,
    "turned by 8 and 4 degrees": turned(8),
    "turned by 15 and 7.5 degrees": turned(15),
    "cropped, no neck": cropped,
    "1.5 mm voxels": resampled([1.5, 1.5, 1.5]),
    "1 x 1 x 3 mm voxels": resampled([1.0, 1.0, 3.0]),
    "cropped, no top": without_top,
}


def main(model, cohort, subject):
    """Print the table."""
    found = bundle.find(model)
    folder = max(found, key=lambda each: len(found[each].inputs))
    model = command.load_networks(bundle.read(folder))
    scans = {
        name: images.load(Path(cohort) / each.file.format(subject=subject))
        for name, each in model.contrasts.items()
    }
    fold, _ = model.known_as(fingerprint.of_image(scans[model.target]))
    # The same networks for every version, although a modified scan has another fingerprint.
    one = replace(model, folds={fold: model.folds[fold]}) if fold else model

    def make(changed):
        stage = progress.Stages(8, lambda line: None)
        return pipeline.map_head(changed, one, stage, all_folds=True)

    original = make(scans)
    print("| version | grid | quantity | median difference (ms) | % | from interpolation (%) |")
    print("| --- | --- | --- | --- | --- | --- |")
    for words, change in VERSIONS.items():
        head = make({name: change(image) for name, image in scans.items()})
        for quantity in model.quantities:
            ms, percent = _difference(head, original, quantity)
            alone = _interpolation_alone(head, original, quantity, change)
            where = "own" if head.slab.own else "working"
            row = f"| {words} | {where} | {quantity} | {ms:.2f} | {percent:.2f} | {alone:.2f} |"
            print(row, flush=True)


def _difference(head, original, quantity):
    """Median absolute difference between two maps in grey and white matter, in ms and in %."""
    moved = steps.resample(_map(head, quantity), np.eye(4), original.scan, "linear")
    return _compare(moved, original, quantity)


def _interpolation_alone(head, original, quantity, change):
    """Change in the original map from a version's interpolations alone, in %."""
    there = change(_map(original, quantity))
    for grid in [] if head.slab.own else [head.slab.grid, head.scan]:
        values = steps.resample(there, np.eye(4), grid, "linear")
        there = nib.Nifti1Image(values, grid.affine)
    back = steps.resample(there, np.eye(4), original.scan, "linear")
    return _compare(back, original, quantity)[1]


def _compare(values_s, original, quantity):
    reference_s = original.maps_s[quantity]
    there = (original.tissue > 1) & (reference_s > 0) & (values_s > 0)
    difference_s = np.abs(values_s - reference_s)[there]
    return 1000 * np.median(difference_s), 100 * np.median(difference_s / reference_s[there])


def _map(head, quantity):
    return nib.Nifti1Image(head.maps_s[quantity], head.scan.affine)


if __name__ == "__main__":
    main(*sys.argv[1:])
