"""Tabulate the variation of the networks' errors across seeds, folds and subjects."""

from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables.errors import errors_by_subject
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population
from contrast2map.tables.seeds import layout_seeds, summarise_seeds


def tabulate_seeds(
    paths_to_slice_errors,
    input_sets,
    simulated,
    outputs,
):
    slice_errors = records.read(paths_to_slice_errors)
    table = summarise_seeds(errors_by_subject(slice_errors))
    subjects = population(slice_errors["subject"].nunique())
    layouts = [layout_seeds(table, input_sets, subjects)]

    outputs.write(table, layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_seeds(
        paths_to_slice_errors=snakemake.input.slice_errors,
        input_sets=snakemake.params.input_sets,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
