"""Compare registration, brain mask, tissue classes and regions of interest with the truth."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from contrast2map.imaging.images import load_volume, open_volume
from contrast2map.imaging.movement import errors_of_scans
from contrast2map.jobs import logs
from contrast2map.study import file_lists
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population
from contrast2map.tables.preprocessing import layout_preprocessing, segmentation_accuracy


def tabulate_preprocessing(paths, groups, outputs):
    """Tabulate accuracy with one row per subject.

    Args:
        paths: Files as {name: {subject: path}} with the names transforms, true_movement,
            brain, tissue, roi, true_brain and true_labels.
        groups: Dict mapping subject to group.
    """
    rows = []
    for subject in sorted(paths["brain"]):
        like = open_volume(paths["brain"][subject])
        volumes = {
            name: load_volume(paths[name][subject], like)
            for name in ("brain", "true_brain", "tissue", "roi", "true_labels")
        }
        centre_voxel = np.argwhere(volumes["brain"] > 0).mean(axis=0)
        registration = errors_of_scans(
            estimated=json.loads(Path(paths["transforms"][subject]).read_text()),
            true=json.loads(Path(paths["true_movement"][subject]).read_text())["Matrices"],
            centre_mm=like.affine[:3, :3] @ centre_voxel + like.affine[:3, 3],
        )
        row = {"subject": subject, "group": groups[subject]}
        for scan, error_mm, movement_mm in registration:
            row[f"error_mm_{scan}"] = error_mm
            row[f"movement_mm_{scan}"] = movement_mm
        rows.append(
            row
            | segmentation_accuracy(
                brain=volumes["brain"] > 0,
                true_brain=volumes["true_brain"] > 0,
                tissue_labels=volumes["tissue"],
                roi_labels=volumes["roi"],
                true_labels=volumes["true_labels"],
            )
        )
    table = pd.DataFrame(rows)
    layouts = [layout_preprocessing(table, population(len(table)))]

    outputs.write(table, layouts, simulated=True)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    names = ("transforms", "true_movement", "brain", "tissue", "roi", "true_brain", "true_labels")
    tabulate_preprocessing(
        paths={name: files[name] for name in names},
        groups=snakemake.params.groups,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
