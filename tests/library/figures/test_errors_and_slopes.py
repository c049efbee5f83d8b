"""Figures of slopes, paired errors, histograms, calibration and literature show known numbers."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from contrast2map.evaluation.region_means import region_points, slopes
from contrast2map.figures import style
from contrast2map.figures.calibration import calibration_figure
from contrast2map.figures.error_histogram import edges_ms, error_histogram, histogram_rows
from contrast2map.figures.literature import QIU, literature_figure, literature_rows
from contrast2map.figures.paired_errors import BETTER_COLOUR, WORSE_COLOUR, paired_errors
from contrast2map.figures.region_means import region_data, region_means
from contrast2map.report import alternative_texts
from contrast2map.study import records
from figure_rows import written
from project import ROOT

NETWORK, NULL = "network_mprage_seed-1", "cohort_mean"
REGIONS = ("gm", "wm", "putamen", "thalamus")


def is_printable(figure, n_columns):
    """Whether a figure has the width of its columns and no text below six points."""
    width, height = figure.get_size_inches()
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()]
    fits = width == pytest.approx(style.WIDTHS_INCHES[n_columns]) and height < style.TALLEST_INCHES
    return fits and min(sizes) >= 6 and max(sizes) <= 8


def means(slope=0.5, n_subjects=5):
    """Region means whose truth rises by 10 ms per subject, and the network's by a share of it."""
    return pd.DataFrame(
        {
            "predictor": predictor,
            "quantity": quantity,
            "region": region,
            "subject": f"{number:02d}",
            "predicted_ms": 1000.0 + (slope if predictor == NETWORK else 0) * 10 * number,
            "reference_ms": 900.0,
            "truth_ms": 1000.0 + 10 * number,
        }
        for predictor in (NETWORK, NULL)
        for quantity in ("T1", "T2")
        for region in REGIONS
        for number in range(n_subjects)
    )


@pytest.mark.parametrize("n_columns", [1, 2])
def test_the_slope_is_that_of_predicted_on_known_means(tmp_path, n_columns):
    points = region_points(means(0.5), [NETWORK, NULL], "truth")
    for (predictor, *_), (slope, bounds) in slopes(points).items():
        expected = 0.5 if predictor == NETWORK else 0
        assert slope == pytest.approx(expected)
        assert bounds.low == pytest.approx(expected) == bounds.high
    figure = region_means(points, n_columns)
    assert is_printable(figure, n_columns) and len(figure.axes) == 8
    texts = [text.get_text() for axis in figure.axes for text in axis.texts]
    assert texts == ["slope 0.50 [0.50, 0.50]"] * 8
    drawn = figure.axes[0].collections[0].get_offsets()
    assert drawn.tolist() == [[1000 + 10 * n, 1000 + 5 * n] for n in range(5)]
    rows = written(region_data(points), tmp_path)
    assert len(rows[rows["shows"] == "point"]) == 2 * 2 * 4 * 5
    words = alternative_texts.describe("region_means", rows)
    assert "5 subjects" in words and "Slopes of T1: Cortical GM 0.50, WM 0.50" in words


def test_a_region_without_voxels_and_a_single_subject_can_be_drawn(tmp_path):
    missing = means(n_subjects=1)
    missing.loc[missing["region"] == "putamen", "predicted_ms"] = np.nan
    points = region_points(missing, [NETWORK, NULL], "reference")
    assert set(points["region"]) == {"gm", "wm", "thalamus"}
    assert is_printable(region_means(points, 2), 2)
    nothing = region_points(missing[:0], [NETWORK, NULL], "reference")
    rows = written(region_data(nothing), tmp_path)
    assert "empty" in alternative_texts.describe("region_means", rows)
    region_means(nothing, 1)


def test_each_subject_is_a_line_whose_colour_says_who_is_more_accurate(tmp_path):
    rows = [
        {"level": level, "quantity": quantity, "subject": "01", "null_ms": 30.0, "network_ms": 20.0}
        for level in ("region means", "voxels", "lesions")
        for quantity in ("T1", "T2")
    ]
    rows += [row | {"subject": "02", "null_ms": 10.0, "network_ms": 40.0} for row in rows]
    pairs = pd.DataFrame(rows)
    p_values = {(row["level"], row["quantity"]): 0.25 for row in rows}
    p_values["voxels", "T2"] = np.nan
    for n_columns in (1, 2):
        figure = paired_errors(pairs, p_values, n_columns)
        assert is_printable(figure, n_columns) and len(figure.axes) == 6
        for axis in figure.axes:
            better, worse, mean = axis.lines
            assert (better.get_color(), worse.get_color()) == (BETTER_COLOUR, WORSE_COLOUR)
            assert list(better.get_ydata()) == [30, 20] and list(mean.get_ydata()) == [20, 30]
        titles = [axis.get_title() for axis in figure.axes]
        assert "T1, region means\n(P = 0.25)" in titles and "T2, voxels\n(not tested)" in titles
    words = alternative_texts.describe("paired_errors", written(rows, tmp_path))
    assert "T1, lesions: 20.0 ms for the tissue mean, 30.0 ms for the network" in words
    assert "more accurate in 1 of 2 subjects" in words


def test_the_histogram_shows_the_share_of_the_voxels(tmp_path):
    counts = {
        (name, quantity): np.zeros(len(edges_ms(quantity)) - 1, int)
        for name in (NETWORK, NULL)
        for quantity in ("T1", "T2")
    }
    for of_bins in counts.values():
        of_bins[[0, 30]] = 3, 1
    rows = written(histogram_rows(counts, "truth"), tmp_path)
    first = rows[(rows["predictor"] == NETWORK) & (rows["quantity"] == "T1")]
    assert first["share_percent"].iloc[[0, 1, 30]].tolist() == [75, 0, 25]
    assert (first["low_ms"].iloc[0], first["high_ms"].iloc[-1]) == (-300, 300)
    for n_columns in (1, 2):
        figure = error_histogram(counts, "truth", n_columns)
        assert is_printable(figure, n_columns)
        steps = figure.axes[0].patches[0].get_data().values
        assert steps[0] == 75 and steps.sum() == 100
    # Middles of the bins: -295 and 5 ms.
    words = alternative_texts.describe("error_histogram", rows)
    assert "relative to the truth" in words and "T1, Network: mean of the bins −220.0 ms" in words


@pytest.mark.parametrize("n_columns", [1, 2])
def test_a_spread_of_half_the_error_is_off_the_line_of_identity(tmp_path, n_columns):
    bins = pd.DataFrame(
        {
            "quantity": quantity,
            "subject": subject,
            "against": "truth",
            "bin": number,
            "n_voxels": 10,
            "spread_ms": 10.0 * number,
            "error_ms": 20.0 * number,
        }
        for quantity in ("T1", "T2")
        for subject in ("01", "02")
        for number in (1, 2, 3)
    )
    figure = calibration_figure(bins, "truth", n_columns)
    assert is_printable(figure, n_columns)
    line = figure.axes[0].lines[0]
    assert list(line.get_ydata()) == [20, 40, 60] and list(line.get_xdata()) == [10, 20, 30]
    assert figure.axes[0].get_xlim() == figure.axes[0].get_ylim()
    rows = written(bins.to_dict("records"), tmp_path)
    words = alternative_texts.describe("calibration", rows)
    assert "in 2 subjects" in words and "T2: the error is 2.0 times the spread" in words


def test_literature_is_drawn_as_bands_behind_this_study(tmp_path):
    table = pd.DataFrame(
        {
            "predictor": NETWORK,
            "quantity": quantity,
            "region": region,
            "predicted_mean_ms": 900.0,
            "predicted_sd_ms": 10.0,
            "reference_mean_ms": 950.0,
            "reference_sd_ms": np.nan,
            "published_reference_mean_ms": 800.0,
            "published_reference_sd_ms": 30.0,
        }
        for quantity in ("T1", "T2")
        for region in REGIONS
    )
    literature = records.read([ROOT / "config/literature_values.csv"])
    rows = literature_rows(table, NETWORK, literature)
    read = written(rows, tmp_path)
    network = read[(read["shows"] == "network")].iloc[0]
    assert (network["low_ms"], network["mean_ms"], network["high_ms"]) == (890, 900, 910)
    qiu = read[read["source"] == QIU].iloc[0]
    assert (qiu["low_ms"], qiu["high_ms"]) == (770, 830)
    for n_columns in (1, 2):
        figure = literature_figure(rows, n_columns)
        assert is_printable(figure, n_columns)
        bands = {(bar.get_x(), bar.get_x() + bar.get_width()) for bar in figure.axes[0].patches}
        assert (699, 1735) in bands and (770, 830) in bands
    words = alternative_texts.describe("literature", read)
    assert "Bojorquez 2017" in words and "Network, T1: Cortical GM 900 ms" in words


def test_each_value_of_the_literature_has_its_source_and_where_it_was_read():
    literature = records.read([ROOT / "config/literature_values.csv"])
    assert (literature["low_ms"] < literature["high_ms"]).all()
    assert set(literature["quantity"]) <= {"T1", "T2"} and set(literature["region"]) <= set(REGIONS)
    assert literature["doi"].str.startswith("10.").all() and not literature.isna().any().any()
