"""Measure the quality of one subject's preprocessing and judge whether it can be used."""

import json
from pathlib import Path

from contrast2map.bids.dataset import write_json
from contrast2map.imaging import images
from contrast2map.imaging.expected_contrast import expected_tissue_order
from contrast2map.jobs import logs
from contrast2map.preprocessing import orientation, slices
from contrast2map.quality import measures
from contrast2map.quality.judgement import (
    failed_steps,
    judge_measures,
    judge_orientation,
    judge_turned,
    unregistered_scans,
)
from contrast2map.study.findings import verdict

STEPS = ("brain_extraction", "tissue_segmentation")


def measure_quality(
    subject, inputs, sequences, quantities, target, tissues, limits, path_to_quality
):
    """Write quality.json with measures, findings and verdict.

    Args:
        subject: Label of the subject.
        inputs: Input paths by name, as in the rule; the registered images have the names of their
            contrast or quantity.
        sequences: Dict mapping contrast to the type and parameters of its sequence.
        quantities: Names of the reference maps.
        target: Name of the target contrast.
        tissues: Relaxation times and proton density by tissue, which determine the expected
            contrast, from config section `simulation.tissues`.
        limits: Dict mapping measure to its limits, from config section `quality`.
        path_to_quality: File to write.
    """
    registrations, *steps = (
        json.loads(Path(inputs[name]).read_text()) for name in ("registration", *STEPS)
    )
    brain_mask = images.load(inputs["brain"])
    brain, tissue = images.values(brain_mask), images.load_values(inputs["tissue"])
    scans = {name: images.load_values(inputs[name]) for name in sequences}
    maps_s = {name: images.load_values(inputs[name]) for name in quantities}

    measured = measures.measure_registration(registrations, target)
    measured |= measures.measure_brain(brain, brain_mask.affine)
    measured |= measures.measure_tissue(scans[target], tissue)
    for name, sequence in sequences.items():
        order = expected_tissue_order(sequence, tissues)
        measured |= measures.measure_contrast(scans[name], brain, tissue, order, name)
    measured["n_slices"] = len(slices.load(inputs["slices"]).slice_indices)
    coverage = images.load_values(inputs["coverage"])
    measured |= measures.measure_reference(maps_s, tissue, coverage)
    findings = failed_steps(registrations, steps[0] | steps[1])
    findings += judge_measures(measured, limits, target)
    others = [name for name in scans if name != target]
    for name in [target, *unregistered_scans(findings, others)]:
        lying = orientation.measure_if_head(scans[name], brain_mask.affine)
        findings += judge_orientation(
            lying, f"registered_{name}.nii.gz", ", or set preprocessing.orientation: repair"
        )
    if inputs["turned"]:
        findings += judge_turned(json.loads(Path(inputs["turned"]).read_text()))

    content = {
        "subject": subject,
        "verdict": verdict(findings),
        "findings": findings,
        "measures": {name: round(value, 5) for name, value in measured.items()},
        "registration": registrations,
        "steps": steps,
    }
    write_json(path_to_quality, content)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    measure_quality(
        subject=snakemake.wildcards.subject,
        inputs=dict(snakemake.input.items()),
        sequences=snakemake.params.sequences,
        quantities=snakemake.params.quantities,
        target=snakemake.params.target,
        tissues=snakemake.params.tissues,
        limits=snakemake.params.limits,
        path_to_quality=snakemake.output.quality,
    )
