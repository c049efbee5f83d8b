"""Table of convergence: what the second half of each training gained for validation subjects."""

from pathlib import Path

import pandas as pd

from contrast2map.jobs import logs
from contrast2map.study import folds, opened_files
from contrast2map.tables.convergence import layout_convergence, summarise_convergence
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population


def tabulate_convergence(
    path_to_folds,
    paths_to_logs,
    paths_to_validation_files,
    limit_percent,
    simulated,
    outputs,
):
    """The files of each training are in the folder <predictor>/<fold>."""
    training_logs = {_training(path): pd.read_csv(path) for path in paths_to_logs}
    validation_subjects = {
        _training(path): sorted({row["subject"] for row in opened_files.read_table(path)})
        for path in paths_to_validation_files
    }
    table = summarise_convergence(training_logs, validation_subjects, limit_percent)
    subjects = population(len(folds.folds_of(path_to_folds)))

    outputs.write(table, [layout_convergence(table, subjects)], simulated)


def _training(path):
    return Path(path).parent.parent.name, Path(path).parent.name


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_convergence(
        path_to_folds=snakemake.input.folds,
        paths_to_logs=snakemake.input.training_logs,
        paths_to_validation_files=snakemake.input.validation_files,
        limit_percent=snakemake.params.limit_percent,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
