"""Region means of held-out subjects as the network predicts them, against the known ones."""

from contrast2map.evaluation.region_means import known_map, region_points
from contrast2map.figures.files import FigureFiles
from contrast2map.figures.region_means import region_data, region_means
from contrast2map.jobs import logs
from contrast2map.study import records


def plot_region_means(paths_to_roi_means, predictors, outputs):
    """Plot the network and the tissue mean against the truth or, without truth, the reference."""
    roi_means = records.read(paths_to_roi_means)
    points = region_points(roi_means, predictors, known_map(roi_means))

    outputs.save_both(lambda n_columns: region_means(points, n_columns), region_data(points))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_region_means(
        paths_to_roi_means=snakemake.input.roi_means,
        predictors=snakemake.params.predictors,
        outputs=FigureFiles(**snakemake.output),
    )
