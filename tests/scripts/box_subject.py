"""A subject of boxes: what preprocessing writes, on volumes of a few voxels."""

import nibabel
import numpy as np

import normalise_slices
from contrast2map.imaging import masks
from contrast2map.preprocessing import slices

SHAPE, VOXEL_MM = (24, 28, 40), (2.0, 2.0, 2.5)
AFFINE = np.diag([*VOXEL_MM, 1.0])
CONTRASTS, QUANTITIES = ["mprage", "flair"], ["T1", "T2"]
TISSUE_T1_S = {masks.CSF: 3.0, masks.GM: 1.2, masks.WM: 0.8}


def write(folder, seed, gain=1.0):
    """Write registered scans, maps and labels of one subject; returns the paths by name.

    Args:
        folder: Folder to make, named `sub-<label>`: scripts read the label from it.
        gain: Factor of the T1 of all tissues.
    """
    rng = np.random.default_rng(seed)
    tissue = np.zeros(SHAPE, np.uint8)
    tissue[3:21, 3:25, 2:38] = masks.CSF
    tissue[4:20, 4:24, 2:38] = masks.GM
    tissue[8:16, 8:20, 2:38] = masks.WM
    structures = np.zeros(SHAPE, np.uint8)
    structures[8:12, 8:14, 5:8] = masks.STRUCTURE_LABELS["putamen"]
    structures[12:16, 8:14, 5:8] = masks.STRUCTURE_LABELS["thalamus"]
    T1_s = np.array([0.0, *(gain * TISSUE_T1_S[number] for number in (1, 2, 3))])[tissue]
    rois = np.zeros(SHAPE, np.uint8)
    rois[5:7, 8:20, 15:25] = masks.ROI_LABELS["gm"]
    rois[9:15, 9:19, 15:25] = masks.ROI_LABELS["wm"]
    rois[9:11, 9:13, 6] = masks.ROI_LABELS["putamen"]
    rois[13:15, 9:13, 6] = masks.ROI_LABELS["thalamus"]
    coverage = np.ones(SHAPE, np.uint8)
    coverage[:, :, 36:] = 0
    volumes = {
        "mprage": rng.uniform(90, 110, SHAPE) * (1 + T1_s),
        "flair": rng.uniform(90, 110, SHAPE),
        "T1": T1_s * coverage,
        "T2": 0.1 * T1_s * coverage,
        "coverage": coverage,
        "brain": (tissue > 0).astype(np.uint8),
        "tissue": tissue,
        "structures": structures,
        "roi": rois,
        "excluding_csf": (tissue > masks.CSF).astype(np.uint8),
    }
    folder.mkdir(parents=True)
    paths = {name: folder / f"{name}.nii.gz" for name in volumes}
    for name, values in volumes.items():
        kind = np.uint8 if values.dtype == np.uint8 else np.float32
        nibabel.save(nibabel.Nifti1Image(values.astype(kind), AFFINE), paths[name])
    paths |= {"slices": folder / "slices.npz", "table": folder / "slice_selection.tsv"}
    paths |= {"files": folder / "normalisation_files.tsv"}
    return paths


def normalise(paths, contrasts=tuple(CONTRASTS), **changes):
    """Write the normalised slices of one subject; returns them.

    Args:
        paths: Its files by name, as `write` returns them.
        changes: Other arguments of `normalise_slices`.
    """
    arguments = {
        "registered": {name: paths[name] for name in [*contrasts, *QUANTITIES, "coverage"]},
        "contrasts": list(contrasts),
        "quantities": QUANTITIES,
        "path_to_brain": paths["brain"],
        "minimum_brain_area_mm2": 500,
        "minimum_reference_coverage": 0.98,
        "excluded": [],
        "method": "slice_p95",
        "target": "mprage",
        "erosion_voxels": 1,
        "path_to_tissue": None,
        "map_scale_s": 3.0,
        "path_to_slices": paths["slices"],
        "path_to_table": paths["table"],
        "path_to_files": paths["files"],
    }
    normalise_slices.normalise_slices(**arguments | changes)
    return slices.load(paths["slices"])
