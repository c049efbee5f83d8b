"""Tabulate errors, contrast and detectability of lesions by size."""

from contrast2map.evaluation.lesion_summary import summarise_lesions
from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables.files import TableFiles, write_csv
from contrast2map.tables.layout import population
from contrast2map.tables.lesions import layout_contrasts, layout_errors, layout_lesions


def tabulate_lesions(
    paths_to_lesions,
    predictors,
    simulated,
    path_to_lesions,
    outputs,
):
    lesions = records.read(paths_to_lesions)
    table = summarise_lesions(lesions)
    subjects = population(lesions["subject"].nunique())
    layouts = [
        layout_lesions(table, predictors, subjects),
        layout_errors(table, predictors, subjects),
        layout_contrasts(table, predictors, subjects),
    ]

    write_csv(lesions, path_to_lesions)
    outputs.write(table, layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_lesions(
        paths_to_lesions=snakemake.input.lesions,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_lesions=snakemake.output.lesions,
        outputs=TableFiles(
            style=snakemake.input.style,
            table=snakemake.output.table,
            layouts=snakemake.output.layouts,
            page=snakemake.output.page,
        ),
    )
