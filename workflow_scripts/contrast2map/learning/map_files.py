"""Convert predicted T1 and T2 maps to volumes and write them as a BIDS derivative."""

from pathlib import Path

import nibabel as nib
import numpy as np

from contrast2map import __version__
from contrast2map.bids.dataset import BIDS_VERSION, write_json
from contrast2map.imaging import grids, images
from contrast2map.preprocessing.normalisation import restore_maps
from contrast2map.preprocessing.slices import load as load_slices
from contrast2map.study.subject_paths import by_subject, map_path

PREDICTED = "{quantity} map predicted for a held-out subject"


def to_volumes(scaled, stored, scan, map_scale_s):
    """Restore a subject's relaxation times as volumes, 0 outside the brain or selected slices.

    Args:
        scaled: Scaled maps, shape (slice, height, width, quantity).
        stored: slices.Slices from which they were predicted.
        scan: nibabel image of the target scan, in its own orientation.
        map_scale_s: Relaxation time in seconds for a scaled value of 1.

    Returns:
        Dict mapping quantity to map in seconds, float32, RAS orientation, shape (x, y, z).
    """
    canonical = grids.to_canonical(scan)
    volumes = {}
    for number, quantity in enumerate(stored.quantities):
        slices = np.zeros(canonical.shape[::-1], np.float32)
        slices[stored.slice_indices] = restore_maps(scaled[..., number], stored.brain, map_scale_s)
        volumes[quantity] = grids.from_slices(slices)
    return volumes


def write_predictions(predict, paths_to_slices, paths_to_scans, map_scale_s, about, folder):
    """Predict and write the maps of several subjects as a BIDS derivative.

    Args:
        predict: Function of slices.Slices that returns scaled maps, shape (slice, height, width,
            quantity).
        paths_to_slices: One file of slices per subject.
        paths_to_scans: The target scan of each subject, as acquired.
        map_scale_s: Relaxation time in seconds for a scaled value of 1.
        about: Arguments of `write_description`.
        folder: Root of the BIDS derivative.
    """
    scan_of = by_subject(paths_to_scans)
    write_description(folder, **about)
    for subject, path in by_subject(paths_to_slices).items():
        stored = load_slices(path)
        scan = images.load(scan_of[subject])
        for quantity, volume in to_volumes(predict(stored), stored, scan, map_scale_s).items():
            write(folder, subject, quantity, volume, scan, sources=[scan_of[subject]])


def only_slices(volume, slice_indices):
    """Set a volume to 0 outside some slices (axis 2)."""
    kept = np.zeros_like(volume)
    kept[:, :, slice_indices] = volume[:, :, slice_indices]
    return kept


def write(
    folder,
    subject,
    quantity,
    volume,
    scan,
    sources,
    description=None,
    algorithm=PREDICTED,
    more=None,
):
    """Write a map and its sidecar on the grid and in the orientation of the target scan.

    Args:
        folder: Root of the BIDS derivative.
        subject: Subject label.
        quantity: "T1" or "T2".
        volume: Seconds, float32, RAS orientation, shape (x, y, z).
        scan: nibabel image of the target scan.
        sources: Files from which the map was made, for the sidecar.
        description: Entity `desc` of the file name, for a volume other than the map itself.
        algorithm: Description for the sidecar, with a placeholder {quantity}.
        more: Dict of further entries for the sidecar.
    """
    canonical = grids.to_canonical(scan)
    image = grids.in_orientation_of(nib.Nifti1Image(volume, canonical.affine), scan)
    path = map_path(folder, subject, quantity, description)
    path.parent.mkdir(parents=True, exist_ok=True)
    images.save(images.values(image), image, path)
    write_json(
        path.with_name(path.name.replace(".nii.gz", ".json")),
        {
            "Units": "s",
            "SkullStripped": True,
            "Sources": [Path(source).name for source in sources],
            "EstimationReference": "Qiu et al., Magn Reson Med 2022;87:488, 10.1002/mrm.28962",
            "EstimationAlgorithm": algorithm.format(quantity=quantity),
        }
        | (more or {}),
    )


def write_description(folder, name, description):
    """Write dataset_description.json of a derivative of predicted maps."""
    write_json(
        Path(folder) / "dataset_description.json",
        {
            "Name": name,
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "derivative",
            "GeneratedBy": [
                {
                    "Name": "contrast2map",
                    "Description": description,
                    "Version": __version__,
                }
            ],
        },
    )
