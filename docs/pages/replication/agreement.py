"""Agreement of region means and variation between subjects, as text for the page."""

from contrast2map.evaluation.agreement import ALL
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import NOTHING, interval, number

BETWEEN_SUBJECTS = ("ccc", "slope", "sd_ratio")


def format_spread(table_2, agreement, network, null):
    """SD between subjects in a predictor's maps relative to that in the reference maps.

    Args:
        table_2: Table of table_2.csv.
        agreement: Table of `summarise_agreement`.
        network: Name of the network.
        null: Name of the predictor that returns the tissue mean.

    Returns:
        Dict: rows, one per quantity and region; n_cells; n_below and n_published_below, the numbers
        of cells with a ratio below 1.
    """
    cells = agreement.set_index(["predictor", "against", "quantity", "region"])
    rows, ours, published = [], [], []
    for row in where(table_2, predictor=network).to_dict("records"):
        cell = row["quantity"], row["region"]
        found, of_null = (cells.loc[name, "reference", *cell] for name in (network, null))
        ours.append(found["sd_ratio"])
        published.append(row["published_dl_sd_ms"] / row["published_reference_sd_ms"])
        rows.append(
            [
                row["quantity"],
                REGION_NAMES[row["region"]],
                number(published[-1], 2),
                _cell(found, "sd_ratio", 2),
                number(ours[-1] - published[-1], 2, signed=True),
                number(of_null["sd_ratio"], 2),
            ]
        )
    n_below, n_published_below = (
        sum(bool(ratio < 1) for ratio in each) for each in (ours, published)
    )
    return {
        "rows": rows,
        "n_cells": len(rows),
        "n_below": n_below,
        "n_published_below": n_published_below,
    }


def format_agreement(agreement, predictor, against):
    """Agreement of one predictor's region means.

    Args:
        agreement: Table of `summarise_agreement`.
        predictor: Name of the predictor.
        against: "truth" or "reference".

    Returns:
        Dict: ranges, by quantity and statistic, over the single tissues; rows, one per quantity and
        region, then all tissues.
    """
    chosen = where(agreement, predictor=predictor, against=against)
    cells = chosen.set_index(["quantity", "region"])
    return {
        "ranges": {quantity: _ranges(where(chosen, quantity=quantity)) for quantity in QUANTITIES},
        "rows": [
            _row(cells.loc[quantity, region], quantity, region)
            for quantity in QUANTITIES
            for region in (*REGIONS, ALL)
        ],
    }


def _ranges(rows):
    single = rows[rows["region"] != ALL]
    return {
        name: f"{number(single[name].min(), 2)} to {number(single[name].max(), 2)}"
        for name in BETWEEN_SUBJECTS
    }


def _row(row, quantity, region):
    limits = [number(row[f"{end}_limit_percent"], signed=True) for end in ("lower", "upper")]
    return [
        quantity,
        "All four tissues" if region == ALL else REGION_NAMES[region],
        _cell(row, "bias_ms", 1, signed=True),
        _cell(row, "bias_percent", 1, signed=True),
        NOTHING if NOTHING in limits else " to ".join(limits),
        *(_cell(row, name, 2) for name in BETWEEN_SUBJECTS),
        number(row["skill"], 2),
    ]


def _cell(row, name, n_decimals, signed=False):
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"], n_decimals, signed)
