"""Create the masks of the evaluation: brain without dilated CSF, and the regions of Table 2."""

import logging

import numpy as np

from contrast2map.imaging import grids, images, masks
from contrast2map.jobs import logs

logger = logging.getLogger(__name__)


def draw_masks(
    paths,
    path_to_outside_csf,
    path_to_rois,
    *,
    csf_dilation_voxels,
    tissue_erosion_voxels,
    slab_distance_mm,
    n_slab_slices,
):
    brain = images.load(paths["brain"])
    tissue = images.values(images.load(paths["tissue"]))
    structures = images.values(images.load(paths["structures"]))

    outside_csf = masks.exclude_csf(images.values(brain), tissue, csf_dilation_voxels)
    try:
        regions = masks.draw_rois(
            tissue,
            structures,
            outside_csf,
            grids.voxel_size_mm(brain),
            erosion_voxels=tissue_erosion_voxels,
            slab_distance_mm=slab_distance_mm,
            n_slab_slices=n_slab_slices,
        )
    except ValueError as error:  # no structures, or the slab extends beyond the image
        logger.warning("No regions were drawn: %s", error)
        regions = np.zeros(brain.shape, np.uint8)

    images.save(outside_csf, brain, path_to_outside_csf)
    images.save(regions, brain, path_to_rois)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    draw_masks(
        paths={name: snakemake.input[name] for name in ("brain", "tissue", "structures")},
        path_to_outside_csf=snakemake.output.outside_csf,
        path_to_rois=snakemake.output.rois,
        **snakemake.params.masks,
        **snakemake.params.rois,
    )
