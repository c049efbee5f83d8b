"""Real and simulated scans with tissue labels, each on its own grid."""

import json
from typing import NamedTuple

import numpy as np

from contrast2map.imaging import grids, images
from contrast2map.preprocessing import steps

REAL = {"t1w": "T1W", "flair": "FLAIR", "t2w": "T2W"}  # contrast -> its name in the real files
VISITS = (1, 2)


class Scan(NamedTuple):
    """A scan on its own grid: values and tissue labels (x, y, slice), voxel edges in mm."""

    values: np.ndarray
    tissue: np.ndarray
    voxel_mm: np.ndarray


def engine_of(results):
    """Engine that extracted and segmented the brains of a study: "embedded" or "fsl".

    Args:
        results: Folder of the study's results.

    Raises:
        ValueError: No subject was segmented, or several engines were used.
    """
    engines = {
        step["engine"]
        for path in results.glob("preprocessed/sub-*/tissue_segmentation.json")
        for step in json.loads(path.read_text()).values()
    }
    if len(engines) != 1:
        raise ValueError(f"{results}: expected subjects of one engine, found {sorted(engines)}")
    return engines.pop()


def read_simulated(results, config):
    """Scans of the segmented subjects of a study.

    Args:
        results: Folder of the study's results.
        config: Its configuration.

    Returns:
        List of dict of contrast to Scan, one per subject.
    """
    heads = []
    for path in sorted(results.glob("preprocessed/sub-*/tissue_dseg.nii.gz")):
        subject = path.parent.name.removeprefix("sub-")
        matrices = json.loads((path.parent / "transforms.json").read_text())
        heads.append(
            {
                each["name"]: on_own_grid(
                    images.load(results / "cohort" / each["file"].format(subject=subject)),
                    images.load(path),
                    np.array(matrices[each["name"]]),
                )
                for each in config["contrasts"]
            }
        )
    return heads


def read_real(folder, visit, config, engine):
    """Scans of a visit, preprocessed like the simulated ones.

    Args:
        folder: Folder of the patient.
        visit: Number of the visit.
        config: Configuration of the simulated study.
        engine: Engine of brain extraction and segmentation, "embedded" or "fsl".

    Returns:
        Dict of contrast to Scan.

    Raises:
        ValueError: A step of the preprocessing reports a problem.
    """
    paths = {name: folder / f"study{visit}_{word}.nii.gz" for name, word in REAL.items()}
    scans = {
        name: grids.to_canonical(images.load(path)) for name, path in paths.items() if path.exists()
    }
    settings, target = config["preprocessing"], config["target_contrast"]
    found = steps.register(
        scans,
        target,
        sampling_share=settings["registration"]["sampling_share"],
        seed=config["seed"],
    )
    brain = steps.extract(scans[target], **(settings["brain_extraction"] | {"engine": engine}))
    tissue = steps.segment(scans[target], brain.mask, engine=engine)
    problems = [step.problem for step in (*found.values(), brain, tissue) if step.problem]
    if problems:
        raise ValueError(f"{folder}, visit {visit}: {'; '.join(problems)}")
    return {
        name: on_own_grid(scan, tissue.dseg, found[name].matrix) for name, scan in scans.items()
    }


def on_own_grid(scan, labels, matrix):
    """A scan as acquired, with the tissue labels of the target resampled to its grid.

    Args:
        scan: nibabel image as acquired.
        labels: nibabel image of tissue labels on the grid of the target.
        matrix: World-to-world matrix from the target's points to the scan's, shape (4, 4).
    """
    scan = grids.to_canonical(scan)
    moved = steps.resample(labels, np.linalg.inv(matrix), scan, "nearestNeighbor")
    edges_mm = grids.voxel_size_mm(scan)
    return Scan(images.values(scan), np.rint(moved).astype(np.uint8), edges_mm)
