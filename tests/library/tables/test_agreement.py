"""The tables of the agreement of region means show the values, intervals and tests computed."""

import pytest

from agreement_tables import MARGINS, NETWORK, pick, roi_means, summarise
from contrast2map.evaluation.agreement import ALL
from contrast2map.tables.agreement import (
    layout_agreement,
    layout_concordance,
    layout_differences,
    layout_overview,
)
from contrast2map.tables.layout import NOTHING, interval, number, p_value, population, to_html

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("n_subjects", [1, 2, 3])
def test_the_layouts_of_few_subjects_are_well_formed(n_subjects):
    table = summarise(roi_means(n_subjects))
    subjects = population(n_subjects, True)
    of_all = [(NETWORK, "reference"), ("cohort_mean", "reference"), ("reference", "truth")]
    layouts = [
        layout_agreement(table, NETWORK, "reference", subjects, MARGINS),
        layout_overview(table, of_all, subjects),
        layout_differences(table, NETWORK, "truth", subjects, MARGINS),
        layout_concordance(table, [(NETWORK, "reference"), ("reference", "truth")], subjects),
    ]
    assert [len(layout.rows) for layout in layouts] == [10, 6, 10, 20]
    for layout in layouts:
        assert all(len(row) == len(layout.columns) for row in layout.rows)
        assert "nan" not in to_html(layout)
        assert subjects in layout.caption


def test_differences_are_shown_with_their_intervals_and_tests():
    table = summarise(roi_means())
    layout = layout_differences(table, NETWORK, "reference", "4 simulated subjects", MARGINS)
    labels = [" ".join(column).strip() for column in layout.columns]
    cells = dict(zip(labels, layout.rows[0], strict=True))
    row = pick(table, NETWORK, "reference", "T1", "gm")
    shown = interval(row["bias_ms"], row["bias_ms_low"], row["bias_ms_high"], 1, True)
    assert layout.rows[0][:3] == ["T1", "Cortical GM", "4"]
    assert layout.rows[4][1] == "All four tissues"
    assert cells["Difference (ms) Bias"] == shown
    assert cells["P Holm"] == p_value(row["p_holm"])
    assert cells["P Equivalence"] == p_value(row["p_equivalence"])
    assert layout.rows[4][labels.index("P Holm")] == NOTHING
    assert "2 % (T1) and 4 % (T2)" in layout.caption
    strong = [labels[index] for index in sorted(layout.strong)]
    assert strong == ["Difference (ms) Bias", "Difference (%) Bias"]


def test_one_table_has_bias_limits_and_regression_toward_the_mean():
    table = summarise(roi_means())
    layout = layout_agreement(table, NETWORK, "truth", "4 subjects", MARGINS)
    labels = [" ".join(column).strip() for column in layout.columns]
    cells = dict(zip(labels, layout.rows[6], strict=True))
    row = pick(table, NETWORK, "truth", "T2", "wm")
    assert layout.rows[6][:2] == ["T2", "WM"] and layout.rows[9][1] == "All four tissues"
    bounds = row["bias_ms_low"], row["bias_ms_high"]
    assert cells["Bias (ms)"] == interval(row["bias_ms"], *bounds, 1, True)
    limits = [number(row[f"{end}_limit_percent"], 1, True) for end in ("lower", "upper")]
    assert cells["Difference (%) Limits of agreement"] == " to ".join(limits)
    bounds = row["slope_low"], row["slope_high"]
    assert cells["Regression toward the mean Slope of difference on mean"] == interval(
        row["slope"], *bounds, 2
    )
    assert cells["Skill"] == number(row["skill"], 2)
    assert "2 % (T1) and 4 % (T2)" in layout.caption


def test_concordance_is_shown_for_each_pair():
    table = summarise(roi_means())
    pairs = [(NETWORK, "reference"), ("reference", "truth")]
    layout = layout_concordance(table, pairs, "4 simulated subjects")
    assert [row[0] for row in layout.rows[::10]] == [
        "Network against the reference",
        "Reference against the truth",
    ]
    row = pick(table, NETWORK, "reference", "T1", "gm")
    assert layout.rows[0][3] == number(row["ccc"], 2)  # too few subjects for an interval
    pooled = pick(table, NETWORK, "reference", "T1", ALL)
    bounds = pooled["sd_ratio_low"], pooled["sd_ratio_high"]
    assert layout.rows[4][6] == interval(pooled["sd_ratio"], *bounds, 2)
