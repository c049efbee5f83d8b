"""Bundle the networks of one input set with everything needed to use them, and a model card."""

import csv
from pathlib import Path

from contrast2map.imaging import fingerprint, grids, images
from contrast2map.jobs import logs, processor
from contrast2map.maps import bundle, card, facts, training_ranges
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
    """Write the bundle.

    Args:
        paths_to_models: Dict mapping fold to `.keras` file.
        path_to_folds: Table with subject, group and fold.
        path_to_gate: JSON file with the input gate's findings about all subjects.
        paths_to_scans: Dict mapping subject to target scan as acquired.
        preprocessed: Dict mapping each name of `training_ranges.measure_head` to a dict that maps
            subject to file.
        paths_to_slice_errors: Tables of slice errors of the network and the tissue mean.
        paths_to_roi_means: Tables of region means of the network and the tissue mean.
        predictor: Name of the network.
        about: Facts from the configuration (`facts.describe`).
        folder: Folder to write.
    """
    # Imported here so that TensorFlow's start-up messages go to the log.
    import keras

    from contrast2map.any_protocol import pretrained
    from contrast2map.learning.prediction import Predictor

    inputs, compute_in = predictors.inputs_of(predictor), about["prediction"]["precision"]
    networks = [Predictor(pretrained.load(path), compute_in) for path in paths_to_models.values()]
    with open(path_to_folds, newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    found = subject_lists.read_by_subject(path_to_gate)
    heads, held_out = [], {fold: {} for fold in paths_to_models}
    for subject, fold in ((row["subject"], row["fold"]) for row in rows):
        paths = {name: of_subject[subject] for name, of_subject in preprocessed.items()}
        heads.append(training_ranges.measure_head(paths, inputs, about, networks))
        scan = grids.to_canonical(images.load(paths_to_scans[subject]))
        held_out[fold][subject] = fingerprint.of_image(scan)

    known = facts.describe(
        about,
        inputs,
        n_folds=len(networks),
        groups=[row["group"] for row in rows],
        heads=heads,
        gates=[found[row["subject"]] for row in rows],
        errors=records.read(paths_to_slice_errors),
        roi_means=records.read(paths_to_roi_means),
        predictor=predictor,
    )
    words = card.write(bundle.model_of(known))
    bundle.write(folder, known, paths_to_models, held_out, words, keras.__version__)


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
