"""Contrast of each lesion in predicted, reference and true maps, and its error against its size."""

from contrast2map import figures, logs, records
from contrast2map.figures_lesions import lesion_figure


def plot_lesions(paths_to_lesions, path_to_figure, path_to_vector_figure):
    lesions = records.read(paths_to_lesions)

    figures.save(lesion_figure(lesions), path_to_figure, path_to_vector_figure)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_lesions(
        paths_to_lesions=snakemake.input.lesions,
        path_to_figure=snakemake.output.figure,
        path_to_vector_figure=snakemake.output.vector_figure,
    )
