"""Segment the brain of one subject into CSF, grey and white matter."""

from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.preprocessing import steps


def segment_tissue(
    path_to_scan,
    path_to_brain,
    path_to_tissue,
    path_to_engine,
    *,
    engine,
    path_to_provided=None,
    labels=None,
):
    scan = images.load(path_to_scan)
    brain = images.load(path_to_brain)

    tissue = steps.segment(scan, brain, engine=engine, provided=path_to_provided, labels=labels)

    images.save(images.values(tissue.dseg), scan, path_to_tissue)
    steps.write_engines(path_to_engine, tissue_segmentation=tissue)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    segment_tissue(
        path_to_scan=snakemake.input.scan,
        path_to_brain=snakemake.input.brain,
        path_to_tissue=snakemake.output.tissue,
        path_to_engine=snakemake.output.engine,
        **snakemake.params.tissue_segmentation,
        path_to_provided=snakemake.input.provided or None,
        labels=snakemake.params.labels,
    )
