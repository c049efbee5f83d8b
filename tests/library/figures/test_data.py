"""The CSV file of a figure contains the data shown; its alternative text describes them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from contrast2map.figures import data
from contrast2map.figures.ablation import (
    input_set_panels,
    input_sets,
    lesion_cases,
    lesion_panels,
)
from contrast2map.figures.agreement import bland_altman, bland_altman_data
from contrast2map.figures.cases import Case
from contrast2map.figures.lesions import lesion_data, lesion_figure
from contrast2map.figures.loss_curves import loss_curves, loss_data
from contrast2map.figures.network import network_data, network_diagram
from contrast2map.figures.representative_cases import representative_cases, representative_panels
from contrast2map.learning.inspection import Layer
from contrast2map.report import alternative_texts
from contrast2map.statistics.intervals import Interval
from contrast2map.study.groups import UNGROUPED
from figure_rows import written
from lesion_rows import lesion

REGIONS = ["gm", "wm", "putamen", "thalamus"]
NETWORKS = ["network_mprage+flair_seed-1", "network_mprage_seed-1"]


def case(predictors=NETWORKS[:1]):
    brain = np.zeros((20, 24), bool)
    brain[6:14, 6:18] = True
    ramp = np.linspace(0.9, 1.1, brain.size).reshape(brain.shape)
    return Case(
        subject="007",
        group="NA",
        slice_index=31,
        inputs={"mprage": brain * 5.0},
        reference_s={"T1": brain * ramp, "T2": brain * 0.08},
        predicted_s={
            name: {"T1": brain * (ramp + 0.05 * n), "T2": brain * (0.08 - 0.01 * n)}
            for n, name in enumerate(predictors, 1)
        },
        brain=brain,
        lesions=np.zeros_like(brain),
        voxel_mm=(2.0, 2.0),
    )


def test_points_lines_and_intervals_of_bland_altman_are_as_drawn(tmp_path):
    rng = np.random.default_rng(1)
    reference_ms = 1000 + 100 * rng.random((3, 4))
    predicted_ms = reference_ms + rng.normal(5, 10, (3, 4))
    predicted_ms[1, 2] = np.nan

    def intervals(values):
        return Interval(-30, -20), Interval(40, 50)

    figure = bland_altman(predicted_ms, reference_ms, REGIONS, "T1", intervals)
    rows = written(
        bland_altman_data(predicted_ms, reference_ms, ["01", "02", "03"], REGIONS, "T1", intervals),
        tmp_path,
    )

    assert list(rows["subject"].dropna().unique()) == ["01", "02", "03"]
    for axis, unit in zip(figure.axes, ("percent", "ms"), strict=True):
        drawn = np.vstack([points.get_offsets().filled(np.nan) for points in axis.collections])
        points = rows[rows["shows"] == "point"].sort_values(
            "region", key=lambda names: names.map(REGIONS.index), kind="stable"
        )
        assert points[["mean_ms", f"difference_{unit}"]].to_numpy() == pytest.approx(
            drawn, rel=1e-6, nan_ok=True
        )
        black = [line for line in axis.lines if line.get_color() == "black"]
        heights = [line.get_ydata()[0] for line in black if line.get_marker() == "None"][:3]
        lines = rows[rows["shows"].isin(["lower limit", "bias", "upper limit"])]
        assert lines[f"difference_{unit}"].to_numpy() == pytest.approx(heights, rel=1e-6)
        assert lines[f"interval_low_{unit}"].iloc[[0, 2]].tolist() == [-30, 40]
    published = rows[rows["shows"] == "published limit"]["difference_percent"]
    assert published.tolist() == [-5, 5]


def test_the_description_of_bland_altman_gives_bias_limits_and_numbers(tmp_path):
    reference_ms = np.full((2, 4), 1000.0)
    predicted_ms = reference_ms + [[10.0], [20.0]]
    rows = bland_altman_data(
        predicted_ms,
        reference_ms,
        ["01", "02"],
        REGIONS,
        "T1",
        lambda _: (Interval(0, 1), Interval(2, 3)),
    )
    words = alternative_texts.describe("bland_altman_T1", written(rows, tmp_path))
    assert "8 region means of T1 from 2 subjects" in words
    # SD of four times 10 and four times 20 is 5.345.
    assert "In ms: bias +15.0, limits of agreement +4.5 to +25.5." in words


def test_bland_altman_without_a_subject_is_described(tmp_path):
    nothing = np.empty((0, 4))
    no_interval = Interval(np.nan, np.nan)
    rows = bland_altman_data(
        nothing, nothing, [], REGIONS, "T2", lambda _: (no_interval, no_interval)
    )
    words = alternative_texts.describe("bland_altman_T2", written(rows, tmp_path))
    assert "0 region means of T2 from 0 subjects" in words and "bias –" in words


@pytest.mark.parametrize(
    "panels, figure",
    [
        (representative_panels([case(), case()]), representative_cases),
        (input_set_panels(case(NETWORKS)), input_sets),
        (lesion_panels([case(NETWORKS)], "mprage"), lesion_cases),
    ],
)
def test_tiles_have_the_windows_and_statistics_of_the_drawn_images(tmp_path, panels, figure):
    rows = written(data.of_panels(panels), tmp_path)
    images = [axis.images[0] for axis in figure(panels).axes if axis.images]
    images = images[: len(rows)]
    assert len(images) == len(rows) == sum(map(len, panels))
    assert set(rows["subject"]) == {"007"} and set(rows["group"]) == {"NA"}
    tiles = [panel for row in panels for panel in row]
    for (_, row), image, panel in zip(rows.iterrows(), images, tiles, strict=True):
        assert (row["window_low"], row["window_high"]) == pytest.approx(image.get_clim())
        shown = np.ma.filled(image.get_array(), np.nan).T[panel.case.brain]
        assert row["mean"] == pytest.approx(np.nanmean(shown), rel=1e-6, abs=1e-9)
        assert row["n_brain_voxels"] == np.isfinite(shown).sum()
        assert row["unit"] == ("a.u." if row["of"] == "image" else "ms")


def test_a_cropped_tile_gives_its_position_in_the_slice():
    rows = data.of_panels(representative_panels([case()]))
    # The brain begins at voxel 6; four voxels of margin.
    assert (rows[0]["first_x_voxel"], rows[0]["first_y_voxel"]) == (2, 2)
    assert (rows[0]["n_x_voxels"], rows[0]["n_y_voxels"]) == (16, 20)
    again = case().cropped((slice(2, 20), slice(3, 24))).cropped((slice(-4, None), slice(1, 9)))
    assert again.first_voxel == (16, 4)


def test_errors_are_described_by_subject_and_inputs(tmp_path):
    rows = written(data.of_panels(input_set_panels(case(NETWORKS))), tmp_path)
    words = alternative_texts.describe("input_sets", rows)
    assert "sub-007 (NA, slice 31)" in words
    assert "T1 50.0 ms, T2 10.0 ms with mprage + flair; T1 100.0 ms" in words
    two = [case(), replace(case(), subject="008", slice_index=7)]
    rows = written(data.of_panels(representative_panels(two)), tmp_path)
    assert "sub-008 (NA, slice 7)" in alternative_texts.describe("representative_cases", rows)


def test_a_case_of_a_cohort_without_groups_names_no_group(tmp_path):
    alone = replace(case(), group=UNGROUPED)
    assert alone.title == "sub-007\nslice 31"
    rows = written(data.of_panels(representative_panels([alone])), tmp_path)
    assert "sub-007 (slice 31)" in alternative_texts.describe("representative_cases", rows)


def test_no_lesion_is_described_as_none(tmp_path):
    rows = written(data.of_panels(lesion_panels([], "flair")), tmp_path)
    assert "no lesion" in alternative_texts.describe("lesion_cases", rows)
    empty = pd.DataFrame([lesion("01", 1, 1100.0)])[:0].assign(group="MS")
    rows = written(lesion_data(empty), tmp_path)
    assert "no lesion" in alternative_texts.describe("lesions", rows)


@pytest.mark.parametrize("truth_ms", [None, 1050.0])
def test_points_of_lesions_are_as_drawn(tmp_path, truth_ms):
    table = pd.DataFrame(
        [
            lesion(
                "01",
                n,
                1000.0 + 10 * n,
                1000.0 + 12 * n**2,
                truth_ms,
                quantity=quantity,
                group="MS",
            )
            for n in (1, 2, 3)
            for quantity in ("T1", "T2")
        ]
    )
    rows = written(lesion_data(table), tmp_path)
    figure = lesion_figure(table)
    ours = rows[rows["quantity"] == "T1"]
    drawn = figure.axes[0].collections[0].get_offsets()
    assert ours[["reference_contrast_ms", "predicted_contrast_ms"]].to_numpy() == pytest.approx(
        drawn
    )
    last = figure.axes[1 if truth_ms is None else 2].collections[0].get_offsets()
    assert ours[["diameter_mm", "predicted_error_ms"]].to_numpy() == pytest.approx(last)
    words = alternative_texts.describe("lesions", rows)
    assert "3 lesions in 1 subject." in words
    mean = "−36.0" if truth_ms is None else "−30.0"
    against = "reference" if truth_ms is None else "truth"
    assert f"relative to the {against} is {mean} ms" in words and "r = 0.99" in words


@pytest.mark.parametrize("validation", [(), ("validation_T1_error", "validation_T2_error")])
def test_loss_curves_are_as_drawn_and_described(tmp_path, validation):
    names = ("loss", "T1_error", "T2_error", *validation, "learning_rate")
    logs = {
        f"fold_{n}": {"epoch": [1.0, 2.0], "n_steps": [7.0, 14.0]}
        | {name: [0.5 + n, 0.25 + n] for name in names}
        for n in range(2)
    }
    rows = written(loss_data(logs), tmp_path)
    for line, fold in zip(loss_curves(logs).axes[0].lines, logs, strict=True):
        ours = rows[rows["fold"] == fold]
        assert ours["n_steps"].tolist() == list(line.get_xdata())
        assert ours["loss"].tolist() == pytest.approx(list(line.get_ydata()))
    axes = loss_curves(logs).axes
    assert set(names) < set(rows) and len(axes) == 3
    assert len(axes[1].lines) == len(logs) * (2 if validation else 1)
    # Relative errors are drawn in percent, with the validation above the training.
    last = rows[rows["fold"] == "fold_1"][(validation or ("T1_error",))[0]]
    assert list(axes[1].lines[-1].get_ydata()) == pytest.approx((100 * last).tolist())
    words = alternative_texts.describe("loss_curves_mprage_seed-1", rows)
    assert "2 folds over 2 epochs" in words
    assert "fold 0 from 0.5 to 0.25; fold 1 from 1.5 to 1.25." in words


def test_boxes_of_the_network_are_as_drawn(tmp_path):
    layers = [
        Layer("input", "InputLayer", (), 16, 12, 2, None, 0),
        Layer("down", "Conv2D", ("input",), 16, 12, 4, (3, 3), 10),
        Layer("pool", "AveragePooling2D", ("down",), 8, 6, 4, (2, 2), 0),
        Layer("bottom", "Conv2D", ("pool",), 8, 6, 8, (3, 3), 20),
        Layer("grow", "UpSampling2D", ("bottom",), 16, 12, 8, None, 0),
        Layer("skip", "Concatenate", ("down", "grow"), 16, 12, 12, None, 0),
        Layer("up", "Conv2D", ("skip",), 16, 12, 4, (3, 3), 30),
        Layer("maps", "Conv2D", ("up",), 16, 12, 2, (1, 1), 5),
    ]
    ends = (["mprage", "gre"], ["T1", "T2"])
    rows = written(network_data(layers, *ends), tmp_path)
    (axis,) = network_diagram(layers, *ends).axes
    drawn = [text.get_text() for text in axis.texts]
    stages = rows[rows["shows"].str.startswith("stage")]
    assert [f"{int(n)} channels" for n in stages["n_channels"]] == [
        text for text in drawn if text.endswith("channels")
    ]
    assert stages["skips_from"].tolist()[2] == "stage 1"
    assert rows["n_weights"].sum() == 65
    words = alternative_texts.describe("network", rows)
    assert "Inputs: MPRAGE, GRE; outputs: T1 and T2." in words
    assert "3 stages with 4, 8, 4 channels" in words and "1 skip connection, 65 weights" in words


def test_a_figure_without_a_description_is_an_error():
    with pytest.raises(KeyError, match="alternative_texts.py"):
        alternative_texts.describe("of_something_else", pd.DataFrame())
