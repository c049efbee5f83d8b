"""Predict the spread of a held-out subject's maps across networks and flips."""

from contrast2map.imaging import images
from contrast2map.jobs import devices, logs, processor
from contrast2map.learning import map_files, spread
from contrast2map.preprocessing import slices

ALGORITHM = (
    "standard deviation (n - 1) of the predicted {quantity} across {n_members} members: "
    "{n_networks} network(s), each on the original images and those flipped left-right, "
    "front-back and both; a measure of disagreement, not of the map's error"
)


def predict_spread(
    subject, paths_to_models, path_to_slices, path_to_scan, contrasts, map_scale_s, about, folder
):
    """Write the spread of T1 and T2 as a BIDS derivative.

    Args:
        subject: Label of the subject.
        paths_to_models: The networks of all seeds that were not trained on the subject.
        contrasts: Names of the contrasts, in the order of the networks' channels.
    """
    # Imported here so that TensorFlow's start-up messages go to the log.
    from contrast2map.any_protocol import pretrained
    from contrast2map.learning.precision import FLOAT32
    from contrast2map.learning.prediction import Predictor

    # Always in float32, so that rounding does not count as disagreement.
    networks = [Predictor(pretrained.load(path), FLOAT32) for path in paths_to_models]
    members = [member for network in networks for member in spread.over_flips(network)]
    stored = slices.load(path_to_slices)
    scan = images.load(path_to_scan)

    sd_s = spread.of_slices(stored.inputs_of(contrasts), stored.brain, map_scale_s, members)

    map_files.write_description(folder, **about)
    volumes = map_files.to_volumes(sd_s / map_scale_s, stored, scan, map_scale_s)
    for quantity, volume in volumes.items():
        algorithm = ALGORITHM.format(
            quantity=quantity, n_members=len(members), n_networks=len(networks)
        )
        about_map = {"description": "spread", "algorithm": algorithm}
        map_files.write(folder, subject, quantity, volume, scan, [path_to_scan], **about_map)


if __name__ == "__main__":
    terminal = logs.send_to(snakemake.log[0])
    processor.prepare(snakemake.threads)
    label = f"spread of sub-{snakemake.wildcards.subject}"
    gpu = devices.claim(logs.progress(terminal, label))
    predict_spread(
        subject=snakemake.wildcards.subject,
        paths_to_models=snakemake.input.models,
        path_to_slices=snakemake.input.slices,
        path_to_scan=snakemake.input.scan,
        contrasts=snakemake.params.contrasts,
        map_scale_s=snakemake.params.map_scale_s,
        about=snakemake.params.about,
        folder=snakemake.output.folder,
    )
