"""Train one network on the training subjects of a fold, or resume its training.

A U-Net from random weights, or the network for any protocol from its weights.
"""

import logging
import sys
from pathlib import Path

from contrast2map.jobs import devices, hardware, interruption, locks, logs, processor
from contrast2map.learning import checkpoint, training_set
from contrast2map.learning.new_persons import NewPersons
from contrast2map.study import file_lists, folds, opened_files, seeds

MEMORY_SHARE = 0.5  # share of the job's memory that the slices may occupy
MB = 10**6
TERMINATED = 143  # exit code of a process ended by SIGTERM


def train_unet(
    paths_to_slices,
    paths_to_validation,
    contrasts,
    unet,
    training,
    path_to_weights,
    protocol,
    map_scale_s,
    study_seed,
    repetition,
    memory_mb,
    code,
    checkpoint_folder,
    checkpoint_epochs,
    path_to_log,
    path_to_model,
    path_to_training_files,
    path_to_validation_files,
    report,
    sequences=None,
    changes=None,
):
    memory = {"memory_bytes": MEMORY_SHARE * memory_mb * MB, "folder": checkpoint_folder}
    slices, data = training_set.load_recorded(
        paths_to_slices, contrasts, path_to_training_files, **memory
    )
    validation, validation_data = training_set.load_recorded(
        paths_to_validation, contrasts, path_to_validation_files, **memory
    )
    seed = int(seeds.generator(study_seed, "network", repetition).integers(2**32))
    # Relaxation times of new persons follow from the sequences of the inputs.
    persons = changes and NewPersons(
        [sequences[name] for name in contrasts], map_scale_s, **changes
    )
    common = {
        "validation": validation,
        "new_persons": persons,
        "seed": seed,
        "other_identity": {"contrasts": contrasts, "data": data, "code": code}
        | {"validation data": validation_data},
        "checkpoint_folder": checkpoint_folder,
        "checkpoint_epochs": checkpoint_epochs,
        "path_to_log": path_to_log,
        "report": report,
    }
    # Imported here so that TensorFlow's start-up messages go to the log.
    if path_to_weights:
        from contrast2map.any_protocol import fine_tuning

        common["other_identity"]["weights"] = opened_files.file_sha256(path_to_weights)
        settings = fine_tuning.FineTuningSettings(**training)
        model = fine_tuning.train(
            slices, path_to_weights, protocol, map_scale_s, settings, **common
        )
    else:
        from contrast2map.learning.training import TrainingSettings, train
        from contrast2map.learning.unet import UNetConfig

        model = train(slices, UNetConfig(**unet), TrainingSettings(**training), **common)
    model.save(path_to_model)


if __name__ == "__main__":
    terminal = logs.send_to(snakemake.log[0])
    processor.prepare(snakemake.threads)
    names = snakemake.wildcards
    report = logs.progress(terminal, f"{names.inputs} seed {names.seed} {names.fold}")
    checkpoint_folder = Path(snakemake.params.checkpoint)
    checkpoint_folder.mkdir(parents=True, exist_ok=True)
    # A stopped run may leave its training running: the next run waits for it, then resumes.
    path_to_lock = checkpoint_folder / checkpoint.LOCK
    lock = locks.wait_for(path_to_lock, "another process is training this network", report)
    gpu = devices.claim(report)
    logging.info(hardware.in_a_line(hardware.describe()))
    slices_of = file_lists.read(snakemake.input.slices)["slices"]
    n_validation = snakemake.params.n_validation
    held_back = folds.hold_back(slices_of, n_validation, snakemake.params.seed, names.fold)
    try:
        train_unet(
            paths_to_slices=[slices_of[s] for s in slices_of if s not in held_back],
            paths_to_validation=[slices_of[s] for s in sorted(held_back)],
            contrasts=names.inputs.split("+"),
            unet=snakemake.params.unet,
            training=snakemake.params.training,
            path_to_weights=snakemake.input.weights or None,
            protocol=snakemake.params.protocol,
            map_scale_s=snakemake.params.map_scale_s,
            sequences=snakemake.params.sequences,
            changes=snakemake.params.new_persons,
            study_seed=snakemake.params.seed,
            repetition=names.seed,
            memory_mb=snakemake.resources.mem_mb,
            code=snakemake.params.code,
            checkpoint_folder=checkpoint_folder,
            checkpoint_epochs=snakemake.resources.checkpoint_epochs,
            path_to_log=snakemake.output.table,
            path_to_model=snakemake.output.model,
            path_to_training_files=snakemake.output.training_files,
            path_to_validation_files=snakemake.output.validation_files,
            report=report,
        )
    except (interruption.Interrupted, MemoryError, FloatingPointError) as error:
        report(str(error))
        sys.exit(TERMINATED if isinstance(error, interruption.Interrupted) else 1)
