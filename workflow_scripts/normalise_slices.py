"""Select and normalise the slices of one subject for training, prediction and evaluation."""

import csv

import numpy as np

from contrast2map.imaging import grids, images, masks
from contrast2map.jobs import logs
from contrast2map.preprocessing import normalisation
from contrast2map.preprocessing.slices import Slices, select_slices
from contrast2map.study import opened_files


def normalise_slices(
    registered,
    contrasts,
    quantities,
    path_to_brain,
    path_to_tissue,
    minimum_brain_area_mm2,
    minimum_reference_coverage,
    excluded,
    method,
    target,
    erosion_voxels,
    map_scale_s,
    path_to_slices,
    path_to_table,
    path_to_files,
):
    with opened_files.recording() as read_files:
        mask = images.load(path_to_brain)
        brain = grids.to_slices(images.values(mask)) > 0
        volumes = {
            name: grids.to_slices(images.values(images.load(path)))
            for name, path in registered.items()
        }
        x_mm, y_mm, _ = grids.voxel_size_mm(mask)
        rows = select_slices(
            brain,
            volumes["coverage"] > 0,
            float(x_mm * y_mm),
            minimum_brain_area_mm2=minimum_brain_area_mm2,
            minimum_reference_coverage=minimum_reference_coverage,
            excluded=excluded,
        )
        kept = np.array([row["slice"] for row in rows if row["selected"]], int)
        white_matter = None
        if path_to_tissue:
            tissue = grids.to_slices(images.values(images.load(path_to_tissue)))
            white_matter = masks.inner_white_matter(tissue, erosion_voxels)
        # Levels come from the whole brain, not only the selected slices, as for a new subject.
        normalised = normalisation.normalise(
            {name: volumes[name] for name in contrasts}, brain, method, target, white_matter
        )
        inputs = [normalised[name][kept] for name in contrasts]
        maps = [
            normalisation.scale_maps(volumes[name][kept], brain[kept], map_scale_s)
            for name in quantities
        ]

    Slices(
        np.stack(inputs, axis=-1), contrasts, np.stack(maps, axis=-1), quantities, brain[kept], kept
    ).save(path_to_slices)
    with open(path_to_table, "w", newline="") as table:
        writer = csv.DictWriter(table, rows[0], delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    opened_files.write_table(read_files, path_to_files)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    normalise_slices(
        registered={
            name: snakemake.input[name]
            for name in [*snakemake.params.contrasts, *snakemake.params.quantities, "coverage"]
        },
        contrasts=snakemake.params.contrasts,
        quantities=snakemake.params.quantities,
        path_to_brain=snakemake.input.brain,
        path_to_tissue=snakemake.input.tissue or None,
        **snakemake.params.selection,
        excluded=snakemake.params.excluded_slices.get(snakemake.wildcards.subject, []),
        target=snakemake.params.target,
        erosion_voxels=snakemake.params.erosion_voxels,
        **snakemake.params.normalisation,
        path_to_slices=snakemake.output.slices,
        path_to_table=snakemake.output.table,
        path_to_files=snakemake.output.files,
    )
