"""Table 1: errors of all predictors over all held-out slices, beside the published ones."""

from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.study.published import read_published
from contrast2map.tables import files
from contrast2map.tables.errors import (
    errors_by_subject,
    layout_errors,
    layout_true_errors,
    summarise_errors,
)
from contrast2map.tables.layout import population


def tabulate_errors(
    paths_to_slice_errors,
    path_to_published,
    path_to_style,
    predictors,
    simulated,
    path_to_table,
    path_to_layouts,
    path_to_page,
    path_to_errors_by_subject,
):
    slice_errors = records.read(paths_to_slice_errors)
    with open(path_to_published) as published:
        table = summarise_errors(slice_errors, read_published(published))
    subjects = population(slice_errors["subject"].nunique(), simulated)
    layouts = [layout_errors(table, predictors, subjects)]
    if simulated:
        layouts.append(layout_true_errors(table, predictors, subjects))

    files.write_csv(errors_by_subject(slice_errors), path_to_errors_by_subject)
    files.write_csv(table, path_to_table)
    files.write_layouts(layouts, simulated, path_to_style, path_to_layouts, path_to_page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_errors(
        paths_to_slice_errors=snakemake.input.slice_errors,
        path_to_published=snakemake.input.published,
        path_to_style=snakemake.input.style,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_table=snakemake.output.table,
        path_to_layouts=snakemake.output.layouts,
        path_to_page=snakemake.output.page,
        path_to_errors_by_subject=snakemake.output.errors_by_subject,
    )
