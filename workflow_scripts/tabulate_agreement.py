"""Tabulate the agreement of region means of held-out subjects, with confidence intervals."""

from contrast2map.evaluation.agreement import summarise_agreement
from contrast2map.jobs import logs
from contrast2map.study import predictors, records
from contrast2map.tables.agreement import (
    layout_agreement,
    layout_concordance,
    layout_differences,
    layout_overview,
)
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population


def tabulate_agreement(
    paths_to_roi_means,
    shown_predictors,
    simulated,
    margins_percent,
    n_bootstrap_draws,
    seed,
    outputs,
):
    """Tabulate agreement with the reference and, in a simulated cohort, with the truth.

    Args:
        shown_predictors: Names of the predictors, the study's own network first.
        margins_percent: Equivalence margin of each quantity in percent.
    """
    roi_means = records.read(paths_to_roi_means)
    table = summarise_agreement(
        roi_means, shown_predictors, margins_percent, n_bootstrap_draws, seed
    )
    subjects = population(roi_means["subject"].nunique())
    network, *baselines = shown_predictors
    pairs, of_all = [(network, "reference")], [(name, "reference") for name in shown_predictors]
    if simulated:
        pairs += [(network, "truth"), (predictors.REFERENCE, "truth")]
        of_all += [(name, "truth") for name in (*shown_predictors, predictors.REFERENCE)]
    layouts = [layout_agreement(table, *pairs[0], subjects, margins_percent)]
    layouts.append(layout_overview(table, of_all, subjects))
    layouts += [layout_differences(table, *pair, subjects, margins_percent) for pair in pairs]
    pairs += [(baseline, "reference") for baseline in baselines]
    layouts.append(layout_concordance(table, pairs, subjects))

    outputs.write(table, layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_agreement(
        paths_to_roi_means=snakemake.input.roi_means,
        shown_predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        margins_percent=snakemake.params.margins_percent,
        n_bootstrap_draws=snakemake.params.n_bootstrap_draws,
        seed=snakemake.params.seed,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
