"""Label putamen and thalamus of one subject by registering the ICBM152 template to the brain."""

import numpy as np

from contrast2map import atlas, images, logs, masks


def label_structures(path_to_scan, path_to_brain, seed, path_to_structures):
    scan = images.load(path_to_scan)
    brain = images.values(images.load(path_to_brain)) > 0

    shares = atlas.deep_structures_of(np.where(brain, images.values(scan), 0), scan.affine, seed)

    images.save(masks.label_structures(shares), scan, path_to_structures)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    label_structures(
        path_to_scan=snakemake.input.scan,
        path_to_brain=snakemake.input.brain,
        seed=snakemake.params.seed,
        path_to_structures=snakemake.output.structures,
    )
