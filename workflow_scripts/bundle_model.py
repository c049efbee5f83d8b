"""Bundle the networks of one set of inputs with what their use needs, and a model card."""

import csv
from pathlib import Path

import numpy as np

from contrast2map.imaging import fingerprint, grids, images, masks
from contrast2map.jobs import logs, processor
from contrast2map.learning import spread
from contrast2map.maps import bundle, card
from contrast2map.maps import facts as bundle_facts
from contrast2map.preprocessing import normalisation, pose, slices
from contrast2map.study import file_lists, predictors, records, subject_lists


def bundle_model(
    paths_to_models,
    path_to_folds,
    path_to_gate,
    paths_to_scans,
    preprocessed,
    paths_to_slice_errors,
    paths_to_roi_means,
    predictor,
    about,
    folder,
):
    # Here, so that what TensorFlow says as it loads goes to the log.
    import keras

    from contrast2map.learning.prediction import Predictor
    from contrast2map.learning.unet import load_unet

    inputs, target = predictors.inputs_of(predictor), about["target_contrast"]
    names = inputs + [target] * (target not in inputs)
    with open(path_to_folds, newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    compute_in = about["prediction"]["precision"]
    networks = {fold: Predictor(load_unet(p), compute_in) for fold, p in paths_to_models.items()}
    heads, held_out = {}, {fold: {} for fold in networks}
    for row in rows:
        subject = row["subject"]
        paths = {name: found[subject] for name, found in preprocessed.items()}
        heads[subject] = _measure(paths, names, inputs, about, list(networks.values()))
        scan = grids.to_canonical(images.load(paths_to_scans[subject]))
        held_out[row["fold"]][subject] = fingerprint.of_image(scan)

    found = subject_lists.read_by_subject(path_to_gate)
    gates = [found[row["subject"]] for row in rows]
    sequences, voxel_mm = bundle_facts.describe_protocol(gates, names)
    errors, roi_means = records.read(paths_to_slice_errors), records.read(paths_to_roi_means)
    groups = [row["group"] for row in rows]
    facts = about | bundle_facts.describe_heads(heads)
    facts |= {
        "inputs": inputs,
        "contrasts": [each for each in about["contrasts"] if each["name"] in names],
        "n_folds": len(networks),
        "n_subjects": {group: groups.count(group) for group in dict.fromkeys(groups)},
        "sequences": sequences,
        "voxel_mm": voxel_mm,
        "metrics": {
            "network": bundle_facts.describe_errors(errors, roi_means, predictor),
            "cohort_mean": bundle_facts.describe_errors(errors, roi_means, "cohort_mean"),
        },
        "definitions": bundle_facts.DEFINITIONS,
    }
    bundle.write(folder, facts, paths_to_models, held_out, card.write(facts), keras.__version__)


def _measure(paths, names, inputs, about, networks):
    """What the ranges of the training are made of, of one subject."""
    settings = about["preprocessing"]
    scan = images.load(paths[about["target_contrast"]])
    brain = images.values(images.load(paths["brain"])) > 0
    there = grids.to_slices(brain)
    volumes = {
        name: grids.to_slices(images.values(images.load(paths[name])))
        for name in [*names, *about["quantities"], "coverage", "tissue"]
    }
    stored = slices.load(paths["slices"])
    spread_s = spread.of_subject(
        stored.inputs_of(inputs),
        stored.slice_indices,
        there,
        about["quantities"],
        settings["normalisation"]["map_scale_s"],
        networks,
    )
    covered = volumes["coverage"] > 0
    return bundle_facts.measure_head(
        inputs=normalisation.normalise(
            {name: volumes[name] for name in names},
            there,
            settings["normalisation"]["method"],
            about["target_contrast"],
            masks.inner_white_matter(volumes["tissue"], settings["masks"]["tissue_erosion_voxels"]),
        ),
        maps_s={name: np.where(covered, volumes[name], 0) for name in about["quantities"]},
        spread_s=spread_s,
        brain=there,
        tissue=volumes["tissue"],
        slices_used=stored.slice_indices,
        scan=scan,
        area_mm2=settings["slices"]["minimum_brain_area_mm2"],
        pose=pose.estimate(scan, brain, seed=about["seed"]),
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    processor.prepare(snakemake.threads)
    volumes = file_lists.read(snakemake.input.volumes)
    of_slices = file_lists.read(snakemake.input.slices)
    bundle_model(
        paths_to_models={Path(path).parent.name: path for path in snakemake.input.models},
        path_to_folds=snakemake.input.folds,
        path_to_gate=snakemake.input.gate,
        paths_to_scans=of_slices["scans"],
        preprocessed={name: volumes[name] for name in snakemake.params.measured}
        | {"slices": of_slices["slices"]},
        paths_to_slice_errors=snakemake.input.slice_errors,
        paths_to_roi_means=snakemake.input.roi_means,
        predictor=snakemake.params.predictor,
        about=snakemake.params.about,
        folder=snakemake.output.folder,
    )
