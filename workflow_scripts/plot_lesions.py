"""Contrast of each lesion in predicted, reference and true maps, and its error against its size."""

from contrast2map.figures import data, style
from contrast2map.figures.lesions import lesion_data, lesion_figure
from contrast2map.jobs import logs
from contrast2map.study import records


def plot_lesions(paths_to_lesions, path_to_figure, path_to_vector_figure, path_to_data):
    lesions = records.read(paths_to_lesions)

    style.save(lesion_figure(lesions), path_to_figure, path_to_vector_figure)
    data.write(lesion_data(lesions), path_to_data)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_lesions(
        paths_to_lesions=snakemake.input.lesions,
        path_to_figure=snakemake.output.figure,
        path_to_vector_figure=snakemake.output.vector_figure,
        path_to_data=snakemake.output.data,
    )
