"""Train one U-Net on the subjects that a fold does not hold out."""

import numpy as np

from contrast2map import logs, slices


def train_unet(
    paths_to_slices, contrasts, unet, settings, seed, path_to_log, path_to_model, report
):
    # Here, so that what TensorFlow says as it loads goes to the log.
    import keras

    from contrast2map import training
    from contrast2map.unet import UNetConfig, build_unet

    subjects = [slices.load(path) for path in paths_to_slices]
    images = np.concatenate([subject.inputs_of(contrasts) for subject in subjects])
    maps = np.concatenate([subject.maps for subject in subjects])
    keras.utils.set_random_seed(seed)
    model = build_unet(UNetConfig(**unet), images.shape[-1], maps.shape[-1], seed)

    training.fit(model, images, maps, path_to_log, report, training=settings, seed=seed)

    model.save(path_to_model)


if __name__ == "__main__":
    terminal = logs.send_to(snakemake.log[0])
    train_unet(
        paths_to_slices=snakemake.input.slices,
        contrasts=snakemake.wildcards.inputs.split("+"),
        unet=snakemake.params.unet,
        settings=snakemake.params.training,
        seed=snakemake.params.seed,
        path_to_log=snakemake.output.table,
        path_to_model=snakemake.output.model,
        report=logs.progress(terminal, f"{snakemake.wildcards.inputs} {snakemake.wildcards.fold}"),
    )
