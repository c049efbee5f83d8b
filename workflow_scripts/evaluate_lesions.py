"""Measure the lesions of one fold's subjects in predicted and reference maps and in the truth."""

import logging

import numpy as np
import pandas as pd

from contrast2map.evaluation.lesions import COLUMNS, measure_lesions
from contrast2map.imaging import grids
from contrast2map.imaging.images import load_volume, open_volume, selected_slices
from contrast2map.jobs import logs
from contrast2map.study import file_lists
from contrast2map.study.subject_paths import map_path
from contrast2map.study.terms import QUANTITIES

logger = logging.getLogger(__name__)


def evaluate_lesions(
    path_to_predictions, paths, groups, erosion_voxels, predictor, fold, path_to_lesions
):
    """Write one row per lesion and quantity of every subject of a fold that has a lesion mask.

    Args:
        paths: Files as {name: {subject: path}} with the names T1, T2, brain, tissue,
            slice_selection, lesions (of some subjects or none), true_T1 and true_T2 (both empty
            without truth).
        groups: Group of each subject.
        erosion_voxels: Radius of the sphere that erodes white matter.
    """
    records = []
    for subject in sorted(paths["lesions"]):
        like = open_volume(paths["T1"][subject])
        brain = load_volume(paths["brain"][subject], like) > 0
        evaluated = np.zeros_like(brain)
        slices = selected_slices(paths["slice_selection"][subject])
        evaluated[..., slices] = brain[..., slices]
        maps_s = {}
        for quantity in QUANTITIES:
            path = map_path(path_to_predictions, subject, quantity)
            paths_of = {"predicted": path, "reference": paths[quantity][subject]}
            if subject in paths[f"true_{quantity}"]:
                paths_of["truth"] = paths[f"true_{quantity}"][subject]
            maps_s[quantity] = {name: load_volume(path, like) for name, path in paths_of.items()}
        labels = {"subject": subject, "group": groups[subject], "fold": fold}
        measured = measure_lesions(
            maps_s,
            mask=load_volume(paths["lesions"][subject], like) > 0,
            tissue=load_volume(paths["tissue"][subject], like),
            evaluated=evaluated,
            voxel_mm=grids.voxel_size_mm(like),
            erosion_voxels=erosion_voxels,
        )
        records += [labels | {"predictor": predictor} | record for record in measured]
        logger.info("sub-%s: %d lesions", subject, len(measured) // len(QUANTITIES))

    pd.DataFrame(records, columns=COLUMNS).to_csv(path_to_lesions, index=False)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    names = [*QUANTITIES, "brain", "tissue", "slice_selection", "lesions", "true_T1", "true_T2"]
    evaluate_lesions(
        path_to_predictions=snakemake.input.predictions,
        paths={name: files[name] for name in names},
        groups=snakemake.params.groups,
        erosion_voxels=snakemake.params.erosion_voxels,
        predictor=snakemake.wildcards.predictor,
        fold=snakemake.wildcards.fold,
        path_to_lesions=snakemake.output.lesions,
    )
