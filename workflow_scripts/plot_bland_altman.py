"""Figure 3: agreement of region means in predicted and reference maps of held-out subjects."""

import numpy as np

from contrast2map.evaluation.agreement import pooled_limit_intervals
from contrast2map.evaluation.region_means import by_subject, subjects_of
from contrast2map.figures.agreement import bland_altman, bland_altman_data
from contrast2map.figures.files import FigureFiles
from contrast2map.jobs import logs
from contrast2map.study import records, seeds
from contrast2map.study.terms import REGIONS


def plot_bland_altman(
    paths_to_roi_means,
    predictor,
    quantity,
    n_draws,
    seed,
    outputs,
):
    roi_means = records.read(paths_to_roi_means)
    subjects = np.array(subjects_of(roi_means, predictor, quantity), object)
    predicted_ms, reference_ms = by_subject(
        roi_means, predictor, quantity, "predicted_ms", "reference_ms"
    )
    # As in the agreement table, a unit is one subject with all its tissues.
    complete = np.isfinite(predicted_ms + reference_ms).all(axis=1)
    subjects = subjects[complete]
    predicted_ms, reference_ms = predicted_ms[complete], reference_ms[complete]

    def limit_intervals(differences):
        generator = seeds.generator(seed, "bland_altman", quantity)
        return pooled_limit_intervals(differences, n_draws, generator)

    pairs = predicted_ms, reference_ms
    shown = bland_altman_data(*pairs, subjects, REGIONS, quantity, limit_intervals)

    outputs.save_both(
        lambda n_columns: bland_altman(*pairs, REGIONS, quantity, limit_intervals, n_columns), shown
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_bland_altman(
        paths_to_roi_means=snakemake.input.roi_means,
        predictor=snakemake.params.predictor,
        quantity=snakemake.wildcards.quantity,
        n_draws=snakemake.params.n_draws,
        seed=snakemake.params.seed,
        outputs=FigureFiles(**snakemake.output),
    )
