"""Table 2: T1 and T2 of four tissues, beside the published ones."""

from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.study.published import read_published
from contrast2map.tables import layout as tables
from contrast2map.tables.rois import layout_rois, layout_rois_of_baselines, summarise_rois


def tabulate_rois(
    paths_to_roi_means,
    path_to_published,
    path_to_style,
    predictors,
    simulated,
    path_to_table,
    path_to_page,
):
    roi_means = records.read(paths_to_roi_means)
    with open(path_to_published) as published:
        table = summarise_rois(roi_means, read_published(published))
    population = tables.population(roi_means["subject"].nunique(), simulated)
    network, *baselines = predictors
    layout = layout_rois(table, network, population)
    more = [layout_rois_of_baselines(table, baselines, population)]
    page = tables.to_page(layout, Path(path_to_style).read_text(), simulated, more)

    table.to_csv(path_to_table, index=False, float_format="%.6g")
    Path(path_to_page).write_text(page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_rois(
        paths_to_roi_means=snakemake.input.roi_means,
        path_to_published=snakemake.input.published,
        path_to_style=snakemake.input.style,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_table=snakemake.output.table,
        path_to_page=snakemake.output.page,
    )
