"""Predict T1 and T2 maps of the held-out subjects of a fold."""

import json
from pathlib import Path

from contrast2map.jobs import devices, logs, processor
from contrast2map.learning import map_files
from contrast2map.study import file_lists


def predict_maps(
    path_to_model,
    paths_to_slices,
    paths_to_scans,
    contrasts,
    map_scale_s,
    precision,
    maximum_deviation_ms,
    about,
    folder,
    path_to_exactness,
):
    # Imported here so that TensorFlow's start-up messages go to the log.
    from contrast2map.any_protocol import pretrained
    from contrast2map.learning.checked_prediction import CheckedPredictor
    from contrast2map.learning.precision import of_model

    model = pretrained.load(path_to_model)
    predictor = CheckedPredictor(model, precision, maximum_deviation_ms, map_scale_s)

    def predict(stored):
        return predictor(stored, contrasts)

    map_files.write_predictions(
        predict, paths_to_slices, paths_to_scans, map_scale_s, about, folder
    )
    exactness = {"trained_in": of_model(model), "subjects": predictor.rows}
    Path(path_to_exactness).write_text(json.dumps(exactness, indent=2) + "\n")


if __name__ == "__main__":
    names = snakemake.wildcards
    terminal = logs.send_to(snakemake.log[0])
    processor.prepare(snakemake.threads)
    gpu = devices.claim(logs.progress(terminal, f"{names.inputs} seed {names.seed} {names.fold}"))
    files = file_lists.read(snakemake.input.slices)
    predict_maps(
        path_to_model=snakemake.input.model,
        paths_to_slices=list(files["slices"].values()),
        paths_to_scans=list(files["scans"].values()),
        contrasts=names.inputs.split("+"),
        map_scale_s=snakemake.params.map_scale_s,
        about=snakemake.params.about,
        folder=snakemake.output.folder,
        path_to_exactness=snakemake.output.exactness,
        **snakemake.params.prediction,
    )
