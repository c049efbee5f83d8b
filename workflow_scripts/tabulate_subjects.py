"""Tabulate which subjects are included, in which fold, and why the others are not."""

import pandas as pd

from contrast2map.jobs import logs
from contrast2map.quality import participation
from contrast2map.study import folds
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population
from contrast2map.tables.subjects import layout_subjects


def tabulate_subjects(
    groups,
    path_to_gate,
    path_to_quality,
    ratings,
    path_to_folds,
    simulated,
    outputs,
):
    fold_of = folds.folds_of(path_to_folds)
    rows = [
        row | {"fold": fold_of.get(row["subject"], "")}
        for row in participation.decide_by_files(groups, path_to_gate, path_to_quality, ratings)
    ]
    layouts = [layout_subjects(rows, population(len(rows)))]

    outputs.write(pd.DataFrame(rows, columns=participation.COLUMNS), layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_subjects(
        groups=snakemake.params.groups,
        path_to_gate=snakemake.input.gate,
        path_to_quality=snakemake.input.quality,
        ratings=snakemake.params.ratings,
        path_to_folds=snakemake.input.folds,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
