"""Predict T1 and T2 maps of the subjects that a fold held out."""

from contrast2map import allocation, logs, maps


def predict_maps(
    path_to_model, paths_to_slices, paths_to_scans, contrasts, map_scale_s, about, folder
):
    # Here, so that what TensorFlow says as it loads goes to the log.
    from contrast2map.prediction import predict_slices
    from contrast2map.unet import load_unet

    model = load_unet(path_to_model)

    def predict(stored):
        return predict_slices(model, stored.inputs_of(contrasts))

    maps.write_predictions(predict, paths_to_slices, paths_to_scans, map_scale_s, about, folder)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    allocation.keep_freed_memory()
    predict_maps(
        path_to_model=snakemake.input.model,
        paths_to_slices=snakemake.input.slices,
        paths_to_scans=snakemake.input.scans,
        contrasts=snakemake.wildcards.inputs.split("+"),
        map_scale_s=snakemake.params.map_scale_s,
        about=snakemake.params.about,
        folder=snakemake.output.folder,
    )
