"""Tabulate what the run took and on what: run time and memory by rule, hardware."""

import json
from pathlib import Path

from contrast2map.jobs import hardware, logs
from contrast2map.tables import files, run_time


def tabulate_run_time(
    folder,
    measured,
    training_logs,
    path_to_style,
    simulated,
    path_to_table,
    path_to_hardware,
    path_to_layouts,
    path_to_page,
):
    """Read the measures that are there: they are no inputs, so that a lost one reruns no training.

    Args:
        folder: Folder of the benchmark files, one a rule in it.
        measured: Dict of rule to the names of its files.
        training_logs: Paths of the logs of the trainings.
    """
    found = {
        rule: texts_of(f"{folder}/{rule}/{name}.tsv" for name in names)
        for rule, names in measured.items()
    }
    table = run_time.summarise_run_time(found)
    writing = hardware.describe()
    training = [hardware.logged(text) for text in texts_of(training_logs)]
    layouts = [run_time.layout_run_time(table), run_time.layout_hardware(writing, training)]

    machines = {"writing": writing, "training": training}
    Path(path_to_hardware).write_text(json.dumps(machines, indent=1) + "\n")
    files.write_csv(table, path_to_table)
    files.write_layouts(layouts, simulated, path_to_style, path_to_layouts, path_to_page)


def texts_of(paths):
    return [path.read_text() for path in map(Path, paths) if path.exists()]


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_run_time(
        folder=snakemake.params.folder,
        measured=snakemake.params.measured,
        training_logs=snakemake.params.training_logs,
        path_to_style=snakemake.input.style,
        simulated=snakemake.params.simulated,
        path_to_table=snakemake.output.table,
        path_to_hardware=snakemake.output.hardware,
        path_to_layouts=snakemake.output.layouts,
        path_to_page=snakemake.output.page,
    )
