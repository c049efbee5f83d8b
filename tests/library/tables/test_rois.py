"""Table 2: paired region means, tests corrected by predictor, and the published values."""

import numpy as np
import pytest
from scipy import stats

from contrast2map.tables.layout import p_value, to_html
from contrast2map.tables.rois import layout_rois, summarise_rois
from html_checks import is_well_formed
from table_rows import roi_means

NETWORK = "network_mprage+flair_seed-1"
PREDICTORS = [NETWORK, "cohort_mean"]
SHIFTS_MS = dict(zip(PREDICTORS, (4.0, 1.0), strict=True))


def means_of(n_subjects, predicted_ms=lambda _, subject, *__: 1000.0 + int(subject), truth_ms=1.0):
    subjects = [f"{number:02d}" for number in range(1, n_subjects + 1)]
    return roi_means(predicted_ms, PREDICTORS, subjects, truth_ms)


@pytest.fixture(scope="module")
def noisy(published):
    """Region means of eight subjects with noise, and their summary."""
    rng = np.random.default_rng(1)

    def predicted_ms(predictor, subject, *_):
        return 1000 + 10 * int(subject) + SHIFTS_MS[predictor] + rng.normal(0, 5)

    means = means_of(8, predicted_ms)
    return means, summarise_rois(means, published)


def test_each_subject_is_paired_with_itself(published):
    table = summarise_rois(means_of(6), published)
    row = table.set_index(["predictor", "quantity", "region"]).loc[NETWORK, "T1", "gm"]
    assert row["n_subjects"] == 6
    assert row["predicted_mean_ms"] == 1003.5
    numbers = np.arange(1, 7)
    assert row["p_value"] == pytest.approx(stats.ttest_rel(numbers, 10 * numbers).pvalue)
    assert row["published_dl_mean_ms"] == 1199.8
    assert row["predicted_minus_published_dl_ms"] == pytest.approx(1003.5 - 1199.8)


def test_p_is_of_the_paired_t_test(noisy):
    means, table = noisy
    keys = ["predictor", "quantity", "region"]
    groups = means.groupby(keys)
    for _, row in table.iterrows():
        ours = groups.get_group(tuple(row[keys]))
        expected = stats.ttest_rel(ours["predicted_ms"], ours["reference_ms"]).pvalue
        assert row["p_value"] == pytest.approx(expected)


def test_holm_corrects_for_the_eight_tests_of_a_predictor(noisy):
    _, table = noisy
    for _, family in table.groupby("predictor"):
        ordered = family.sort_values("p_value")
        steps = ordered["p_value"].to_numpy() * np.arange(8, 0, -1)
        expected = np.minimum(np.maximum.accumulate(steps), 1)
        np.testing.assert_allclose(ordered["p_holm"], expected)
    assert (table["p_holm"] > table["p_value"]).any()


def test_the_corrected_p_follows_the_uncorrected_one(noisy):
    _, table = noisy
    layout = layout_rois(table, NETWORK, "8 subjects")
    labels = [" ".join(column).strip() for column in layout.columns]
    place = labels.index("This study P (Holm)")
    row = table.iloc[0]
    assert labels[place - 1] == "This study P (uncorrected)"
    assert layout.rows[0][place - 1 : place + 1] == [
        p_value(row["p_value"]),
        p_value(row["p_holm"]),
    ]


@pytest.mark.parametrize("n_subjects, truth_ms", [(1, 1.0), (2, np.nan), (6, 1.0)])
def test_table_2_is_well_formed_for_any_number_of_subjects(published, n_subjects, truth_ms):
    table = summarise_rois(means_of(n_subjects, truth_ms=truth_ms), published)
    html = to_html(layout_rois(table, NETWORK, "some subjects"))
    assert is_well_formed(html)
    assert ("Truth" in html) == (truth_ms == 1.0)


def test_a_region_without_voxels_is_a_dash(published):
    means = means_of(3)
    means.loc[means["region"] == "putamen", ["predicted_ms", "reference_ms", "truth_ms"]] = np.nan
    layout = layout_rois(summarise_rois(means, published), NETWORK, "3 subjects")
    putamen = next(row for row in layout.rows if row[1] == "Putamen")
    assert putamen[5] == "–" and putamen[-1] == "0"
