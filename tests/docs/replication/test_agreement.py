"""Agreement on the page of a study: single tissues, each number in its cell."""

import numpy as np
import pandas as pd

from contrast2map.study.terms import QUANTITIES, REGIONS
from contrast2map.tables import layout
from pages.replication import agreement as replication_agreement


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


def test_a_span_of_single_tissues_leaves_out_all_together():
    rows = agreement([0.2, -0.4, 0.1, 0.3], 0.99)
    words = replication_agreement.of_persons(rows, "T2")
    assert words.startswith("T2") and "CCC −0.40 to 0.30" in words and "0.99" not in words


def test_the_spread_of_persons_stands_beside_the_published_one():
    single = agreement([0.5, 1.5, 0.25, 0.5], 0.99).assign(against="reference")
    both = pd.concat([single, single.assign(predictor="null", sd_ratio=0.1)])
    table_2 = single[single["region"] != "all"].assign(
        published_dl_sd_ms=[1, 1, 1, 1, 1, 1, 1, 8], published_reference_sd_ms=4
    )
    text = replication_agreement.spread_section(table_2, both, "n", "null")
    assert "Below 1 it is in 6 of 8 cells here, and in 7 of 8 as published." in text
    assert "| T2 | Thalamus | 2.00 | **0.50 [−0.50, 1.50]** | −1.50 | 0.10 |" in text


def test_agreement_has_a_row_a_cell_and_a_dash_where_there_are_no_limits():
    lines = replication_agreement.agreement_cells(agreement([0.2, -0.4, 0.1, 0.3], 0.99))
    assert len(lines) == 10 and all(
        len(line) == len(replication_agreement.AGREEMENT_COLUMNS) for line in lines
    )
    assert lines[0][:3] == ["T1", "Cortical GM", "+0.2 [−0.8, +1.2]"]
    assert {line[4] for line in lines} == {layout.NOTHING}
