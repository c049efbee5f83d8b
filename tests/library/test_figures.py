"""Figures are drawn for any cohort, and the same data give the same file."""

import numpy as np
import pytest

from contrast2map import cases, figures
from contrast2map.figures_agreement import bland_altman
from contrast2map.figures_maps import Case, representative_cases
from contrast2map.figures_network import network_diagram, split_stages, summarise
from contrast2map.figures_training import loss_curves
from contrast2map.network import Layer


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


def case(lesions=True):
    brain = np.zeros((20, 24), bool)
    brain[4:16, 4:20] = True
    lesion = np.zeros_like(brain)
    lesion[8:10, 8:10] = lesions
    return Case(
        title="sub-01",
        inputs={"mprage": brain * 1.0},
        reference_s={"T1": brain * 1.0, "T2": brain * 0.08},
        predicted_s={"T1": brain * 1.1, "T2": brain * 0.07},
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


def test_equal_groups_of_layers_are_counted(layers):
    assert summarise(layers[1:7]) == ["2 × (3×3 conv, BN, ReLU)"]


def test_the_diagram_names_channels_inputs_and_outputs(layers):
    figure = network_diagram(layers, ["mprage", "gre", "flair"], ["T1", "T2"])
    drawn = "\n".join(texts(figure))
    for word in ("8 channels", "8×6", "FLAIR", "1×1 conv", "T1, T2", "average", "bilinear"):
        assert word in drawn


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_data_give_the_same_file(tmp_path, suffix):
    for name in ("first", "second"):
        predicted_ms = np.array([1200.0, 820, 960, 880])
        regions = ["gm", "wm", "putamen", "thalamus"]
        figure = bland_altman(predicted_ms, predicted_ms * 1.02, regions, "T1")
        figures.save(figure, tmp_path / f"{name}.{suffix}")
    first, second = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in ("first", "second"))
    assert first == second


def test_published_bounds_are_drawn_as_published():
    figure = bland_altman([100.0, 110.0], [101.0, 109.0], ["gm", "wm"], "T2")
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert "published: limits within ±10 %" in labels
    assert "published: mean difference within ±1 %" in labels


@pytest.mark.parametrize("values", [[], [1000.0], [np.nan, np.nan], [1000.0, 1000.0]])
def test_bland_altman_draws_whatever_there_is(values):
    figure = bland_altman(values, values, ["gm"] * len(values), "T1")
    assert len(figure.axes) == 2


@pytest.mark.parametrize("n_cases, lesions", [(1, True), (3, False)])
def test_cases_are_drawn_with_and_without_lesions(tmp_path, n_cases, lesions):
    figure = representative_cases([case(lesions)] * n_cases)
    assert len(figure.axes) == n_cases * 7 + 4
    figures.save(figure, tmp_path / "cases.png")


def test_the_error_window_is_symmetric_about_zero():
    figure = representative_cases([case()])
    error = figure.axes[3].images[0]
    low, high = error.get_clim()
    assert low == -high
    inside = error.get_array().compressed()
    assert inside == pytest.approx(100)


@pytest.mark.parametrize("n_epochs, loss", [(1, 0.5), (5, 0.5), (5, 0.0)])
def test_loss_curves_show_one_epoch_or_many(tmp_path, n_epochs, loss):
    log = {name: [loss] * n_epochs for name in ("loss", "l1", "ssim_loss", "learning_rate")}
    log["epoch"] = list(range(1, n_epochs + 1))
    figures.save(loss_curves({"fold_0": log, "fold_1": log}), tmp_path / "loss.png")


def test_cases_with_most_lesion_come_first_and_never_those_without():
    assert cases.choose_by_lesions({"01": 3, "02": 9, "03": 0, "04": 3}, 3) == ["02", "01", "04"]


def test_without_lesions_cases_span_the_errors():
    assert cases.choose_by_error({"01": 5, "02": 1, "03": 3}, 2) == ["02", "01"]
    assert cases.choose_by_error({"01": 5}, 3) == ["01"]


def test_the_slice_with_most_of_a_mask_is_chosen_among_the_selected():
    mask = np.zeros((2, 2, 4), bool)
    mask[..., 3] = True
    mask[0, :, 1] = True
    assert cases.largest_slice(mask, [0, 1, 2]) == 1
