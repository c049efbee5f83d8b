"""Extract the brain of one subject from the target scan."""

from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.preprocessing import steps


def extract_brain(
    path_to_scan,
    path_to_mask,
    path_to_engine,
    *,
    engine,
    fractional_intensity,
    path_to_provided=None,
):
    scan = images.load(path_to_scan)

    brain = steps.extract(
        scan,
        engine=engine,
        fractional_intensity=fractional_intensity,
        provided=path_to_provided,
    )

    images.save(images.values(brain.mask), scan, path_to_mask)
    steps.write_engines(path_to_engine, brain_extraction=brain)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    extract_brain(
        path_to_scan=snakemake.input.scan,
        path_to_mask=snakemake.output.mask,
        path_to_engine=snakemake.output.engine,
        **snakemake.params.brain_extraction,
        path_to_provided=snakemake.input.provided or None,
    )
