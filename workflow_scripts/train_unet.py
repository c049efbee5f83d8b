"""Train one U-Net on the subjects that a fold does not hold out, or go on with its training."""

import logging
import sys
from pathlib import Path

from contrast2map.jobs import devices, hardware, interruption, locks, logs, processor
from contrast2map.learning import checkpoint as training_state
from contrast2map.learning import training_set
from contrast2map.study import file_lists, opened_files, seeds

MEMORY_SHARE = 0.5  # of the job's memory, for the slices
MB = 10**6
STOPPED = 143  # exit code of a process that SIGTERM ended


def train_unet(
    paths_to_slices,
    contrasts,
    unet,
    settings,
    study_seed,
    repetition,
    memory_mb,
    code,
    checkpoint_folder,
    checkpoint_epochs,
    path_to_log,
    path_to_model,
    path_to_training_files,
    report,
):
    # Here, so that what TensorFlow says as it loads goes to the log.
    import keras

    from contrast2map.learning import precision, training
    from contrast2map.learning.unet import UNetConfig, build_unet

    seed = int(seeds.generator(study_seed, "network", repetition).integers(2**32))
    with opened_files.recording() as read_files:
        images, maps = training_set.load(
            paths_to_slices,
            contrasts,
            memory_bytes=MEMORY_SHARE * memory_mb * MB,
            folder=checkpoint_folder,
        )
    opened_files.write_table(read_files, path_to_training_files)
    compute_in = precision.resolve(settings["precision"])
    logging.info("computes in %s, on %s", compute_in, keras.backend.backend())
    checkpoint = training_state.Checkpoint(
        checkpoint_folder,
        {
            "unet": unet,
            "training": settings,
            "contrasts": contrasts,
            "seed": seed,
            "precision": compute_in,
            "keras": f"{keras.__version__} on {keras.backend.backend()}",
            "data": training_state.fingerprint([Path(path_to_training_files).read_text()]),
            "code": code,
        },
        checkpoint_epochs,
    )
    keras.utils.set_random_seed(seed)
    network = UNetConfig(**unet)
    model = build_unet(network, images.shape[-1], maps.shape[-1], seed, compute_in)
    large = {f"training.{name}": settings[name] for name in ("batch_size", "patch_size")}
    with devices.out_of_memory_named(large | {"unet.n_filters": unet["n_filters"]}):
        training.fit(
            model,
            images,
            maps,
            path_to_log,
            report,
            training=settings,
            seed=seed,
            checkpoint=checkpoint,
        )
    model.save(path_to_model)


if __name__ == "__main__":
    terminal = logs.send_to(snakemake.log[0])
    processor.prepare(snakemake.threads)
    names = snakemake.wildcards
    report = logs.progress(terminal, f"{names.inputs} seed {names.seed} {names.fold}")
    checkpoint_folder = Path(snakemake.params.checkpoint)
    checkpoint_folder.mkdir(parents=True, exist_ok=True)
    # A run that was stopped may leave its training alive: the next waits for it, then goes on.
    path_to_lock = checkpoint_folder / training_state.LOCK
    alone = locks.wait_for(path_to_lock, "this is being trained by another", report)
    gpu = devices.claim(report)
    logging.info(hardware.in_a_line(hardware.describe()))
    files = file_lists.read(snakemake.input.slices)
    try:
        train_unet(
            paths_to_slices=list(files["slices"].values()),
            contrasts=names.inputs.split("+"),
            unet=snakemake.params.unet,
            settings=snakemake.params.training,
            study_seed=snakemake.params.seed,
            repetition=names.seed,
            memory_mb=snakemake.resources.mem_mb,
            code=snakemake.params.code,
            checkpoint_folder=checkpoint_folder,
            # Past the rule's params: another interval trains nothing anew.
            checkpoint_epochs=snakemake.config["training"]["checkpoint_epochs"],
            path_to_log=snakemake.output.table,
            path_to_model=snakemake.output.model,
            path_to_training_files=snakemake.output.training_files,
            report=report,
        )
    except (interruption.Interrupted, MemoryError, FloatingPointError) as error:
        report(str(error))
        sys.exit(STOPPED if isinstance(error, interruption.Interrupted) else 1)
