"""Decide which subjects are included, and assign each to the fold that holds it out."""

import csv

from contrast2map.jobs import logs
from contrast2map.quality import participation
from contrast2map.study import folds


def split_folds(
    groups, path_to_gate, path_to_quality, ratings, n_folds, seed, strict, path_to_table
):
    rows = participation.decide_by_files(groups, path_to_gate, path_to_quality, ratings)
    participation.require_enough(rows, n_folds, strict)
    included = {row["subject"]: row["group"] for row in rows if row["included"]}
    fold_of = folds.split_folds(included, n_folds, seed)

    with open(path_to_table, "w", newline="") as table:
        writer = csv.writer(table, delimiter="\t", lineterminator="\n")
        writer.writerow(["subject", "group", "fold"])
        writer.writerows([subject, included[subject], fold_of[subject]] for subject in included)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    split_folds(
        groups=snakemake.params.groups,
        path_to_gate=snakemake.input.gate,
        path_to_quality=snakemake.input.quality,
        ratings=snakemake.params.ratings,
        n_folds=snakemake.params.n_folds,
        seed=snakemake.params.seed,
        strict=snakemake.params.strict,
        path_to_table=snakemake.output.table,
    )
