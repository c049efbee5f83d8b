"""Table 2: T1 and T2 of four tissues, with the published values."""

from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.study.published import read_published
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population
from contrast2map.tables.rois import layout_rois, summarise_rois


def tabulate_rois(
    paths_to_roi_means,
    path_to_published,
    predictors,
    simulated,
    outputs,
):
    roi_means = records.read(paths_to_roi_means)
    with open(path_to_published) as published:
        table = summarise_rois(roi_means, read_published(published))
    subjects = population(roi_means["subject"].nunique())

    outputs.write(table, [layout_rois(table, predictors[0], subjects)], simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_rois(
        paths_to_roi_means=snakemake.input.roi_means,
        path_to_published=snakemake.input.published,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
