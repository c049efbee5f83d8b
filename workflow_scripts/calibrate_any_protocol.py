"""Calibrate the network of any protocol on simulated visits, and write it as the package has it."""

import csv
import logging
import os
import shutil
from pathlib import Path

from contrast2map import __version__
from contrast2map.bids.dataset import write_json
from contrast2map.jobs import hardware, logs, processor
from contrast2map.study import seeds


def calibrate_any_protocol(
    path_to_network,
    path_to_log,
    labels_folder,
    state_folder,
    teacher,
    n_batches,
    study_seed,
    about,
    folder,
    report,
):
    # Imported here so that TensorFlow's messages go to the log.
    from contrast2map.any_protocol import calibration, visits, weights
    from contrast2map.maps import any_protocol_card, shipped
    from contrast2map.study.terms import PARAMETER_NAMES
    from contrast2map.teacher import protocols
    from contrast2map.teacher.settings import TeacherSettings
    from contrast2map.teacher.teacher import Teacher

    network, head = weights.load(path_to_network)
    seed = int(seeds.generator(study_seed, "any_protocol", "calibration").integers(2**31))
    drawn = Teacher.of_labels(
        TeacherSettings(**teacher), labels_folder, seed, state_folder / "heads"
    )
    found = visits.Voxels()
    for step in range(n_batches):
        found.add(network, drawn.batch(step), head["fields"])
        report(f"batch {step + 1} of {n_batches}")
    facts = about | {
        "contrast2map": __version__,
        "seed": study_seed,
        "learned": protocols.ranges(PARAMETER_NAMES),
        "calibration": calibration.calibrate(found.by_quantity(), found.n_visits).as_record(),
        "trained": head["facts"] | _took(path_to_log),
        "errors": found.errors(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path_to_network, folder / shipped.WEIGHTS)
    write_json(folder / shipped.FACTS, facts)
    (folder / shipped.CARD).write_text(any_protocol_card.write(facts))


def _took(path_to_log):
    """Duration of the training, from its log."""
    with open(path_to_log, newline="") as table:
        seconds = [float(row["seconds"]) for row in csv.DictReader(table)]
    here = hardware.describe()
    machine = f"{here['processor']}, {here['cores']} cores, GPU: {here['GPU']}"
    return {"hours": round(sum(seconds) / 3600, 2), "machine": machine}


if __name__ == "__main__":
    terminal = logs.send_to(snakemake.log[0])
    processor.prepare(snakemake.threads)
    logging.info(hardware.in_a_line(hardware.describe()))
    calibrate_any_protocol(
        path_to_network=snakemake.input.network,
        path_to_log=snakemake.input.table,
        labels_folder=os.path.expandvars(snakemake.params.labels_folder),
        state_folder=Path(os.path.expandvars(snakemake.params.state_folder)),
        teacher=snakemake.params.teacher,
        n_batches=snakemake.params.n_batches,
        study_seed=snakemake.params.study_seed,
        about=snakemake.params.about,
        folder=Path(snakemake.output.folder),
        report=logs.progress(terminal, "calibration"),
    )
