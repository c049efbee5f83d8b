"""Plot the training losses of all folds for one input set."""

import csv
from pathlib import Path

from contrast2map.figures.files import FigureFiles
from contrast2map.figures.loss_curves import loss_curves, loss_data
from contrast2map.jobs import logs


def plot_loss_curves(paths_to_logs, outputs):
    """Plot the training logs; the parent folder of each log is named after its fold."""
    losses = {Path(path).parent.name: read_log(path) for path in paths_to_logs}

    outputs.save_both(lambda n_columns: loss_curves(losses, n_columns), loss_data(losses))


def read_log(path):
    """Columns of a training log as {name: list of numbers}."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{path}: the training log has no epochs")
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_loss_curves(
        paths_to_logs=snakemake.input.training_logs,
        outputs=FigureFiles(**snakemake.output),
    )
