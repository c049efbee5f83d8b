"""Decide who takes part, and which fold holds out which subject."""

import csv
import json
from pathlib import Path

from contrast2map import folds, input_gate_cohort, logs, subject_tables, tables
from contrast2map.entities import subject_of


def split_folds(
    groups,
    paths_to_gate,
    paths_to_quality,
    ratings,
    n_folds,
    seed,
    strict,
    simulated,
    path_to_style,
    path_to_table,
    path_to_subjects,
    path_to_page,
):
    judged = input_gate_cohort.judge([read(path) for path in paths_to_gate])
    gate = {each["subject"]: each for each in judged}
    quality = {subject_of(path): read(path) for path in paths_to_quality}
    rows = subject_tables.decide(groups, gate, quality, ratings)
    subject_tables.require_enough(rows, n_folds, strict)
    included = {row["subject"]: row["group"] for row in rows if row["included"]}
    fold_of = folds.split_folds(included, n_folds, seed)
    rows = [row | {"fold": fold_of.get(row["subject"], "")} for row in rows]
    layout = subject_tables.layout_subjects(rows, tables.population(len(rows), simulated))

    with open(path_to_table, "w", newline="") as table:
        writer = csv.writer(table, delimiter="\t", lineterminator="\n")
        writer.writerow(["subject", "group", "fold"])
        writer.writerows([subject, included[subject], fold_of[subject]] for subject in included)
    with open(path_to_subjects, "w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, subject_tables.COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    style = Path(path_to_style).read_text()
    Path(path_to_page).write_text(tables.to_page(layout, style, simulated))


def read(path):
    return json.loads(Path(path).read_text())


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    split_folds(
        groups=snakemake.params.groups,
        paths_to_gate=snakemake.input.gate,
        paths_to_quality=snakemake.input.quality,
        ratings=snakemake.params.ratings,
        n_folds=snakemake.params.n_folds,
        seed=snakemake.params.seed,
        strict=snakemake.params.strict,
        simulated=snakemake.params.simulated,
        path_to_style=snakemake.input.style,
        path_to_table=snakemake.output.table,
        path_to_subjects=snakemake.output.subjects,
        path_to_page=snakemake.output.page,
    )
