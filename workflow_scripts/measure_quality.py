"""Measure the preprocessing of one subject and judge whether it is fit for use."""

import json
from pathlib import Path

from contrast2map.imaging import images, signal_equations
from contrast2map.jobs import logs
from contrast2map.preprocessing import slices
from contrast2map.quality import measures as quality
from contrast2map.study.findings import verdict


def measure_quality(
    subject,
    registered,
    paths,
    contrasts,
    quantities,
    target,
    tissues,
    limits,
    path_to_quality,
):
    """Write quality.json.

    Args:
        subject: Label of the subject.
        registered: Dict of contrast, of quantity and of "coverage" to registered image.
        paths: Dict of "brain", "tissue", "slices", "registration", "brain_extraction" and
            "tissue_segmentation" to file.
        contrasts: List of the config, with name and sequence.
        quantities: Names of the reference maps.
        target: Name of the target contrast.
        tissues: Section `simulation.tissues` of the config: what the sequences are expected to
            show.
        limits: Section `quality` of the config.
        path_to_quality: File to write.
    """
    volumes = {name: read(path) for name, path in registered.items()}
    registrations = read_json(paths["registration"])
    steps = [read_json(paths[name]) for name in ("brain_extraction", "tissue_segmentation")]
    mask = images.load(paths["brain"])
    brain, tissue = images.values(mask), read(paths["tissue"])

    measures = quality.measure_registration(registrations, target)
    measures |= quality.measure_brain(brain, mask.affine)
    measures |= quality.measure_tissue(volumes[target], tissue)
    for contrast in contrasts:
        order = signal_equations.expected_tissue_order(contrast["sequence"], tissues)
        name = contrast["name"]
        measures |= quality.measure_contrast(volumes[name], brain, tissue, order, name)
    measures |= quality.measure_slices(len(slices.load(paths["slices"]).slice_indices))
    maps_s = {name: volumes[name] for name in quantities}
    measures |= quality.measure_reference(maps_s, tissue, volumes["coverage"])
    findings = quality.problems(registrations, steps[0] | steps[1])
    findings += quality.judge(measures, limits, target)

    content = {
        "subject": subject,
        "verdict": verdict(findings),
        "findings": findings,
        "measures": {name: round(value, 5) for name, value in measures.items()},
        "registration": registrations,
        "steps": steps,
    }
    Path(path_to_quality).write_text(json.dumps(content, indent=2) + "\n")


def read(path):
    """Values of an image."""
    return images.values(images.load(path))


def read_json(path):
    """Content of a JSON file."""
    return json.loads(Path(path).read_text())


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    measure_quality(
        subject=snakemake.wildcards.subject,
        registered={
            name: snakemake.input[name]
            for name in [
                *(contrast["name"] for contrast in snakemake.params.contrasts),
                *snakemake.params.quantities,
                "coverage",
            ]
        },
        paths={
            name: snakemake.input[name]
            for name in (
                "brain",
                "tissue",
                "slices",
                "registration",
                "brain_extraction",
                "tissue_segmentation",
            )
        },
        contrasts=snakemake.params.contrasts,
        quantities=snakemake.params.quantities,
        target=snakemake.params.target,
        tissues=snakemake.params.tissues,
        limits=snakemake.params.limits,
        path_to_quality=snakemake.output.quality,
    )
