"""Train one U-Net on the subjects that a fold does not hold out."""

import numpy as np

from contrast2map import allocation, logs, provenance, seeds, slices, threads


def train_unet(
    paths_to_slices,
    contrasts,
    unet,
    settings,
    study_seed,
    repetition,
    path_to_log,
    path_to_model,
    path_to_training_files,
    report,
):
    # Here, so that what TensorFlow says as it loads goes to the log.
    import keras

    from contrast2map import training
    from contrast2map.unet import UNetConfig, build_unet

    seed = int(seeds.generator(study_seed, "network", repetition).integers(2**32))
    with provenance.recording() as read_files:
        subjects = [slices.load(path) for path in paths_to_slices]
        images = np.concatenate([subject.inputs_of(contrasts) for subject in subjects])
        maps = np.concatenate([subject.maps for subject in subjects])
        keras.utils.set_random_seed(seed)
        model = build_unet(UNetConfig(**unet), images.shape[-1], maps.shape[-1], seed)
        training.fit(model, images, maps, path_to_log, report, training=settings, seed=seed)

    model.save(path_to_model)
    provenance.write_table(read_files, path_to_training_files)


if __name__ == "__main__":
    terminal = logs.send_to(snakemake.log[0])
    threads.limit(snakemake.threads)
    allocation.keep_freed_memory()
    names = snakemake.wildcards
    train_unet(
        paths_to_slices=snakemake.input.slices,
        contrasts=names.inputs.split("+"),
        unet=snakemake.params.unet,
        settings=snakemake.params.training,
        study_seed=snakemake.params.seed,
        repetition=names.seed,
        path_to_log=snakemake.output.table,
        path_to_model=snakemake.output.model,
        path_to_training_files=snakemake.output.training_files,
        report=logs.progress(terminal, f"{names.inputs} seed {names.seed} {names.fold}"),
    )
