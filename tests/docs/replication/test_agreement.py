"""Agreement and variation between subjects, each number in its cell."""

import numpy as np
import pandas as pd

from contrast2map.study.terms import QUANTITIES, REGIONS
from contrast2map.tables import layout
from pages.replication.agreement import format_agreement, format_spread


def agreement(single, of_all):
    """Rows of one comparison: values of four tissues, and of all together."""
    columns = ["bias_ms", "bias_percent", "ccc", "slope", "sd_ratio"]
    rows = []
    for quantity in QUANTITIES:
        for region, value in zip([*REGIONS, "all"], [*single, of_all], strict=True):
            row = {"predictor": "n", "against": "truth", "quantity": quantity, "region": region}
            for name in columns:
                row |= {name: value, f"{name}_low": value - 1, f"{name}_high": value + 1}
            limits = {"lower_limit_percent": -3.0, "upper_limit_percent": np.nan}
            rows.append(row | limits | {"skill": value})
    return pd.DataFrame(rows)


def test_ranges_are_over_single_tissues():
    ranges = format_agreement(agreement([0.2, -0.4, 0.1, 0.3], 0.99), "n", "truth")["ranges"]
    assert ranges["T2"] == dict.fromkeys(["ccc", "slope", "sd_ratio"], "−0.40 to 0.30")


def test_the_variation_between_subjects_is_compared_with_the_published_one():
    single = agreement([0.5, 1.5, 0.25, 0.5], 0.99).assign(against="reference")
    both = pd.concat([single, single.assign(predictor="null", sd_ratio=0.1)])
    table_2 = single[single["region"] != "all"].assign(
        published_dl_sd_ms=[1, 1, 1, 1, 1, 1, 1, 8], published_reference_sd_ms=4
    )
    found = format_spread(table_2, both, "n", "null")
    assert (found["n_below"], found["n_published_below"], found["n_cells"]) == (6, 7, 8)
    assert found["rows"][-1] == ["T2", "Thalamus", "2.00", "0.50 [−0.50, 1.50]", "−1.50", "0.10"]


def test_agreement_has_a_row_per_cell_and_a_dash_for_missing_limits():
    rows = format_agreement(agreement([0.2, -0.4, 0.1, 0.3], 0.99), "n", "truth")["rows"]
    assert len(rows) == 10 and {len(row) for row in rows} == {9}
    assert rows[0][:3] == ["T1", "Cortical GM", "+0.2 [−0.8, +1.2]"]
    assert rows[4][1] == "All four tissues" and rows[4][5].startswith("0.99")
    assert {row[4] for row in rows} == {layout.NOTHING}
