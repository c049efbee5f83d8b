"""Check that no fit read a file of its held-out subjects; otherwise stop the study."""

import csv
import logging
from pathlib import Path

import pandas as pd

from contrast2map.evaluation import leakage
from contrast2map.jobs import logs
from contrast2map.study import file_lists, opened_files, subject_paths
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population
from contrast2map.tables.leakage import layout_leakage

logger = logging.getLogger(__name__)


def check_leakage(
    path_to_folds,
    paths_to_training_files,
    paths_to_validation_files,
    paths_to_normalisation_files,
    simulated,
    outputs,
):
    with open(path_to_folds, newline="") as file:
        fold_of = {row["subject"]: row["fold"] for row in csv.DictReader(file, delimiter="\t")}
    read, validation = map(tables_by_fit, (paths_to_training_files, paths_to_validation_files))
    normalisation = {
        subject: opened_files.read_table(path)
        for subject, path in subject_paths.by_subject(paths_to_normalisation_files).items()
    }

    rows = leakage.check(read, validation, normalisation, fold_of, complain=logger.error)

    layouts = [layout_leakage(rows, population(len(fold_of)))]
    outputs.write(pd.DataFrame(rows), layouts, simulated)


def tables_by_fit(paths):
    """Tables of files by fold and predictor; each is in the folder <predictor>/<fold>."""
    return {
        (path.parent.name, path.parent.parent.name): opened_files.read_table(path)
        for path in map(Path, paths)
    }


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    check_leakage(
        path_to_folds=snakemake.input.folds,
        paths_to_training_files=snakemake.input.training_files,
        paths_to_validation_files=snakemake.input.validation_files,
        paths_to_normalisation_files=list(files["normalisation_files"].values()),
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
