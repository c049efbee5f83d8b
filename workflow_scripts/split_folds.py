"""Write which fold holds out which subject."""

import csv

from contrast2map import folds, logs


def split_folds(groups, n_folds, seed, path_to_table):
    fold_of = folds.split_folds(groups, n_folds, seed)

    with open(path_to_table, "w", newline="") as table:
        writer = csv.writer(table, delimiter="\t", lineterminator="\n")
        writer.writerow(["subject", "group", "fold"])
        writer.writerows([subject, groups[subject], fold_of[subject]] for subject in groups)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    split_folds(
        groups=snakemake.params.groups,
        n_folds=snakemake.params.n_folds,
        seed=snakemake.params.seed,
        path_to_table=snakemake.output.table,
    )
