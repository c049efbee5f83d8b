"""Overview of the workflow: stages, rules and number of jobs."""

import csv

from contrast2map.figures.files import FigureFiles
from contrast2map.jobs import logs
from contrast2map.workflow.overview import overview, overview_data


def plot_workflow(stages, path_to_run_time, outputs):
    """Draw the stages.

    Args:
        stages: Dict mapping stage to the names of its rules.
        path_to_run_time: Table of run time, with the number of jobs of the measured rules.
    """
    with open(path_to_run_time, newline="", encoding="utf-8") as table:
        n_jobs = {row["rule"]: int(row["n_jobs"]) for row in csv.DictReader(table)}

    outputs.save_both(
        lambda n_columns: overview(stages, n_jobs, n_columns), overview_data(stages, n_jobs)
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_workflow(
        stages=snakemake.params.stages,
        path_to_run_time=snakemake.input.run_time,
        outputs=FigureFiles(**snakemake.output),
    )
