"""Predict T1 and T2 maps of the held-out subjects of a fold, voxel by voxel."""

from functools import partial

import joblib

from contrast2map.jobs import logs
from contrast2map.learning import map_files, regression
from contrast2map.study import file_lists


def predict_regression(path_to_model, paths_to_slices, paths_to_scans, map_scale_s, about, folder):
    predict = partial(regression.predict, joblib.load(path_to_model))

    map_files.write_predictions(
        predict, paths_to_slices, paths_to_scans, map_scale_s, about, folder
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.slices)
    predict_regression(
        path_to_model=snakemake.input.model,
        paths_to_slices=list(files["slices"].values()),
        paths_to_scans=list(files["scans"].values()),
        map_scale_s=snakemake.params.map_scale_s,
        about=snakemake.params.about,
        folder=snakemake.output.folder,
    )
