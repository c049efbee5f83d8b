"""Figures can be drawn for any cohort, and the same data give the same file."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image
from scipy import stats

from contrast2map.figures import style
from contrast2map.figures.ablation import (
    input_set_panels,
    input_sets,
    lesion_cases,
    lesion_panels,
)
from contrast2map.figures.agreement import bland_altman
from contrast2map.figures.cases import Case
from contrast2map.figures.loss_curves import loss_curves
from contrast2map.figures.network import network_diagram, split_stages, summarise
from contrast2map.figures.representative_cases import representative_cases, representative_panels
from contrast2map.learning.inspection import Layer
from contrast2map.statistics.intervals import NONE, Interval

REGIONS = ["gm", "wm", "putamen", "thalamus"]
LOGGED = ("n_steps", "loss", "T1_error", "T2_error", "validation_T1_error", "learning_rate")


def no_intervals(differences):
    """No interval of either limit of agreement, as with too few subjects."""
    return NONE, NONE


@pytest.fixture
def layers():
    """A U-Net of two scales on 16 x 12 voxels."""

    def convolutions(name, parent, size, n_channels):
        found = []
        for number in range(2):
            for kind in ("Conv2D", "BatchNormalization", "ReLU"):
                kernel = (3, 3) if kind == "Conv2D" else None
                layer_name = f"{name}_{kind}_{number}"
                found.append(Layer(layer_name, kind, (parent,), *size, n_channels, kernel, 10))
                parent = layer_name
        return found

    big, small = (16, 12), (8, 6)
    down = convolutions("down", "input", big, 4)
    pool = Layer("pool", "AveragePooling2D", (down[-1].name,), *small, 4, (2, 2), 0)
    bottom = convolutions("bottom", "pool", small, 8)
    grow = Layer("grow", "UpSampling2D", (bottom[-1].name,), *big, 8, None, 0)
    halve = Layer("halve", "Conv2D", ("grow",), *big, 4, (2, 2), 5)
    skip = Layer("skip", "Concatenate", (down[-1].name, "halve"), *big, 8, None, 0)
    up = convolutions("up", "skip", big, 4)
    maps = Layer("maps", "Conv2D", (up[-1].name,), *big, 2, (1, 1), 3)
    first = Layer("input", "InputLayer", (), *big, 3, None, 0)
    return [first, *down, pool, *bottom, grow, halve, skip, *up, maps]


NETWORKS = ["network_mprage+gre+flair_seed-1", "network_mprage+gre_seed-1"]


def case(lesions=True, predictors=NETWORKS[:1]):
    brain = np.zeros((20, 24), bool)
    brain[4:16, 4:20] = True
    lesion = np.zeros_like(brain)
    lesion[8:10, 8:10] = lesions
    return Case(
        subject="01",
        group="relapsing_remitting",
        slice_index=40,
        inputs={"mprage": brain * 1.0},
        reference_s={"T1": brain * 1.0, "T2": brain * 0.08},
        predicted_s={name: {"T1": brain * 1.1, "T2": brain * 0.07} for name in predictors},
        brain=brain,
        lesions=lesion,
        voxel_mm=(1.0, 1.0),
    )


def texts(figure):
    found = [text.get_text() for axis in figure.axes for text in axis.texts]
    return found + [text.get_text() for text in figure.texts]


def test_a_network_is_split_where_its_scale_changes(layers):
    stages = split_stages(layers)
    assert [stage.layers[0].name for stage in stages] == ["input", "pool", "grow"]
    assert stages[2].skips_from == [0]


def test_repeated_groups_of_layers_are_counted(layers):
    assert summarise(layers[1:7]) == ["2 × (3×3 conv, BN, ReLU)"]


def test_the_diagram_names_channels_inputs_and_outputs(layers):
    figure = network_diagram(layers, ["mprage", "gre", "flair"], ["T1", "T2"])
    drawn = "\n".join(texts(figure))
    for word in ("8 channels", "8×6", "FLAIR", "1×1 conv", "T1, T2", "average", "bilinear"):
        assert word in drawn


def chain(names, kinds, size, parent, n_channels):
    """Layers of one scale, one after the other."""
    found = []
    for name, kind in zip(names, kinds, strict=True):
        kernel = (2, 2) if name == "shrink" else (1, 1) if kind == "ExactConv2D" else None
        found.append(Layer(name, kind, (parent,), *size, n_channels, kernel, 1))
        parent = name
    return found


def test_all_words_of_the_pretrained_network_are_inside_their_boxes():
    twice = ["OwnKernels", "ReLU"] * 2
    first = Layer("input", "InputLayer", (), 16, 12, 2, None, 0)
    down = chain("abcdef", ["IntoSlots", "WithLogarithms", *twice], (16, 12), "input", 16)
    small = chain(["shrink", "g"], ["Conv2D", "ReLU"], (8, 6), "f", 24)
    grow = Layer("grow", "Conv2DTranspose", ("g",), 16, 12, 16, (2, 2), 1)
    skip = Layer("skip", "Concatenate", ("f", "grow"), 16, 12, 32, None, 0)
    kinds = [*twice, "ExactConv2D", "Outputs", "ScaledMaps"]
    up = chain("hijklmn", kinds, (16, 12), "skip", 4)
    figure = network_diagram([first, *down, *small, grow, skip, *up], ["t1w", "flair"], ["T1"])
    figure.canvas.draw()
    boxes = [each.get_window_extent() for each in figure.axes[0].patches]
    words = [text for text in figure.axes[0].texts if text.get_ha() == "center" and text.get_text()]
    assert len(words) == 2 * len(boxes) == 10 and any("bounds" in w.get_text() for w in words)
    for text in words:
        of = text.get_window_extent()
        (box,) = [each for each in boxes if each.contains((of.x0 + of.x1) / 2, of.y1)]
        assert box.x0 < of.x0 and of.x1 < box.x1 and box.y0 < of.y0, text.get_text()


def test_the_same_data_give_the_same_files(tmp_path):
    for name in ("first", "second"):
        predicted_ms = np.array([[1200.0, 820, 960, 880], [1210.0, 810, 990, 860]])
        figure = bland_altman(predicted_ms, predicted_ms * 1.02, REGIONS, "T1", no_intervals)
        style.save(figure, tmp_path / f"{name}.png", tmp_path / f"{name}.pdf")
    for suffix in ("png", "pdf"):
        first, second = (tmp_path / f"{name}.{suffix}" for name in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()


def test_a_saved_figure_is_printable(tmp_path):
    figure = bland_altman([[100.0] * 4], [[101.0] * 4], REGIONS, "T2", no_intervals)
    style.save(figure, tmp_path / "a.png", tmp_path / "a.pdf")
    image = Image.open(tmp_path / "a.png")
    assert image.mode == "RGB"
    assert image.width / 300 * 25.4 == pytest.approx(175, abs=0.1)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in pdf and b"/Type3" not in pdf
    assert b"CreationDate" not in pdf


def test_every_figure_has_the_width_of_a_column_and_no_text_below_six_points(layers):
    log = {name: [0.5, 0.4] for name in LOGGED}
    many = [f"network_{'+'.join('abcdefg'[: n + 1])}_seed-1" for n in range(7)]
    drawn = [
        network_diagram(layers, ["mprage"], ["T1", "T2"]),
        bland_altman([[100.0] * 4], [[101.0] * 4], REGIONS, "T2", no_intervals),
        loss_curves({f"fold_{n}": log for n in range(6)}),
        loss_curves({f"fold_{n}": log for n in range(6)}, n_columns=1),
        representative_cases(representative_panels([case()] * 3)),
        representative_cases(representative_panels([case()] * 6), n_columns=1),
        bland_altman([[100.0] * 4], [[101.0] * 4], REGIONS, "T2", no_intervals, n_columns=1),
        input_sets(input_set_panels(case(predictors=NETWORKS))),
        input_sets(input_set_panels(case(predictors=many))),
        lesion_cases(lesion_panels([case(predictors=NETWORKS)], "mprage")),
        lesion_cases([]),
    ]
    widest = style.TWO_COLUMNS_INCHES + 1e-6
    for figure in drawn:
        width, height = figure.get_size_inches()
        assert width <= widest and height <= style.TALLEST_INCHES
        sizes = {text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()}
        assert min(sizes) >= 6 and max(sizes) <= 8
        plt.close(figure)


def test_published_bounds_are_drawn_as_published():
    figure = bland_altman([[100.0, 70, 70, 70]], [[101.0, 70, 70, 70]], REGIONS, "T2", no_intervals)
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert "published limits ±10 %" in labels and "published bias ±1 %" in labels
    spans = {
        (round(patch.get_y(), 6), round(patch.get_y() + patch.get_height(), 6))
        for patch in figure.axes[0].patches
    }
    assert spans == {(-10, 10), (-1, 1)}
    low, high = figure.axes[0].get_ylim()
    assert low < -10 and high > 10


def test_existing_intervals_of_bias_and_limits_are_whiskers_in_the_margin():
    reference_ms = np.array([[1200.0, 800, 900, 880], [1180.0, 810, 930, 890]])
    predicted_ms = reference_ms + [[10], [30]]
    figure = bland_altman(
        predicted_ms, reference_ms, REGIONS, "T1", lambda _: (Interval(-9, -5), Interval(50, 61))
    )
    axis = figure.axes[1]
    whiskers = [line for line in axis.lines if line.get_marker() == "_"]
    drawn = {tuple(np.round(line.get_ydata(), 6)) for line in whiskers}
    assert all(min(line.get_xdata()) > 1 for line in whiskers)  # in widths of the panel
    half_width = stats.t.ppf(0.975, 1) * 10
    assert axis.get_ylim()[0] <= 20 - half_width
    assert drawn == {
        (-9, -5),
        (50, 61),
        (round(20 - half_width, 6), round(20 + half_width, 6)),
    }


@pytest.mark.parametrize("values", [[], [[1000.0] * 4], [[np.nan] * 4] * 2, [[1000.0] * 4] * 2])
def test_bland_altman_accepts_missing_values(values):
    values = np.reshape(values, (-1, 4))
    figure = bland_altman(values, values, REGIONS, "T1", no_intervals)
    assert len(figure.axes) == 2
    narrow = bland_altman(values, values, REGIONS, "T1", no_intervals, n_columns=1)
    assert narrow.get_size_inches()[0] * 25.4 == pytest.approx(85)


@pytest.mark.parametrize("n_cases, lesions", [(1, True), (3, False)])
def test_cases_are_drawn_with_and_without_lesions(tmp_path, n_cases, lesions):
    figure = representative_cases(representative_panels([case(lesions)] * n_cases))
    assert len(figure.axes) == n_cases * 7 + 4
    style.save(figure, tmp_path / "cases.png", tmp_path / "cases.pdf")


def test_the_error_window_is_symmetric_about_zero():
    figure = representative_cases(representative_panels([case()]))
    error = figure.axes[3].images[0]
    low, high = error.get_clim()
    assert low == -high
    inside = error.get_array().compressed()
    assert inside == pytest.approx(100)


def test_voxels_without_reference_have_no_error():
    holed = case()
    reference_s = holed.reference_s["T1"].copy()
    reference_s[6:9] = 0
    holed = replace(holed, reference_s=holed.reference_s | {"T1": reference_s})
    n_errors = [
        representative_cases(representative_panels([each])).axes[3].images[0].get_array().count()
        for each in (case(), holed)
    ]
    assert n_errors[0] - n_errors[1] == 3 * 16


def test_all_rows_of_a_column_share_a_window():
    figure = representative_cases(representative_panels([case(), case(lesions=False)]))
    for column in range(1, 7):
        upper, lower = (figure.axes[column + 7 * row].images[0] for row in range(2))
        assert upper.get_clim() == lower.get_clim()


@pytest.mark.parametrize("n_sets", [2, 7])
def test_each_input_set_has_a_row_of_maps_and_errors(tmp_path, n_sets):
    names = [f"network_{'+'.join('abcdefg'[: n + 1])}_seed-1" for n in range(n_sets)]
    figure = input_sets(input_set_panels(case(predictors=names)))
    assert len(figure.axes) == 4 * (1 + n_sets) + 4
    labels = [figure.axes[4 * row].get_ylabel() for row in range(1 + n_sets)]
    assert labels[:3] == ["reference", "a", "a + b"]
    assert texts(figure).count("MAE\n100.0 ms") == texts(figure).count("MAE\n10.0 ms") == n_sets
    style.save(figure, tmp_path / "sets.png", tmp_path / "sets.pdf")


def test_the_error_on_a_tile_is_over_voxels_with_a_reference():
    holed = case()
    reference_s = holed.reference_s["T1"].copy()
    reference_s[6:9] = 0
    holed = replace(holed, reference_s=holed.reference_s | {"T1": reference_s})
    figure = input_sets(input_set_panels(holed))
    assert "MAE\n100.0 ms" in texts(figure)


def test_maps_are_in_the_row_of_their_inputs():
    two = case(predictors=NETWORKS)
    two.predicted_s[NETWORKS[1]]["T1"] = two.brain * 1.3
    figure = input_sets(input_set_panels(two))
    assert [figure.axes[4 * row].images[0].get_array().max() for row in range(3)] == pytest.approx(
        [1000, 1100, 1300]
    )


def test_lesions_are_shown_with_and_without_the_contrast(tmp_path):
    two = case(predictors=NETWORKS)
    two.predicted_s[NETWORKS[1]]["T2"] = two.brain * 0.09
    figure = lesion_cases(lesion_panels([two, two], "mprage"))
    assert len(figure.axes) == 2 * 7 + 2
    titles = [axis.get_title() for axis in figure.axes[:7]]
    assert titles[4:] == ["T2 reference", "T2 with MPRAGE", "T2 without MPRAGE"]
    shown = [axis.images[0].get_array().max() for axis in figure.axes[4:7]]
    assert shown == pytest.approx([80, 70, 90])
    style.save(figure, tmp_path / "lesions.png", tmp_path / "lesions.pdf")


def test_a_figure_without_lesions_says_so(tmp_path):
    figure = lesion_cases(lesion_panels([], "flair"))
    assert "no lesion" in texts(figure)[0]
    style.save(figure, tmp_path / "none.png", tmp_path / "none.pdf")


@pytest.mark.parametrize("n_epochs, loss", [(1, 0.5), (5, 0.5), (5, 0.0)])
def test_loss_curves_show_one_epoch_or_many(tmp_path, n_epochs, loss):
    log = {name: [loss] * n_epochs for name in LOGGED}
    log["n_steps"] = list(range(1, n_epochs + 1))
    style.save(
        loss_curves({"fold_0": log, "fold_1": log}), tmp_path / "loss.png", tmp_path / "loss.pdf"
    )
