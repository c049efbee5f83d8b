"""Errors, contrast and detectability of lesions, by their size."""

from contrast2map.evaluation.lesion_summary import summarise_lesions
from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables import files
from contrast2map.tables.layout import population
from contrast2map.tables.lesions import layout_contrasts, layout_errors


def tabulate_lesions(
    paths_to_lesions,
    path_to_style,
    predictors,
    simulated,
    path_to_lesions,
    path_to_table,
    path_to_layouts,
    path_to_page,
):
    lesions = records.read(paths_to_lesions)
    table = summarise_lesions(lesions)
    subjects = population(lesions["subject"].nunique(), simulated)
    layouts = [
        layout_errors(table, predictors, subjects),
        layout_contrasts(table, predictors, subjects),
    ]

    files.write_csv(lesions, path_to_lesions)
    files.write_csv(table, path_to_table)
    files.write_layouts(layouts, simulated, path_to_style, path_to_layouts, path_to_page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_lesions(
        paths_to_lesions=snakemake.input.lesions,
        path_to_style=snakemake.input.style,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_lesions=snakemake.output.lesions,
        path_to_table=snakemake.output.table,
        path_to_layouts=snakemake.output.layouts,
        path_to_page=snakemake.output.page,
    )
