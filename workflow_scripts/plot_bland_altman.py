"""Figure 3: agreement of region means in predicted and reference maps of held-out subjects."""

import pandas as pd

from contrast2map import figures, logs
from contrast2map.figures_agreement import bland_altman


def plot_bland_altman(paths_to_roi_means, quantity, path_to_figure, path_to_vector_figure):
    roi_means = pd.concat(pd.read_csv(path, dtype={"subject": str}) for path in paths_to_roi_means)
    ours = roi_means[roi_means["quantity"] == quantity]

    figure = bland_altman(ours["predicted_ms"], ours["reference_ms"], ours["region"], quantity)

    figures.save(figure, path_to_figure, path_to_vector_figure)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_bland_altman(
        paths_to_roi_means=snakemake.input.roi_means,
        quantity=snakemake.wildcards.quantity,
        path_to_figure=snakemake.output.figure,
        path_to_vector_figure=snakemake.output.vector_figure,
    )
