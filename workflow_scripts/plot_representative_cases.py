"""Figure 2: inputs, reference, network and error of a few held-out subjects."""

from pathlib import Path

import numpy as np
import pandas as pd

from contrast2map import cases, figures, logs
from contrast2map.entities import by_subject
from contrast2map.figures_maps import Case, representative_cases
from contrast2map.volumes import load_volume, open_volume, selected_slices

QUANTITIES = ("T1", "T2")


def plot_representative_cases(
    paths,
    contrasts,
    paths_to_lesions,
    path_to_errors_by_subject,
    paths_to_predictions,
    predictor,
    n_cases,
    path_to_figure,
    path_to_vector_figure,
):
    """Plot the subjects with most lesion; without lesion masks, from smallest to largest error.

    Args:
        paths: Preprocessed files as {name: {subject: path}} with the names of the contrasts, T1,
            T2, brain and slice_selection.
        contrasts: Names of the weighted images to show, in their order.
        paths_to_lesions: Lesion masks as {subject: path}; empty if unknown.
        paths_to_predictions: Folder of the predictions of each fold, as {fold: path}.
        predictor: Name of the network whose maps are shown.
    """
    table = pd.read_csv(path_to_errors_by_subject, dtype={"subject": str})
    ours = table[
        (table["predictor"] == predictor)
        & (table["against"] == "reference")
        & (table["quantity"] == "T1")
        & (table["region"] == "excluding_csf")
        & (table["convention"] == "paper")
    ].set_index("subject")
    slices = {subject: selected_slices(paths["slice_selection"][subject]) for subject in ours.index}
    n_lesion_voxels = {
        subject: int(load_mask(path, open_volume(path))[..., slices[subject]].sum())
        for subject, path in paths_to_lesions.items()
        if subject in slices
    }
    chosen = cases.choose_by_lesions(n_lesion_voxels, n_cases)
    if not chosen:
        chosen = cases.choose_by_error(ours["mae_ms"].to_dict(), n_cases)
    drawn = []
    for subject in chosen:
        like = open_volume(paths["T1"][subject])
        brain = load_mask(paths["brain"][subject], like)
        lesions = np.zeros_like(brain)
        if subject in paths_to_lesions:
            lesions = load_mask(paths_to_lesions[subject], like)
        index = cases.largest_slice(lesions if lesions.any() else brain, slices[subject])
        group = str(ours["group"][subject]).replace("_", " ")
        predicted = f"{paths_to_predictions[ours['fold'][subject]]}/sub-{subject}/anat"
        drawn.append(
            Case(
                title=f"sub-{subject}, {group}\nslice {index}",
                inputs={
                    name: load_volume(paths[name][subject], like)[..., index] for name in contrasts
                },
                reference_s={
                    name: load_volume(paths[name][subject], like)[..., index] for name in QUANTITIES
                },
                predicted_s={
                    name: load_volume(f"{predicted}/sub-{subject}_{name}map.nii.gz", like)[
                        ..., index
                    ]
                    for name in QUANTITIES
                },
                brain=brain[..., index],
                lesions=lesions[..., index],
                voxel_mm=tuple(map(float, like.header.get_zooms()[:2])),
            )
        )

    figures.save(representative_cases(drawn), path_to_figure, path_to_vector_figure)


def load_mask(path, like):
    return load_volume(path, like) > 0


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    names = ("T1", "T2", "brain", "slice_selection", *snakemake.params.contrasts)
    plot_representative_cases(
        paths={name: by_subject(snakemake.input[name]) for name in names},
        contrasts=snakemake.params.contrasts,
        paths_to_lesions=by_subject(snakemake.input.get("lesions", [])),
        path_to_errors_by_subject=snakemake.input.errors_by_subject,
        paths_to_predictions={Path(path).name: path for path in snakemake.input.predictions},
        predictor=snakemake.params.predictor,
        n_cases=snakemake.params.n_cases,
        path_to_figure=snakemake.output.figure,
        path_to_vector_figure=snakemake.output.vector_figure,
    )
