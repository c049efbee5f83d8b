"""Who takes part, in which fold, and why the others do not: a table and a page."""

import csv
from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.quality import participation
from contrast2map.tables import layout as tables


def tabulate_subjects(
    groups,
    path_to_gate,
    path_to_quality,
    ratings,
    path_to_folds,
    simulated,
    path_to_style,
    path_to_table,
    path_to_page,
):
    fold_of = participation.folds_of(path_to_folds)
    rows = [
        row | {"fold": fold_of.get(row["subject"], "")}
        for row in participation.decide_by_files(groups, path_to_gate, path_to_quality, ratings)
    ]
    layout = participation.layout_subjects(rows, tables.population(len(rows), simulated))

    with open(path_to_table, "w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, participation.COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    style = Path(path_to_style).read_text()
    Path(path_to_page).write_text(tables.to_page(layout, style, simulated))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_subjects(
        groups=snakemake.params.groups,
        path_to_gate=snakemake.input.gate,
        path_to_quality=snakemake.input.quality,
        ratings=snakemake.params.ratings,
        path_to_folds=snakemake.input.folds,
        simulated=snakemake.params.simulated,
        path_to_style=snakemake.input.style,
        path_to_table=snakemake.output.table,
        path_to_page=snakemake.output.page,
    )
