"""What was calculated and what networks did, as rows of text for the page."""

import numpy as np

from contrast2map.evaluation import levels
from contrast2map.statistics.comparison import compare_errors
from contrast2map.study.predictors import COHORT_MEAN, REFERENCE
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import number, p_value
from pages.normalisation.identifiability import READ_AS

N_DECIMALS = {"T1": 0, "T2": 1}


def calculated_rows(calculated):
    """R² by correlation and tissue, one column per quantity and normalisation.

    Args:
        calculated: Table of `identifiability.tabulate`, of one deviation.
    """
    cells = calculated.set_index(["correlation", "region", "quantity", "method"])["r_squared"]
    columns = [(quantity, method) for quantity in QUANTITIES for method in READ_AS]
    return [
        [
            f"{correlation:g}",
            REGION_NAMES[region],
            *(number(cells[correlation, region, *column], 2) for column in columns),
        ]
        for correlation in calculated["correlation"].unique()
        for region in REGIONS
    ]


def extents(calculated, noises):
    """Lowest to highest R² of T2 by normalisation and deviation.

    Args:
        calculated: Table of `identifiability.tabulate`.
        noises: Deviations, as shares.

    Returns:
        Dict of normalisation to dict of deviation in percent to text.
    """
    return {
        method: {
            percent(noise): "{:.2f} to {:.2f}".format(
                *where(calculated, quantity="T2", method=method, noise=noise)["r_squared"].agg(
                    ["min", "max"]
                )
            )
            for noise in noises
        }
        for method in READ_AS
    }


def measured_rows(agreement, network):
    """Region means of the networks against the truth, then of tissue mean and reference maps.

    Args:
        agreement: Table of `networks.against_truth`.
        network: Name of the network.
    """
    rows = []
    for quantity in QUANTITIES:
        for region in REGIONS:
            cells = where(agreement, quantity=quantity, region=region)
            # The other two do not depend on the normalisation.
            groups = [where(cells, predictor=network)]
            for predictor, label in ((COHORT_MEAN, "tissue mean"), (REFERENCE, "reference maps")):
                once = where(cells, predictor=predictor).head(1)
                groups.append(once.assign(normalisation=label))
            rows += [
                [
                    quantity,
                    REGION_NAMES[region],
                    row.normalisation,
                    number(row.bias_ms, N_DECIMALS[quantity]),
                    *(number(getattr(row, name), 2) for name in ("ccc", "slope", "sd_ratio")),
                    *(number(getattr(row, name), 2) for name in ("correlation", "skill")),
                ]
                for group in groups
                for row in group.itertuples()
            ]
    return rows


def verdict_rows(roi_means, network):
    """Error of a subject's region means against the truth, network and tissue mean.

    Args:
        roi_means: Dict of normalisation to table of region means (see `evaluate_maps`).
        network: Name of the network.

    Returns:
        List of quantity, normalisation, both errors in ms, P and word of `compare_errors`.
    """
    rows = []
    for quantity in QUANTITIES:
        for method, table in roi_means.items():
            predictors = [network, COHORT_MEAN]
            errors_ms = levels.errors_at(levels.REGIONS, {"roi_means": table}, "truth", quantity)
            word, p = compare_errors(errors_ms[network], errors_ms[COHORT_MEAN])
            means = (number(errors_ms[name].mean()) for name in predictors)
            rows.append([quantity, method, *means, p_value(p), word])
    return rows


def expectation_rows(calculated, agreement):
    """Correlation with the truth, calculated and of the networks, and tissues with skill.

    Args:
        calculated: Table of `identifiability.tabulate`, of one correlation and deviation.
        agreement: Rows of the network in the table of `networks.against_truth`.
    """
    rows = []
    for quantity in QUANTITIES:
        for method in agreement["normalisation"].unique():
            # The calculation has one composition per brain: a volume is like a slice.
            read_as = method.replace("volume", "slice")
            expected = where(calculated, quantity=quantity, method=read_as)["r_squared"]
            found = where(agreement, quantity=quantity, normalisation=method)
            both = np.sqrt(expected).mean(), found["correlation"].mean()
            skilled = f"{(found['skill'] > 0).sum()} of {len(found)}"
            rows.append([quantity, method, *(number(value, 2) for value in both), skilled])
    return rows


def percent(share):
    """A share as text."""
    return f"{100 * share:g} %"


def correlation_interval(r, n):
    """95 % confidence interval of a correlation of n pairs, by Fisher's transform, as text."""
    low, high = np.tanh(np.arctanh(r) + np.array([-1.96, 1.96]) / np.sqrt(n - 3))
    return f"{low:.2f} to {high:.2f}"
