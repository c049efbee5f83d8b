"""Errors, contrast and detectability of lesions, by their size."""

from pathlib import Path

from contrast2map.evaluation.lesion_summary import summarise_lesions
from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables import layout
from contrast2map.tables.lesions import layout_contrasts, layout_errors


def tabulate_lesions(
    paths_to_lesions,
    path_to_style,
    predictors,
    simulated,
    path_to_lesions,
    path_to_table,
    path_to_page,
):
    lesions = records.read(paths_to_lesions)
    table = summarise_lesions(lesions)
    population = layout.population(lesions["subject"].nunique(), simulated)
    page = layout.to_page(
        layout_errors(table, predictors, population),
        Path(path_to_style).read_text(),
        simulated,
        more=[layout_contrasts(table, predictors, population)],
    )

    lesions.to_csv(path_to_lesions, index=False, float_format="%.6g")
    table.to_csv(path_to_table, index=False, float_format="%.6g")
    Path(path_to_page).write_text(page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_lesions(
        paths_to_lesions=snakemake.input.lesions,
        path_to_style=snakemake.input.style,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_lesions=snakemake.output.lesions,
        path_to_table=snakemake.output.table,
        path_to_page=snakemake.output.page,
    )
