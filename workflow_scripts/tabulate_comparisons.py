"""Compare the network with the baselines at the level of regions, voxels and lesions."""

from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables.comparisons import (
    layout_comparisons,
    layout_region_voxels,
    summarise_comparisons,
)
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population


def tabulate_comparisons(
    paths_to_roi_means,
    path_to_errors_by_subject,
    paths_to_lesions,
    predictors,
    simulated,
    outputs,
):
    tables = {
        "roi_means": records.read(paths_to_roi_means),
        "errors_by_subject": records.read([path_to_errors_by_subject]),
        "lesions": records.read(paths_to_lesions),
    }
    table = summarise_comparisons(tables, predictors)
    subjects = population(tables["roi_means"]["subject"].nunique())
    layouts = [
        layout_comparisons(table, predictors[0], subjects),
        layout_region_voxels(tables["roi_means"], subjects),
    ]

    outputs.write(table, layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_comparisons(
        paths_to_roi_means=snakemake.input.roi_means,
        path_to_errors_by_subject=snakemake.input.errors_by_subject,
        paths_to_lesions=snakemake.input.lesions,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
