"""Compare normalisations: `make normalisation-docs`, after its four studies.

    python docs/make_normalisation.py results/normalisation_slice_p95 results/normalisation_...

Writes normalisation.md, its numbers normalisation.json, its picture normalisation.png and its table
normalisation.csv; without a study, the page of the calculation alone.
"""

import sys
from pathlib import Path

import pandas as pd

from contrast2map.preprocessing import normalisation
from contrast2map.study import records
from pages import presets, rendering
from pages.normalisation import identifiability, networks, page

CORRELATIONS, NOISES = (0.0, 0.5, 0.9), (0.0, 0.002, 0.01, 0.02)
SHOWN_NOISE = 0.01
N_PERSONS, SEED = 20_000, 1


def main(*folders):
    """Calculate, compare the studies and write the page."""
    studies = {Path(folder).name.split("_", 1)[1]: Path(folder) for folder in folders}
    if unknown := studies.keys() - normalisation.METHODS.keys():
        sys.exit(f"{', '.join(sorted(unknown))}: expected results/normalisation_<method>")
    config = presets.read("normalisation")
    calculated = pd.DataFrame(
        identifiability.tabulate(config, CORRELATIONS, NOISES, N_PERSONS, SEED)
    )
    facts = {
        "methods": {name: normalisation.describe(name, "mprage") for name in normalisation.METHODS},
        "n_persons": N_PERSONS,
        "shown_noise": page.percent(SHOWN_NOISE),
        "read_as": identifiability.READ_AS,
        "calculated": page.calculated_rows(records.where(calculated, noise=SHOWN_NOISE)),
        "extents": page.extents(calculated, NOISES[1:]),
        "least_without_noise": f"{records.where(calculated, noise=0.0)['r_squared'].min():.2f}",
        "networks": compare(studies, config, calculated) if studies else None,
    }
    rendering.write("normalisation", facts)


def compare(studies, config, calculated):
    """Facts on the networks of some studies; writes their picture and table.

    Args:
        studies: Dict of normalisation to folder of results.
        config: Configuration of the studies.
        calculated: Table of `identifiability.tabulate`.
    """
    roi_means = {
        method: records.read(sorted(folder.glob("evaluation/*/*/roi_means.csv")))
        for method, folder in studies.items()
    }
    agreement = {
        method: pd.read_csv(folder / "tables/agreement.csv") for method, folder in studies.items()
    }
    predictors = next(iter(agreement.values()))["predictor"]
    network = next(name for name in predictors if name.startswith("network_"))
    rows = networks.against_truth(agreement, roi_means, network)
    rows.to_csv(rendering.DOCS / "normalisation.csv", index=False, float_format="%.6g")
    networks.draw(roi_means, network, rendering.DOCS / "normalisation.png")
    correlation = config["simulation"]["between_tissue_correlation"]
    n_subjects, n_folds = int(rows["n_subjects"].max()), config["folds"]["n_folds"]
    return {
        "missing": [name for name in normalisation.METHODS if name not in studies],
        "n_subjects": n_subjects,
        "n_training_subjects": n_subjects - n_subjects // n_folds,
        "n_folds": n_folds,
        "n_filters": config["unet"]["n_filters"],
        "n_epochs": config["training"]["n_epochs"],
        "measured": page.measured_rows(rows, network),
        "verdicts": page.verdict_rows(roi_means, network),
        "correlation": correlation,
        "expectations": page.expectation_rows(
            records.where(calculated, noise=SHOWN_NOISE, correlation=correlation),
            records.where(rows, predictor=network),
        ),
        "interval": page.correlation_interval(0.7, n_subjects),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
