"""The table of exactness: precision of each network, largest and mean deviation."""

import pytest

from contrast2map.tables.exactness import layout_exactness, summarise_exactness
from contrast2map.tables.layout import to_html

LIMITS_MS = {"T1": 50, "T2": 10}


def row(precision, t1_max, t1_mean):
    return {
        "precision": precision,
        "n_slices": 2,
        "T1_max_ms": t1_max,
        "T1_mean_ms": t1_mean,
        "T2_max_ms": 0.1 * t1_max,
        "T2_mean_ms": 0.1 * t1_mean,
    }


@pytest.fixture
def table():
    name = "network_mprage+gre_seed-3"
    return summarise_exactness(
        {
            (name, "fold_0"): {"trained_in": "bfloat16", "subjects": [row("bfloat16", 40, 3)]},
            (name, "fold_1"): {
                "trained_in": "float32",
                "subjects": [row("float32", 0.002, 0.001), row("bfloat16", 20, 1)],
            },
            ("network_gre_seed-3", "fold_0"): {
                "trained_in": "float32",
                "subjects": [row("float32", 0.001, 0.0005)],
            },
        }
    )


def test_each_network_has_its_largest_and_mean_deviation(table):
    first, second = table.to_dict("records")
    assert first["predictor"] == "network_mprage+gre_seed-3"
    assert first["trained_in"] == "bfloat16 and float32"
    assert (first["n_in_float32"], first["n_in_bfloat16"], first["n_slices"]) == (1, 2, 6)
    assert first["T1_max_ms"] == 40 and first["T2_max_ms"] == 4
    assert first["T1_mean_ms"] == pytest.approx((3 + 0.001 + 1) / 3)
    assert second["n_slices"] == 2 and second["T1_max_ms"] == 0.001


def test_the_page_gives_numbers_and_limits(table):
    layout = layout_exactness(table, LIMITS_MS)
    page = to_html(layout)
    for words in ("mprage + gre", "bfloat16 and float32", ">40<", "&lt; 0.001", "50 ms for T1"):
        assert words in page
    assert "simulated" not in layout.caption  # the banner of each page says it
