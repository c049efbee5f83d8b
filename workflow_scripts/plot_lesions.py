"""Plot the contrast of each lesion in predicted, reference and true maps, and error by size."""

from contrast2map.figures.files import FigureFiles
from contrast2map.figures.lesions import lesion_data, lesion_figure
from contrast2map.jobs import logs
from contrast2map.study import records


def plot_lesions(paths_to_lesions, outputs):
    lesions = records.read(paths_to_lesions)

    outputs.save_both(lambda n_columns: lesion_figure(lesions, n_columns), lesion_data(lesions))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_lesions(
        paths_to_lesions=snakemake.input.lesions,
        outputs=FigureFiles(**snakemake.output),
    )
