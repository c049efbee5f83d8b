"""Errors of each held-out subject, network beside tissue mean: regions, voxels and lesions."""

import pandas as pd

from contrast2map.evaluation.levels import LESIONS, REGIONS, VOXELS, errors_at
from contrast2map.evaluation.region_means import known_map
from contrast2map.figures.files import FigureFiles
from contrast2map.figures.paired_errors import COLUMNS, paired_errors
from contrast2map.jobs import logs
from contrast2map.statistics.agreement import paired_t_test
from contrast2map.study import records
from contrast2map.study.terms import QUANTITIES


def plot_paired_errors(
    paths_to_roi_means, path_to_errors_by_subject, path_to_lesions, predictors, outputs
):
    """Plot the errors that the report's verdict compares.

    Args:
        path_to_lesions: Table of lesions; None without lesion masks.
        predictors: Names of the network and of the tissue mean.
    """
    tables = {
        "roi_means": records.read(paths_to_roi_means),
        "errors_by_subject": records.read([path_to_errors_by_subject]),
    }
    levels = {"region means": REGIONS, "voxels": VOXELS}
    if path_to_lesions:
        tables["lesions"] = records.read([path_to_lesions])
        levels |= {"lesions": LESIONS} if len(tables["lesions"]) else {}
    against = known_map(tables["roi_means"])
    found = {
        (name, quantity): errors_at(level, tables, against, quantity)
        for quantity in QUANTITIES
        for name, level in levels.items()
    }
    network, null = predictors
    records_ms = [
        (level, quantity, subject, row[null], row[network])
        for (level, quantity), errors_ms in found.items()
        for subject, row in errors_ms[[network, null]].dropna().iterrows()
    ]
    pairs = pd.DataFrame(records_ms, columns=COLUMNS)
    p_values = {
        key: paired_t_test(errors_ms[network], errors_ms[null]) for key, errors_ms in found.items()
    }

    outputs.save_both(
        lambda n_columns: paired_errors(pairs, p_values, n_columns), pairs.to_dict("records")
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_paired_errors(
        paths_to_roi_means=snakemake.input.roi_means,
        path_to_errors_by_subject=snakemake.input.errors_by_subject,
        path_to_lesions=snakemake.input.lesions or None,
        predictors=snakemake.params.predictors,
        outputs=FigureFiles(**snakemake.output),
    )
