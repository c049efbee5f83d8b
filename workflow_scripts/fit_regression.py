"""Fit a voxel-wise regression on the training subjects of a fold."""

from functools import partial

import joblib

from contrast2map.jobs import logs
from contrast2map.learning import regression
from contrast2map.preprocessing import slices
from contrast2map.study import file_lists, opened_files, seeds, subject_paths


def fit_regression(
    paths_to_slices,
    kind,
    contrasts,
    n_training_voxels,
    gradient_boosting,
    seed,
    path_to_model,
    path_to_training_files,
):
    makers = {
        "linear_regression": regression.linear_regression,
        "gradient_boosting": partial(regression.gradient_boosting, **gradient_boosting, seed=seed),
    }

    with opened_files.recording() as read_files:
        paths = subject_paths.by_subject(paths_to_slices)
        subjects = {subject: slices.load(path) for subject, path in paths.items()}
        features, targets = regression.draw_voxels(
            subjects,
            contrasts,
            n_training_voxels,
            # Draws the same voxels of a subject in every fold and for every regression.
            {subject: seeds.generator(seed, "voxels", subject) for subject in subjects},
        )
        quantities = next(iter(subjects.values())).quantities
        fitted = regression.fit(makers[kind], features, targets, contrasts, quantities)

    joblib.dump(fitted, path_to_model)
    opened_files.write_table(read_files, path_to_training_files)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.slices)
    fit_regression(
        paths_to_slices=list(files["slices"].values()),
        kind=snakemake.wildcards.regression,
        contrasts=snakemake.params.contrasts,
        seed=snakemake.params.seed,
        path_to_model=snakemake.output.model,
        path_to_training_files=snakemake.output.training_files,
        **snakemake.params.baselines,
    )
