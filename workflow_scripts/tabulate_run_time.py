"""Tabulate run time and memory by rule, and the hardware."""

import json
from pathlib import Path

from contrast2map.jobs import hardware, logs
from contrast2map.tables import run_time
from contrast2map.tables.files import TableFiles


def tabulate_run_time(
    folder,
    measured,
    training_logs,
    simulated,
    path_to_hardware,
    outputs,
):
    """Tabulate the benchmark files that exist.

    They are not inputs of the rule, so that the loss of one does not rerun a training.

    Args:
        folder: Folder of the benchmark files, with one folder per rule.
        measured: Dict mapping rule to the names of its files.
        training_logs: Paths of the training logs.
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
    outputs.write(table, layouts, simulated)


def texts_of(paths):
    return [path.read_text() for path in map(Path, paths) if path.exists()]


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_run_time(
        folder=snakemake.params.folder,
        measured=snakemake.params.measured,
        training_logs=snakemake.params.training_logs,
        simulated=snakemake.params.simulated,
        path_to_hardware=snakemake.output.hardware,
        outputs=TableFiles(
            style=snakemake.input.style,
            table=snakemake.output.table,
            layouts=snakemake.output.layouts,
            page=snakemake.output.page,
        ),
    )
