"""Table 1: errors of all predictors over all held-out slices, with the published values."""

from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.study.published import read_published
from contrast2map.tables.errors import (
    errors_by_subject,
    layout_errors,
    layout_true_errors,
    summarise_errors,
)
from contrast2map.tables.files import TableFiles, write_csv
from contrast2map.tables.layout import population


def tabulate_errors(
    paths_to_slice_errors,
    path_to_published,
    predictors,
    simulated,
    outputs,
    path_to_errors_by_subject,
):
    slice_errors = records.read(paths_to_slice_errors)
    with open(path_to_published) as published:
        table = summarise_errors(slice_errors, read_published(published))
    subjects = population(slice_errors["subject"].nunique())
    layouts = [layout_errors(table, predictors, subjects)]
    if simulated:
        layouts.append(layout_true_errors(table, predictors, subjects))

    write_csv(errors_by_subject(slice_errors), path_to_errors_by_subject)
    outputs.write(table, layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_errors(
        paths_to_slice_errors=snakemake.input.slice_errors,
        path_to_published=snakemake.input.published,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(
            style=snakemake.input.style,
            table=snakemake.output.table,
            layouts=snakemake.output.layouts,
            page=snakemake.output.page,
        ),
        path_to_errors_by_subject=snakemake.output.errors_by_subject,
    )
