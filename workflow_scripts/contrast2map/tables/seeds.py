"""Table of the variation of errors across seeds, folds and subjects."""

import numpy as np
import pandas as pd

from contrast2map.statistics.variance import spread, two_way_components
from contrast2map.study.predictors import inputs_of, seed_of
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import NOTHING, Layout, number

TITLE = "Errors across seeds and folds"
NOT_ESTIMATED = f"{NOTHING} (one seed: not estimated)"


def summarise_seeds(errors_by_subject):
    """Spread of the MAE excluding CSF across seeds, folds and subjects.

    Args:
        errors_by_subject: Table of `tables.errors.errors_by_subject`, networks of all seeds.

    Returns:
        Table with one row per inputs, `against` and quantity. All means are over subjects; variance
        components are given as standard deviations in ms.
    """
    compared = where(errors_by_subject, region="excluding_csf", convention="paper")
    compared = compared.assign(
        inputs=["+".join(inputs_of(name)) for name in compared["predictor"]],
        seed=[seed_of(name) for name in compared["predictor"]],
    )
    records = []
    for (inputs, against, quantity), ours in compared.groupby(
        ["inputs", "against", "quantity"], sort=False
    ):
        errors_ms = ours.pivot(index=["subject", "fold"], columns="seed", values="mae_ms")
        spread_ms = spread(errors_ms, errors_ms.index.get_level_values("fold"))
        components_ms2 = two_way_components(errors_ms)
        records.append(
            {
                "inputs": inputs,
                "against": against,
                "quantity": quantity,
                "n_seeds": errors_ms.shape[1],
                "n_folds": ours["fold"].nunique(),
                "n_subjects": len(errors_ms),
                "mean_mae_ms": errors_ms.to_numpy().mean(),
                **{f"mae_ms_seed_{seed}": errors_ms[seed].mean() for seed in errors_ms},
                **{f"sd_{name}_ms": value for name, value in spread_ms._asdict().items()},
                **{
                    f"component_{name}_sd_ms": np.sqrt(value)
                    for name, value in components_ms2._asdict().items()
                },
            }
        )
    return pd.DataFrame(records)


def layout_seeds(table, input_sets, population):
    """Layout of the table of seeds.

    Args:
        table: Table of `summarise_seeds`.
        input_sets: Sets of inputs in their order, each joined by "+".
        population: Words for the subjects, such as "6 simulated subjects".
    """
    cells = table.set_index(["against", "inputs", "quantity"])
    seeds = [name for name in table.columns if name.startswith("mae_ms_seed_")]
    n_seeds, n_folds = int(table["n_seeds"].max()), int(table["n_folds"].max())
    spreads = ("over_seeds", "over_runs", "over_folds", "over_subjects")
    components = ("subject", "seed", "residual")
    columns = [("", "Against"), ("", "Inputs"), ("", "")]
    columns += [
        ("Mean absolute error of a seed (ms)", name.removeprefix("mae_ms_seed_")) for name in seeds
    ]
    labels = ("seeds", "one fold's seeds", "folds", "subjects")
    columns += [("SD of that error (ms) across", label) for label in labels]
    columns += [("Components of one subject's error (SD, ms)", name) for name in components]
    rows = []
    for against in ("reference", "truth"):
        if against not in set(table["against"]):
            continue
        for inputs in input_sets:
            for quantity in QUANTITIES:
                row = cells.loc[against, inputs, quantity]
                texts = [against.capitalize(), inputs.replace("+", " + "), quantity]
                texts += [number(row[name], 2) for name in seeds]
                texts += [number(row[f"sd_{name}_ms"], 2) for name in spreads]
                texts += [number(row[f"component_{name}_sd_ms"], 2) for name in components]
                if row["n_seeds"] == 1:
                    texts[3 + len(seeds)] = NOT_ESTIMATED
                rows.append(texts)
    return Layout(
        title=TITLE,
        caption=(
            f"Mean absolute error (ms) excluding CSF of {population}, each held out once in "
            f"{n_folds} folds; {n_seeds} seed{'s' if n_seeds > 1 else ''} per network. Means are "
            "over subjects. SD across seeds: SD of the mean over all subjects, which are the same "
            "for every seed, so it contains only training noise. SD across one fold's seeds: SD of "
            "the fold mean, pooled over folds. SD across folds: SD of the fold means, averaged "
            "over seeds; folds have different subjects. SD across subjects: SD of the subject "
            "means, averaged over seeds. Components: two-way random-effects model of subject and "
            "seed, by analysis of variance; the residual includes the training noise of each "
            "fold's network; negative estimates are set to zero."
            + (" With one seed, seed effects are not estimated." * (n_seeds == 1))
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
    )
