"""Hold the estimated movement between the scans of one subject against the true one."""

import csv
import json
from pathlib import Path

import numpy as np

from contrast2map import images, logs
from contrast2map.movement import rms_displacement_mm


def score_registration(subject, path_to_transforms, path_to_movement, path_to_brain, path_to_table):
    estimated = json.loads(Path(path_to_transforms).read_text())
    true = json.loads(Path(path_to_movement).read_text())["Matrices"]
    brain = images.load(path_to_brain)
    centre_voxel = np.argwhere(images.values(brain) > 0).mean(axis=0)
    centre_mm = brain.affine[:3, :3] @ centre_voxel + brain.affine[:3, 3]

    rows = [
        {
            "subject": subject,
            "scan": scan,
            "error_mm": f"{rms_displacement_mm(matrix, true[scan], centre_mm):.4f}",
            "movement_mm": f"{rms_displacement_mm(np.eye(4), true[scan], centre_mm):.4f}",
        }
        for scan, matrix in estimated.items()
        if not np.allclose(true[scan], np.eye(4))
    ]

    with open(path_to_table, "w", newline="") as table:
        writer = csv.DictWriter(
            table, ["subject", "scan", "error_mm", "movement_mm"], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    score_registration(
        subject=snakemake.wildcards.subject,
        path_to_transforms=snakemake.input.transforms,
        path_to_movement=snakemake.input.movement,
        path_to_brain=snakemake.input.brain,
        path_to_table=snakemake.output.table,
    )
