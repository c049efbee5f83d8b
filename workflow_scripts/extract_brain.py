"""Extract the brain of one subject from the target scan."""

from contrast2map import brain_extraction, engines, images, logs


def extract_brain(path_to_scan, engine, fractional_intensity, path_to_mask, path_to_engine):
    scan = images.load(path_to_scan)

    brain = brain_extraction.extract_brain(
        scan, engine=engine, fractional_intensity=fractional_intensity
    )

    images.save(images.values(brain.mask), scan, path_to_mask)
    engines.write(path_to_engine, brain_extraction=brain)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    extract_brain(
        path_to_scan=snakemake.input.scan,
        engine=snakemake.params.brain_extraction["engine"],
        fractional_intensity=snakemake.params.brain_extraction["fractional_intensity"],
        path_to_mask=snakemake.output.mask,
        path_to_engine=snakemake.output.engine,
    )
