"""Segment the brain of one subject into CSF, grey and white matter."""

from contrast2map import engines, images, logs, tissue_segmentation


def segment_tissue(path_to_scan, path_to_brain, engine, path_to_tissue, path_to_engine):
    scan = images.load(path_to_scan)
    brain = images.load(path_to_brain)

    tissue = tissue_segmentation.segment_tissue(scan, brain, engine=engine)

    images.save(images.values(tissue.dseg), scan, path_to_tissue)
    engines.write(path_to_engine, tissue_segmentation=tissue)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    segment_tissue(
        path_to_scan=snakemake.input.scan,
        path_to_brain=snakemake.input.brain,
        engine=snakemake.params.engine,
        path_to_tissue=snakemake.output.tissue,
        path_to_engine=snakemake.output.engine,
    )
