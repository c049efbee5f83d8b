"""Figure 3: agreement of region means in predicted and reference maps of held-out subjects."""

import pandas as pd

from contrast2map import figures, logs, seeds
from contrast2map.figures_agreement import bland_altman
from contrast2map.tables_agreement import REGIONS, pooled_limit_intervals


def plot_bland_altman(
    paths_to_roi_means, quantity, n_draws, seed, path_to_figure, path_to_vector_figure
):
    roi_means = pd.concat(pd.read_csv(path, dtype={"subject": str}) for path in paths_to_roi_means)
    ours = roi_means[roi_means["quantity"] == quantity]
    predicted_ms, reference_ms = (
        ours.pivot(index="subject", columns="region", values=column)[list(REGIONS)]
        for column in ("predicted_ms", "reference_ms")
    )

    def limit_intervals(differences):
        generator = seeds.generator(seed, "bland_altman", quantity)
        return pooled_limit_intervals(differences, n_draws, generator)

    figure = bland_altman(predicted_ms, reference_ms, REGIONS, quantity, limit_intervals)

    figures.save(figure, path_to_figure, path_to_vector_figure)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_bland_altman(
        paths_to_roi_means=snakemake.input.roi_means,
        quantity=snakemake.wildcards.quantity,
        n_draws=snakemake.params.n_draws,
        seed=snakemake.params.seed,
        path_to_figure=snakemake.output.figure,
        path_to_vector_figure=snakemake.output.vector_figure,
    )
