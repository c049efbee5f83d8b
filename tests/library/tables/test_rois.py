"""Table 2 corrects its tests for their number, predictor by predictor."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from contrast2map.study.published import read_published
from contrast2map.tables.layout import p_value
from contrast2map.tables.rois import REGIONS, layout_rois, summarise_rois
from project import ROOT

PREDICTORS = ["network_mprage+flair_seed-1", "cohort_mean"]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(1)
    rows = [
        {
            "subject": f"{subject:02d}",
            "predictor": predictor,
            "region": region,
            "quantity": quantity,
            "predicted_ms": 100 + shift + rng.normal(0, 5),
            "reference_ms": 100 + rng.normal(0, 5),
            "truth_ms": None,
        }
        for subject, (predictor, shift), region, quantity in product(
            range(1, 9), zip(PREDICTORS, (4.0, 1.0), strict=True), REGIONS, ("T1", "T2")
        )
    ]
    path = ROOT / "config" / "published_tables.csv"
    with open(path) as file:
        published = read_published(file)
    return pd.DataFrame(rows), summarise_rois(pd.DataFrame(rows), published)


def test_p_is_of_the_paired_t_test(table):
    rois, summary = table
    keys = ["predictor", "quantity", "region"]
    groups = rois.groupby(keys)
    for _, row in summary.iterrows():
        ours = groups.get_group(tuple(row[keys]))
        expected = stats.ttest_rel(ours["predicted_ms"], ours["reference_ms"]).pvalue
        assert row["p_value"] == pytest.approx(expected)


def test_holm_corrects_for_the_eight_tests_of_a_predictor(table):
    _, summary = table
    for _, family in summary.groupby("predictor"):
        ordered = family.sort_values("p_value")
        steps = ordered["p_value"].to_numpy() * np.arange(8, 0, -1)
        expected = np.minimum(np.maximum.accumulate(steps), 1)
        np.testing.assert_allclose(ordered["p_holm"], expected)
    assert (summary["p_holm"] > summary["p_value"]).any()


def test_the_corrected_p_stands_beside_the_other(table):
    layout = layout_rois(table[1], PREDICTORS[0], "8 subjects")
    labels = [" ".join(column).strip() for column in layout.columns]
    place = labels.index("This study P (Holm)")
    row = table[1].iloc[0]
    assert labels[place - 1] == "This study P"
    assert layout.rows[0][place - 1 : place + 1] == [
        p_value(row["p_value"]),
        p_value(row["p_holm"]),
    ]
