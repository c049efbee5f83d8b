"""What each normalisation leaves of a person: `make normalisation-docs`, after its four studies.

    python docs/make_normalisation.py results/normalisation_slice_p95 results/normalisation_...

Writes normalisation.md from its template, its picture and its table; without a study the
calculation alone.
"""

import sys
from pathlib import Path

import jinja2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from contrast2map.evaluation.agreement import ALL, COHORT_MEAN
from contrast2map.evaluation.region_means import by_subject
from contrast2map.figures import style
from contrast2map.preprocessing import normalisation
from contrast2map.report import headline
from contrast2map.study import records
from contrast2map.study.predictors import REFERENCE
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import number
from pages import markdown, pictures, presets
from pages.normalisation import identifiability
from pages.normalisation.identifiability import READ_AS

HERE = Path(__file__).parent

CORRELATIONS, NOISES = (0.0, 0.5, 0.9), (0.0, 0.002, 0.01, 0.02)
SHOWN_NOISE = 0.01
N_PERSONS, SEED = 20_000, 1
DECIMALS = {"T1": 0, "T2": 1}
WIDEST_PIXELS, PICTURE_BYTES = 1100, 150_000
KEYS = ["normalisation", "predictor", "quantity", "region"]
MEASURES = ["n_subjects", "bias_ms", "ccc", "slope", "sd_ratio", "skill"]


def main(*folders):
    """Write the page."""
    studies = {Path(folder).name.split("_", 1)[1]: Path(folder) for folder in folders}
    if unknown := studies.keys() - normalisation.METHODS.keys():
        sys.exit(f"{', '.join(sorted(unknown))}: want results/normalisation_<method>")
    config = presets.read("normalisation")
    calculated = pd.DataFrame(
        identifiability.tabulate(config, CORRELATIONS, NOISES, N_PERSONS, SEED)
    )
    networks = of_networks(studies, config, calculated) if studies else {}
    template = jinja2.Template(
        (HERE / "normalisation.md.j2").read_text(),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    page = template.render(
        studies=list(studies),
        missing=", ".join(f"`{name}`" for name in normalisation.METHODS if name not in studies),
        methods={name: normalisation.describe(name, "mprage") for name in normalisation.METHODS},
        n_persons=N_PERSONS,
        shown_noise=percent(SHOWN_NOISE),
        calculated=calculated_table(records.where(calculated, noise=SHOWN_NOISE)),
        by_noise=noise_table(records.where(calculated, quantity="T2")),
        left={
            method: extent(
                records.where(calculated, quantity="T2", noise=SHOWN_NOISE, method=method)
            )
            for method in READ_AS
        },
        least_without_noise=number(records.where(calculated, noise=0.0)["r_squared"].min(), 2),
        **networks,
    )
    (HERE / "normalisation.md").write_text(page)


def of_networks(studies, config, calculated):
    """What the page says of trained networks, by name; their picture and table are written."""
    means = {
        method: records.read(sorted(folder.glob("evaluation/*/*/roi_means.csv")))
        for method, folder in studies.items()
    }
    agreed = pd.concat(
        pd.read_csv(folder / "tables/agreement.csv").assign(normalisation=method)
        for method, folder in studies.items()
    )
    network = next(name for name in agreed["predictor"] if name.startswith("network_"))
    rows = against_truth(agreed, means, network)
    correlation = config["simulation"]["between_tissue_correlation"]
    n_subjects = int(rows["n_subjects"].max())
    rows.to_csv(HERE / "normalisation.csv", index=False, float_format="%.4g")
    draw(means, network)
    return {
        "n_subjects": n_subjects,
        "n_folds": config["folds"]["n_folds"],
        "n_filters": config["unet"]["n_filters"],
        "n_epochs": config["training"]["n_epochs"],
        "measured": measured_table(rows, network),
        "verdicts": {
            method: headline.of_network(table, [network, COHORT_MEAN], True).sentence
            for method, table in means.items()
        },
        "correlation": correlation,
        "beside": beside_table(
            records.where(calculated, noise=SHOWN_NOISE, correlation=correlation),
            records.where(rows, predictor=network),
            means,
        ),
        "n_learned_from": n_subjects - n_subjects // config["folds"]["n_folds"],
        "interval": "{:.2f} to {:.2f}".format(*correlation_interval(0.7, n_subjects)),
    }


def against_truth(agreed, means, network):
    """One row a normalisation, predictor, quantity and region against the truth."""
    chosen = records.where(agreed, against="truth")
    chosen = chosen[chosen["predictor"].isin([network, COHORT_MEAN, REFERENCE])]
    rows = chosen[chosen["region"] != ALL][KEYS + MEASURES].copy()
    rows["correlation"] = [
        correlation_of(means[row.normalisation], row.predictor, row.quantity, row.region, network)
        for row in rows.itertuples()
    ]
    return rows


def correlation_of(roi_means, predictor, quantity, region, network):
    """Correlation of region means with the truth over subjects."""
    source, column = predictor, "predicted_ms"
    if predictor == REFERENCE:
        source, column = network, "reference_ms"
    values, truth = by_subject(roi_means, source, quantity, column, "truth_ms")
    index = REGIONS.index(region)
    return np.corrcoef(values[:, index], truth[:, index])[0, 1]


def calculated_table(shown):
    """R² of each correlation and tissue, a column a quantity and normalisation."""
    wide = shown.set_index(["correlation", "region", "quantity", "method"])["r_squared"]
    columns = [(quantity, method) for quantity in QUANTITIES for method in READ_AS]
    return markdown.table(
        ["Correlation", "Tissue", *(f"{quantity} {method}" for quantity, method in columns)],
        [
            [
                f"{c:g}",
                REGION_NAMES[region],
                *(number(wide[c, region, *each], 2) for each in columns),
            ]
            for c in CORRELATIONS
            for region in REGIONS
        ],
        n_headings=2,
    )


def noise_table(T2):
    """Lowest to highest R² by how much a mean signal deviates."""
    return markdown.table(
        ["Read as", *map(percent, NOISES[1:])],
        [
            [method, *(extent(records.where(T2, method=method, noise=n)) for n in NOISES[1:])]
            for method in READ_AS
        ],
    )


def measured_table(rows, network):
    """What the networks made of it; the cohort mean and the reference maps beside them."""
    shown = [records.where(rows, predictor=network)]
    for predictor, label in ((COHORT_MEAN, "cohort mean"), (REFERENCE, "reference maps")):
        # They are the same whatever the images are divided by.
        once = records.where(rows, predictor=predictor).drop_duplicates(["quantity", "region"])
        shown.append(once.assign(normalisation=label))
    shown = pd.concat(shown)
    return markdown.table(
        ["", "Tissue", "", "Bias (ms)", "Concordance", "Slope", "SD ratio", "Correlation", "Skill"],
        [
            [row.quantity, REGION_NAMES[row.region], row.normalisation,
             number(row.bias_ms, DECIMALS[row.quantity]),
             *(number(value, 2) for value in (row.ccc, row.slope, row.sd_ratio)),
             number(row.correlation, 2), number(row.skill, 2)]
            for quantity in QUANTITIES
            for region in REGIONS
            for row in records.where(shown, quantity=quantity, region=region).itertuples()
        ],
        n_headings=3,
    )  # fmt: skip


def beside_table(calculated, of_network, methods):
    """Mean correlation with the truth over tissues, calculated and of the networks, and skills."""
    rows = []
    for quantity in QUANTITIES:
        for method in methods:
            # Slices of one composition: the whole brain's percentile is a slice's.
            read_as = method.replace("volume", "slice")
            expected = records.where(calculated, quantity=quantity, method=read_as)["r_squared"]
            found = records.where(of_network, quantity=quantity, normalisation=method)
            both = np.sqrt(expected).mean(), found["correlation"].mean()
            knows = f"{(found['skill'] > 0).sum()} of {len(found)}"
            rows.append([quantity, method, *(number(value, 2) for value in both), knows])
    columns = ["", "Normalisation", "Calculated", "Network", "Tissues with skill"]
    return markdown.table(columns, rows, n_headings=2)


def extent(rows):
    """Lowest and highest R² as text."""
    return "{:.2f} to {:.2f}".format(*rows["r_squared"].agg(["min", "max"]))


def percent(share):
    """A share as text."""
    return f"{100 * share:g} %"


def correlation_interval(r, n):
    """95 % interval of a correlation of n pairs, by Fisher's transform."""
    return np.tanh(np.arctanh(r) + np.array([-1.96, 1.96]) / np.sqrt(n - 3))


def draw(means, network):
    """Predicted against true region means, a column a normalisation."""
    figure, axes = plt.subplots(
        2,
        len(means),
        figsize=(style.TWO_COLUMNS_INCHES, 3.6),
        layout="constrained",
        squeeze=False,
    )
    columns = ("predicted_ms", "truth_ms")
    ends = {
        quantity: [
            limit(values)
            for table in means.values()
            for values in by_subject(table, network, quantity, *columns)
            for limit in (np.nanmin, np.nanmax)
        ]
        for quantity in QUANTITIES
    }
    for column, (method, table) in enumerate(means.items()):
        axes[0, column].set_title(method)
        for axis, quantity in zip(axes[:, column], QUANTITIES, strict=True):
            predicted, true = by_subject(table, network, quantity, *columns)
            for index, region in enumerate(REGIONS):
                colour, marker = style.REGION_STYLES[region]
                axis.scatter(
                    true[:, index],
                    predicted[:, index],
                    8,
                    colour,
                    marker=marker,
                    lw=0,
                    label=REGION_NAMES[region],
                )
            axis.axline((np.nanmean(true),) * 2, slope=1, color="0.5", linewidth=0.6, zorder=0)
            edge = 0.05 * np.ptp(ends[quantity])
            lowest, highest = min(ends[quantity]) - edge, max(ends[quantity]) + edge
            axis.set(xlim=(lowest, highest), ylim=(lowest, highest), aspect="equal")
            axis.set_xlabel(f"True {quantity} (ms)")
            axis.set_ylabel("" if column else f"Predicted {quantity} (ms)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(REGIONS))
    png = pictures.shrink(style.png(figure), WIDEST_PIXELS, PICTURE_BYTES)
    (HERE / "normalisation.png").write_bytes(png)
    plt.close(figure)


if __name__ == "__main__":
    main(*sys.argv[1:])
