"""How much the networks' errors vary over seeds, folds and subjects."""

from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables import files
from contrast2map.tables.errors import errors_by_subject
from contrast2map.tables.layout import population
from contrast2map.tables.seeds import layout_seeds, summarise_seeds


def tabulate_seeds(
    paths_to_slice_errors,
    path_to_style,
    input_sets,
    simulated,
    path_to_table,
    path_to_layouts,
    path_to_page,
):
    slice_errors = records.read(paths_to_slice_errors)
    table = summarise_seeds(errors_by_subject(slice_errors))
    subjects = population(slice_errors["subject"].nunique(), simulated)
    layouts = [layout_seeds(table, input_sets, subjects)]

    files.write_csv(table, path_to_table)
    files.write_layouts(layouts, simulated, path_to_style, path_to_layouts, path_to_page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_seeds(
        paths_to_slice_errors=snakemake.input.slice_errors,
        path_to_style=snakemake.input.style,
        input_sets=snakemake.params.input_sets,
        simulated=snakemake.params.simulated,
        path_to_table=snakemake.output.table,
        path_to_layouts=snakemake.output.layouts,
        path_to_page=snakemake.output.page,
    )
