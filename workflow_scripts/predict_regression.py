"""Predict T1 and T2 maps of the subjects that a fold held out, voxel by voxel."""

import joblib

from contrast2map import entities, images, logs, maps, regression, slices


def predict_regression(path_to_model, paths_to_slices, paths_to_scans, map_scale_s, about, folder):
    fitted = joblib.load(path_to_model)
    scan_of = entities.by_subject(paths_to_scans)

    maps.write_description(folder, **about)
    for subject, path in entities.by_subject(paths_to_slices).items():
        stored = slices.load(path)
        predicted = regression.predict(fitted, stored)
        scan = images.load(scan_of[subject])
        for quantity, volume in maps.to_volumes(predicted, stored, scan, map_scale_s).items():
            maps.write(folder, subject, quantity, volume, scan, sources=[scan_of[subject]])


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    predict_regression(
        path_to_model=snakemake.input.model,
        paths_to_slices=snakemake.input.slices,
        paths_to_scans=snakemake.input.scans,
        map_scale_s=snakemake.params.map_scale_s,
        about=snakemake.params.about,
        folder=snakemake.output.folder,
    )
