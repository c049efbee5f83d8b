"""Tables: numbers as text, summaries with known answers, valid HTML."""

import json
from html.parser import HTMLParser
from itertools import product

import jinja2
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from contrast2map.study.published import read_published
from contrast2map.tables import layout as tables
from contrast2map.tables.errors import layout_errors, layout_true_errors, summarise_errors
from contrast2map.tables.preprocessing import layout_preprocessing, segmentation_accuracy
from contrast2map.tables.rois import layout_rois, layout_rois_of_baselines, summarise_rois
from project import ROOT

PREDICTORS = ["network_mprage+flair_seed-1", "cohort_mean"]


@pytest.fixture(scope="module")
def published():
    with open(ROOT / "config" / "published_tables.csv") as file:
        return read_published(file)


def slice_errors(n_slices_of, against=("reference", "truth")):
    """Slice errors whose MAE is the subject's number plus 10 for the cohort mean.

    The reference itself, held against the truth only, has 10 less.
    """
    rows = []
    shift_ms = {PREDICTORS[0]: 0, "cohort_mean": 10, "reference": -10}
    for (subject, n_slices), predictor, each, convention, region, quantity in product(
        n_slices_of.items(),
        shift_ms,
        against,
        ("paper", "brain"),
        ("full_brain", "excluding_csf"),
        ("T1", "T2"),
    ):
        rows += [
            {
                "subject": subject,
                "group": "MS",
                "fold": "fold_0",
                "predictor": predictor,
                "slice": index,
                "against": each,
                "quantity": quantity,
                "region": region,
                "convention": convention,
                "n_voxels": 100,
                "mae_ms": int(subject) + shift_ms[predictor],
                "mpe_percent": 5.0,
                "psnr_db": 30.0,
                "ssim": 0.9,
            }
            for index in range(n_slices)
            if (predictor, each) != ("reference", "reference")
        ]
    return pd.DataFrame(rows)


def roi_means(n_subjects, truth=1.0):
    rows = [
        {
            "subject": f"{number:02d}",
            "group": "MS",
            "fold": "fold_0",
            "predictor": predictor,
            "region": region,
            "quantity": quantity,
            "n_voxels": 10,
            "predicted_ms": 1000.0 + number,
            "reference_ms": 1000.0 + number**2,
            "truth_ms": truth,
        }
        for number, predictor, region, quantity in product(
            range(1, n_subjects + 1), PREDICTORS, ("gm", "wm", "putamen", "thalamus"), ("T1", "T2")
        )
    ]
    return pd.DataFrame(rows)


class Counter(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.widths = [], []

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.widths.append(0)
        if tag in ("td", "th"):
            self.widths[-1] += int(dict(attributes).get("colspan", 1))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def is_well_formed(html):
    counter = Counter()
    counter.feed(html)
    return not counter.open and len(set(counter.widths)) == 1


def test_numbers_have_a_true_minus_sign_and_a_dash_where_there_is_none():
    assert tables.number(-1.25, 1) == "−1.2"
    assert tables.number(float("nan")) == "–"
    assert tables.number(-0.01, 1, signed=True) == "0.0"
    assert tables.number(float("inf")) == "∞"
    assert tables.mean_sd(5.0, float("nan")) == "5.0"


@pytest.mark.parametrize(
    "value, text", [(0.027, "0.027*"), (0.0003, "<0.001*"), (0.14, "0.14"), (None, "–")]
)
def test_p_values_carry_an_asterisk_below_five_percent(value, text):
    assert tables.p_value(value) == text


def test_slices_weigh_alike_over_slices_and_subjects_weigh_alike_over_subjects(published):
    table = summarise_errors(slice_errors({"10": 3, "20": 1}), published)
    row = table[
        (table["metric"] == "mae")
        & (table["predictor"] == PREDICTORS[0])
        & (table["against"] == "reference")
        & (table["region"] == "excluding_csf")
        & (table["quantity"] == "T1")
        & (table["convention"] == "paper")
    ].iloc[0]
    assert (row["n_slices"], row["n_subjects"]) == (4, 2)
    assert row["mean_over_slices"] == 12.5
    assert row["mean_over_subjects"] == 15
    assert row["sd_over_subjects"] == pytest.approx(np.std([10, 20], ddof=1))
    assert row["difference"] == pytest.approx(12.5 - 52.7)


def test_only_like_is_compared_with_the_published_values(published):
    table = summarise_errors(slice_errors({"10": 3, "20": 1}), published)
    compared = table.dropna(subset=["difference"])
    assert set(compared["against"]) == {"reference"}
    similarity = compared[compared["metric"].isin(["psnr", "ssim"])]
    assert set(similarity["convention"]) == {"paper"}


@pytest.mark.parametrize("against", [("reference",), ("reference", "truth")])
def test_table_1_is_well_formed_with_and_without_truth(published, against):
    table = summarise_errors(slice_errors({"10": 3}, against), published)
    layout = layout_errors(table, PREDICTORS, "1 subject")
    assert all(len(row) == len(layout.columns) for row in layout.rows)
    assert is_well_formed(tables.to_html(layout))
    assert len(layout.rows) == 2 * 2 * 6
    mae = next(row for row in layout.rows if row[:3] == ["Excluding CSF", "MAE (ms)", "T1"])
    assert mae[3:] == ["52.7 ± 11.5", "10.0 ± 0.0", "−42.7", "20.0 ± 0.0"]


def test_errors_against_the_truth_stand_beside_those_of_the_reference_itself(published):
    table = summarise_errors(slice_errors({"10": 3, "20": 3}), published)
    layout = layout_true_errors(table, PREDICTORS, "2 simulated subjects")
    assert [label for _, label in layout.columns[3:]] == [
        "Network",
        "Reference map (training target)",
        "Cohort mean",
    ]
    mae = next(row for row in layout.rows if row[:3] == ["Full brain", "MAE (ms)", "T2"])
    assert [cell.split(" ")[0] for cell in mae[3:]] == ["15.0", "5.0", "25.0"]
    assert is_well_formed(tables.to_html(layout))
    assert "Inputs of the network: mprage, flair." in layout.caption


def test_table_2_pairs_each_subject_with_itself(published):
    table = summarise_rois(roi_means(6), published)
    row = table.set_index(["predictor", "quantity", "region"]).loc[PREDICTORS[0], "T1", "gm"]
    assert row["n_subjects"] == 6
    assert row["predicted_mean_ms"] == 1003.5
    numbers = np.arange(1, 7)
    assert row["p_value"] == pytest.approx(stats.ttest_rel(numbers, numbers**2).pvalue)
    assert row["published_dl_mean_ms"] == 1199.8
    assert row["predicted_minus_published_dl_ms"] == pytest.approx(1003.5 - 1199.8)


@pytest.mark.parametrize("n_subjects, truth", [(1, 1.0), (2, np.nan), (6, 1.0)])
def test_table_2_is_well_formed_for_any_number_of_subjects(published, n_subjects, truth):
    layout = layout_rois(
        summarise_rois(roi_means(n_subjects, truth), published), PREDICTORS[0], "some subjects"
    )
    assert all(len(row) == len(layout.columns) for row in layout.rows)
    assert is_well_formed(tables.to_html(layout))
    assert ("Truth" in tables.to_html(layout)) == (truth == 1.0)


def test_a_region_without_voxels_is_a_dash_in_table_2(published):
    means = roi_means(3)
    means.loc[means["region"] == "putamen", ["predicted_ms", "reference_ms", "truth_ms"]] = np.nan
    layout = layout_rois(summarise_rois(means, published), PREDICTORS[0], "3 subjects")
    putamen = next(row for row in layout.rows if row[1] == "Putamen")
    assert putamen[5] == "–" and putamen[-2] == "0"


def test_baselines_have_their_own_test_in_each_region(published):
    means = roi_means(6)
    worse = means["predictor"] == "cohort_mean"
    means.loc[worse, "predicted_ms"] = (
        means.loc[worse, "reference_ms"] + 5.0 + means.index[worse] % 3
    )
    layout = layout_rois_of_baselines(
        summarise_rois(means, published), ["cohort_mean"], "6 simulated subjects"
    )
    assert [label for _, label in layout.columns] == [
        "",
        "Region",
        "Reference",
        "Mean ± SD",
        "P",
        "P (Holm)",
    ]
    assert all(row[4].endswith("*") for row in layout.rows) and len(layout.rows) == 8
    assert is_well_formed(tables.to_html(layout))


def test_the_eight_tests_of_a_predictor_are_corrected_together(published):
    table = summarise_rois(roi_means(6), published)
    of_network = table[table["predictor"] == PREDICTORS[0]]
    p = of_network["p_value"].iloc[0]
    assert of_network["p_value"].to_numpy() == pytest.approx(p)
    assert of_network["p_holm"].to_numpy() == pytest.approx(min(1, 8 * p))


def test_a_page_says_that_the_cohort_is_simulated():
    layout = tables.Layout("A <table>", "of & things", [("", "name"), ("", "x")], [["a", "1"]])
    page = tables.to_page([layout], "body {}", simulated=True)
    assert "SIMULATED" in page and "A &lt;table&gt;" in page
    assert "SIMULATED" not in tables.to_page([layout], "body {}", simulated=False)


FULL = tables.Layout(
    title="A & <b>",
    caption="Mean ± SD",
    columns=[("", "Region"), ("P", "t"), ("P", "Holm")],
    rows=[["GM", "<0.001*", "–"], ["GM", "−0.1", "1"]],
    n_headings=1,
    strong=frozenset({2, 1}),
    is_text=True,
)


def test_layouts_come_back_from_json_as_they_were():
    layouts = [FULL, tables.Layout("B", "caption", [("", "x")], [])]
    text = tables.to_json(layouts)
    assert tables.from_json(text) == layouts
    assert tables.to_json(tables.from_json(text)) == text
    assert "Mean ± SD" in text


@pytest.mark.parametrize("change", [{"colour": 1}, {"title": None}])
def test_stored_layouts_with_unknown_or_missing_attributes_are_refused(change):
    (stored,) = json.loads(tables.to_json([FULL]))
    stored |= change
    if stored["title"] is None:
        del stored["title"]
    with pytest.raises(TypeError, match="colour|title"):
        tables.from_json(json.dumps([stored]))


def test_a_row_that_lost_a_cell_is_an_error_that_names_table_and_row():
    with pytest.raises(ValueError, match=r"'Errors'.* 1 cells, not 2.*lone"):
        tables.Layout("Errors", "caption", [("", "x"), ("", "y")], [["a", "b"], ["lone"]])


def test_several_tables_of_a_page_stand_under_their_titles():
    layouts = [tables.Layout(name, "caption", [("", "x")], [[name]]) for name in ("A & A", "B")]
    page = tables.to_page(layouts, "main {}", simulated=True)
    assert page.index("<h1>A &amp; A</h1>") < page.index(tables.to_html(layouts[0]))
    assert page.index("<h2>B</h2>") < page.index(tables.to_html(layouts[1]))


def test_a_layout_in_a_template_is_its_table():
    template = jinja2.Environment(autoescape=True).from_string("{{ table }}, {{ table.title }}")
    assert template.render(table=FULL) == f"{tables.to_html(FULL)}, A &amp; &lt;b&gt;"


def test_a_heading_that_repeats_the_one_above_is_shown_once():
    rows = [["T1", "GM", "a"], ["T1", "GM", "b"], ["T1", "WM", "c"], ["T2", "WM", "d"]]
    layout = tables.Layout("t", "c", [("", "")] * 3, rows, n_headings=2)
    shown = [layout.visible_headings(index) for index in range(4)]
    assert shown == [["T1", "GM"], [None, None], [None, "WM"], ["T2", "WM"]]


def test_an_interval_stands_in_brackets_and_is_left_out_where_there_is_none():
    assert tables.interval(-1.25, -2, 3) == "−1.2 [−2.0, 3.0]"
    assert tables.interval(0.5, np.nan, 1, n_decimals=2) == "0.50"


def test_a_perfect_segmentation_hits_everything():
    true = np.random.default_rng(0).integers(0, 7, (8, 8, 8))
    tissue = np.where(np.isin(true, [1, 2, 3]), true, 0)
    rois = np.select([true == 2, true == 3, true == 4, true == 5], [1, 2, 3, 4], 0)
    accuracy = segmentation_accuracy(true > 0, true > 0, tissue, rois, true)
    assert set(accuracy.values()) == {1.0}


def test_lesions_count_neither_for_nor_against_a_segmentation():
    true = np.array([2, 3, 3, 6, 6]).reshape(5, 1, 1)
    tissue = np.array([2, 3, 3, 2, 3]).reshape(5, 1, 1)
    accuracy = segmentation_accuracy(true > 0, true > 0, tissue, np.zeros_like(true), true)
    assert accuracy["gm_dice"] == accuracy["wm_dice"] == 1
    assert np.isnan(accuracy["gm_hit_rate"])


def test_the_preprocessing_table_ends_with_the_mean():
    rows = [
        {
            "subject": name,
            "group": "MS",
            "error_mm_gre": error_mm,
            "movement_mm_gre": 1.0,
            **{f"{each}_dice": 0.9 for each in ("brain", "gm", "wm")},
            **{f"{each}_hit_rate": 0.5 for each in ("gm", "wm", "putamen", "thalamus")},
        }
        for name, error_mm in (("01", 0.1), ("02", 0.3))
    ]
    layout = layout_preprocessing(pd.DataFrame(rows), "2 simulated subjects")
    assert layout.rows[-1][:3] == ["Mean", "all", "0.20"]
    assert is_well_formed(tables.to_html(layout))
