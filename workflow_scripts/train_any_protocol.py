"""Train the network of any protocol, or resume its training where it was stopped."""

import logging
import os
import shutil
import sys
from pathlib import Path

from contrast2map.jobs import devices, hardware, interruption, locks, logs, processor
from contrast2map.learning import checkpoint

TERMINATED = 143  # exit code of a process ended by SIGTERM


def train_any_protocol(
    labels_folder,
    network,
    training,
    teacher,
    n_validation_batches,
    precision,
    start_from,
    study_seed,
    n_workers,
    minutes,
    code,
    state_folder,
    path_to_log,
    path_to_validation,
    path_to_network,
    report,
):
    # Imported here so that TensorFlow's messages go to the log.
    from contrast2map.any_protocol import session
    from contrast2map.any_protocol.network import NetworkConfig
    from contrast2map.any_protocol.training import TrainingSettings
    from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
    from contrast2map.teacher.feed import Feed
    from contrast2map.teacher.settings import TeacherSettings
    from contrast2map.teacher.teacher import Teacher
    from contrast2map.teacher.tissues import BRAIN, TISSUES

    seed = session.seeds_of(study_seed, start_from)
    settings = TeacherSettings(**teacher)
    heads = state_folder / "heads"
    held_out = Teacher.of_labels(settings, labels_folder, seed["validation"], heads)
    tissues = {name: [number] for number, name in enumerate(TISSUES) if BRAIN[number]}
    tissues["spots"] = range(len(TISSUES), len(BRAIN))
    session.run(
        lambda step: Feed(settings, labels_folder, seed["training"], heads, n_workers, step),
        [held_out.batch(step) for step in range(n_validation_batches)],
        {"slots": SLOTS, "fields": PROTOCOL_FIELDS, "tissues": tissues},
        NetworkConfig(**network),
        TrainingSettings(**training),
        seed=seed["start"],
        precision_wanted=precision,
        start_from=start_from,
        other_identity={"teacher": teacher, "study_seed": study_seed},
        facts={"code": code},
        state_folder=state_folder,
        paths_to_tables=(path_to_log, path_to_validation),
        report=report,
        minutes=minutes,
    )
    shutil.copyfile(state_folder / session.SO_FAR, path_to_network)
    # A training that Snakemake starts after its end, because code or data changed, starts anew.
    (state_folder / checkpoint.STATE).unlink()


if __name__ == "__main__":
    terminal = logs.send_to(snakemake.log[0])
    processor.prepare(snakemake.threads)
    report = logs.progress(terminal, "any_protocol")
    options = dict(snakemake.params)
    state_folder = Path(os.path.expandvars(options.pop("state_folder")))
    state_folder.mkdir(parents=True, exist_ok=True)
    lock = locks.wait_for(
        state_folder / checkpoint.LOCK, "another process is training this network", report
    )
    gpu = devices.claim(report)
    logging.info(hardware.in_a_line(hardware.describe()))
    try:
        train_any_protocol(
            state_folder=state_folder,
            labels_folder=os.path.expandvars(options.pop("labels_folder")),
            minutes=snakemake.resources.minutes or None,
            n_workers=snakemake.resources.n_workers,
            path_to_log=snakemake.output.table,
            path_to_validation=snakemake.output.validation,
            path_to_network=snakemake.output.network,
            report=report,
            **options,
        )
    except (interruption.Interrupted, MemoryError, FloatingPointError) as error:
        report(str(error))
        sys.exit(TERMINATED if isinstance(error, interruption.Interrupted) else 1)
