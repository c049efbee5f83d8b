"""Contrast of each lesion in predicted, reference and true maps, and its error against its size."""

from contrast2map import figure_data, figures, logs, records
from contrast2map.figures_lesions import lesion_data, lesion_figure


def plot_lesions(paths_to_lesions, path_to_figure, path_to_vector_figure, path_to_data):
    lesions = records.read(paths_to_lesions)

    figures.save(lesion_figure(lesions), path_to_figure, path_to_vector_figure)
    figure_data.write(lesion_data(lesions), path_to_data)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_lesions(
        paths_to_lesions=snakemake.input.lesions,
        path_to_figure=snakemake.output.figure,
        path_to_vector_figure=snakemake.output.vector_figure,
        path_to_data=snakemake.output.data,
    )
