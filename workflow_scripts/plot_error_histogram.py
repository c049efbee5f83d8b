"""Histogram of the errors of voxels in all held-out subjects."""

import numpy as np

from contrast2map.evaluation.voxel_errors import histogram
from contrast2map.figures.error_histogram import edges_ms, error_histogram, histogram_rows
from contrast2map.figures.files import FigureFiles
from contrast2map.imaging.images import load_volume, open_volume, selected_slices
from contrast2map.jobs import logs
from contrast2map.study import file_lists
from contrast2map.study.folds import folds_of
from contrast2map.study.predictors import REFERENCE
from contrast2map.study.subject_paths import by_predictor_and_fold, map_path
from contrast2map.study.terms import MS_PER_S, QUANTITIES


def plot_error_histogram(paths, folders, fold_of, predictors, outputs):
    """Plot errors excluding CSF against the truth or, without truth, the reference.

    Args:
        paths: Files as {name: {subject: path}} with the names T1, T2, excluding_csf,
            slice_selection, true_T1 and true_T2 (the last two empty without truth).
        folders: Predictions as {(predictor, fold): folder}.
        fold_of: Fold that holds out each subject.
        predictors: Names of the network and of the tissue mean.
    """
    has_truth = bool(paths["true_T1"])
    shown = [*predictors, REFERENCE] if has_truth else predictors
    counts = {
        (name, quantity): np.zeros(len(edges_ms(quantity)) - 1, int)
        for name in shown
        for quantity in QUANTITIES
    }
    for subject in sorted(paths["T1"]):
        like = open_volume(paths["T1"][subject])
        slices = selected_slices(paths["slice_selection"][subject])
        mask = load_volume(paths["excluding_csf"][subject], like)[..., slices] > 0

        def read_ms(path, like=like, slices=slices):
            return load_volume(path, like)[..., slices] * MS_PER_S

        for quantity in QUANTITIES:
            reference_ms = read_ms(paths[quantity][subject])
            known_ms = read_ms(paths[f"true_{quantity}"][subject]) if has_truth else reference_ms
            where = mask & (reference_ms > 0)
            for name in shown:
                values_ms = reference_ms
                if name != REFERENCE:
                    folder = folders[name, fold_of[subject]]
                    values_ms = read_ms(map_path(folder, subject, quantity))
                errors_ms = (values_ms - known_ms)[where]
                counts[name, quantity] += histogram(errors_ms, edges_ms(quantity))
    against = "truth" if has_truth else "reference"

    outputs.save_both(
        lambda n_columns: error_histogram(counts, against, n_columns),
        histogram_rows(counts, against),
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    names = "excluding_csf slice_selection true_T1 true_T2".split()
    plot_error_histogram(
        paths={name: files[name] for name in [*QUANTITIES, *names]},
        folders=by_predictor_and_fold(snakemake.input.predictions),
        fold_of=folds_of(snakemake.input.folds),
        predictors=snakemake.params.predictors,
        outputs=FigureFiles(**snakemake.output),
    )
