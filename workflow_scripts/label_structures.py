"""Label putamen and thalamus of one subject, from provided labels or by template registration."""

from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.preprocessing import steps


def label_structures(
    path_to_scan, path_to_brain, seed, path_to_structures, path_to_provided=None, labels=None
):
    scan = images.load(path_to_scan)
    brain = images.load(path_to_brain)

    structures = steps.label_structures(scan, brain, seed, path_to_provided, labels)

    images.save(structures, scan, path_to_structures)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    label_structures(
        path_to_scan=snakemake.input.scan,
        path_to_brain=snakemake.input.brain,
        seed=snakemake.params.seed,
        path_to_structures=snakemake.output.structures,
        path_to_provided=snakemake.input.provided or None,
        labels=snakemake.params.labels,
    )
