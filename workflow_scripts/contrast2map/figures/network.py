"""Figure 1: the network, drawn from the layers of a trained model."""

import math
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from contrast2map.figures import style
from contrast2map.study.contrast_names import usual_name

SHORT_NAMES = {"relu": "ReLU", "ReLU": "ReLU", "BatchNormalization": "BN", "Concatenate": "concat"}
SHORT_NAMES |= {"Add": "sum", "ChannelNormalisation": "norm", "OwnKernels": "own conv"}
SHORT_NAMES |= {"IntoSlots": "slots", "WithLogarithms": "logs", "Conv2DTranspose": "2×2 upconv"}
SHORT_NAMES |= {"Outputs": "bounds", "ScaledMaps": "exp", "ExactConv2D": "1×1 conv"}
COLOURS = {"down": "#d6e4f2", "up": "#f7e3cf", "bottom": "#e3e3e3", "end": "#ffffff"}
# In inches on the page; stages of neighbouring scales may overlap horizontally.
BOX_WIDTH, BOX_HEIGHT, END_WIDTH, GAP, MARGIN = 0.79, 0.68, 0.58, 0.17, 0.03
LEVEL = 1.08


@dataclass
class Stage:
    """Layers at one scale, between two changes of scale.

    Attributes:
        layers: The layers, in order; the first one changes the scale.
        skips_from: Indices of earlier stages whose output is concatenated here.
    """

    layers: list
    skips_from: list = field(default_factory=list)


def split_stages(layers):
    """Group the layers of a network into stages of one scale.

    Args:
        layers: Records of `inspection.describe_layers`, the input first.

    Returns:
        List of `Stage` in the order of the network.
    """
    sizes = {layer.name: (layer.height, layer.width) for layer in layers}
    stages, stage_of = [], {}
    for layer in layers:
        from_stages = sorted({stage_of[parent] for parent in layer.parents})
        changes_scale = any(
            sizes[parent] != (layer.height, layer.width) for parent in layer.parents
        )
        if not layer.parents or changes_scale:
            stages.append(Stage(layers=[]))
            index = len(stages) - 1
        else:
            index = from_stages[-1]
            stages[index].skips_from += from_stages[:-1]
        stages[index].layers.append(layer)
        stage_of[layer.name] = index
    return stages


def summarise(layers):
    """Layers in words; repeated groups are counted.

    Args:
        layers: Records of `inspection.describe_layers`, without input and changes of scale.

    Returns:
        List of lines such as "3 × (3×3 conv, BN, ReLU)".
    """
    groups = []
    for layer in layers:
        name = _short_name(layer)
        if not groups or name.endswith("conv"):
            groups.append([name])
        else:
            groups[-1].append(name)
    lines = []
    while groups:
        n_equal = next(
            (n for n, group in enumerate(groups) if group != groups[0]),
            len(groups),
        )
        text = ", ".join(groups[0])
        lines.append(f"{n_equal} × ({text})" if n_equal > 1 else text)
        groups = groups[n_equal:]
    return lines


def network_diagram(layers, input_names, output_names):
    """The network as a U: one box per stage, arrows for changes of scale and skip connections.

    Args:
        layers: Records of `inspection.describe_layers`, the input first.
        input_names: Names of the input channels.
        output_names: Names of the output channels.

    Returns:
        The figure.
    """
    stages = split_stages(layers)
    full_height = stages[0].layers[0].height
    levels = [round(math.log2(full_height / stage.layers[-1].height)) for stage in stages]
    deepest = max(levels)
    ends = BOX_WIDTH + 2 * (GAP + END_WIDTH + MARGIN)
    # More scales than in the paper make the figure wider, not the text smaller.
    column = max(
        min((style.TWO_COLUMNS_INCHES - ends) / max(len(stages) - 1, 1), BOX_WIDTH + GAP),
        BOX_WIDTH / 2 + GAP / 2,
    )
    first = MARGIN + END_WIDTH + GAP + BOX_WIDTH / 2
    x_of = [first + index * column for index in range(len(stages))]
    y_of = [(deepest - level) * LEVEL for level in levels]
    width = ends + (len(stages) - 1) * column
    height = deepest * LEVEL + BOX_HEIGHT + 0.3
    figure, axis = plt.subplots(figsize=(width, height))
    figure.subplots_adjust(0, 0, 1, 1)
    axis.set_axis_off()
    axis.set_xlim(0, width)
    bottom_edge = -BOX_HEIGHT / 2 - 0.24
    axis.set_ylim(bottom_edge, bottom_edge + height)
    bottom = levels.index(deepest)
    for index, stage in enumerate(stages):
        kind = "down" if index < bottom else "bottom" if index == bottom else "up"
        body = _body(stage, is_last=index == len(stages) - 1)
        lines = [_wrap(line) for line in summarise(body)] or [""]
        n_channels = _n_channels(stage, is_last=index == len(stages) - 1)
        size = f"{stage.layers[-1].height}×{stage.layers[-1].width}"
        _box(axis, x_of[index], y_of[index], kind, f"{n_channels} channels", [size, *lines])
        for source in stage.skips_from:
            _arrow(axis, (x_of[source], y_of[source]), (x_of[index], y_of[index]), skip=True)
        if index:
            _scale_arrow(
                axis, stage, (x_of[index - 1], y_of[index - 1]), (x_of[index], y_of[index])
            )
    # A custom model may begin or end at any scale; draw input and output next to that stage.
    left, right = MARGIN + END_WIDTH / 2, width - MARGIN - END_WIDTH / 2
    names = [usual_name(name) for name in input_names]
    _box(axis, left, y_of[0], "end", "Input", names, END_WIDTH)
    _arrow(axis, (left + END_WIDTH / 2, y_of[0]), (x_of[0] - BOX_WIDTH / 2, y_of[0]), pad=0)
    lines = [_short_name(layers[-1]), ", ".join(output_names)]
    _box(axis, right, y_of[-1], "end", "Output", lines, END_WIDTH)
    _arrow(axis, (x_of[-1] + BOX_WIDTH / 2, y_of[-1]), (right - END_WIDTH / 2, y_of[-1]), pad=0)
    n_parameters = sum(layer.n_parameters for layer in layers)
    axis.text(
        MARGIN,
        bottom_edge + 0.05,
        f"{n_parameters:,} weights. Sizes are those of one training patch (height × width). "
        "Dashed: skip connections.".replace(",", " ", f"{n_parameters:,}".count(",")),
        fontsize=style.SMALL_POINTS,
        color="#444444",
    )
    return figure


def network_data(layers, input_names, output_names):
    """Data of the figure as rows, one per box.

    Args:
        layers: As in `network_diagram`, like the other arguments.

    Returns:
        List of dictionaries; stages are counted from 1, `skips_from` names the stages whose output
        is concatenated, and sizes are those of one training patch.
    """
    stages = split_stages(layers)
    rows = [{"shows": "input", "names": " ".join(input_names)}]
    for index, stage in enumerate(stages):
        is_last = index == len(stages) - 1
        shown = stage.layers[:-1] if is_last else stage.layers
        words = summarise([layer for layer in shown if layer.parents])
        rows.append(
            {
                "shows": f"stage {index + 1}",
                "layers": "; ".join(words).replace("\n", " "),
                "skips_from": " ".join(f"stage {source + 1}" for source in stage.skips_from),
                "height_voxels": stage.layers[-1].height,
                "width_voxels": stage.layers[-1].width,
                "n_channels": _n_channels(stage, is_last),
                "n_weights": sum(layer.n_parameters for layer in shown),
            }
        )
    last = layers[-1]
    output = {"shows": "output", "names": " ".join(output_names), "layers": _short_name(last)}
    return [*rows, output | {"n_weights": last.n_parameters}]


def _body(stage, is_last):
    """Layers of a stage after its skip connection and before the output layer."""
    layers = stage.layers[1:]
    kinds = [layer.kind for layer in layers]
    if "Concatenate" in kinds:
        layers = layers[kinds.index("Concatenate") + 1 :]
    return layers[:-1] if is_last else layers


def _n_channels(stage, is_last):
    body = _body(stage, is_last)
    return body[-1].n_channels if body else stage.layers[-1].n_channels


def _scale_arrow(axis, stage, start, end):
    first = stage.layers[0]
    kinds = [layer.kind for layer in stage.layers]
    between = stage.layers[1 : kinds.index("Concatenate")] if "Concatenate" in kinds else []
    label = "\n".join([_short_name(first), *summarise(between)])
    _arrow(axis, start, end)
    falls = end[1] < start[1]
    axis.text(
        start[0] + 0.04 if falls else end[0] - 0.04,
        (start[1] if falls else end[1]) - BOX_HEIGHT / 2 - 0.03,
        label,
        fontsize=style.SMALL_POINTS,
        ha="left" if falls else "right",
        va="top",
        color="#333333",
        linespacing=1.1,
    )


def _short_name(layer):
    if layer.kind == "Conv2D":
        return f"{layer.kernel[0]}×{layer.kernel[1]} conv"
    if layer.kind == "AveragePooling2D":
        return f"{layer.kernel[0]}×{layer.kernel[1]} average\npooling"
    if layer.kind == "UpSampling2D" or "upsampl" in layer.kind.lower():
        return "bilinear\nup-sampling"
    if "batch" in layer.kind.lower():
        return "BN"
    return SHORT_NAMES.get(layer.kind, layer.kind)


def _wrap(line):
    """Break a line that is too wide for a box."""
    return line.replace("conv, ", "conv,\n", 1) if len(line) > 15 else line


def _box(axis, x, y, kind, title, lines, width=BOX_WIDTH):
    axis.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - BOX_HEIGHT / 2),
            width,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=COLOURS[kind],
            edgecolor="#555555",
            linewidth=0.6,
            zorder=2,
        )
    )
    middle = {"fontsize": style.SMALL_POINTS, "ha": "center", "va": "top", "zorder": 3}
    axis.text(x, y + BOX_HEIGHT / 2 - 0.04, title, weight="bold", **middle)
    axis.text(x, y + BOX_HEIGHT / 2 - 0.15, "\n".join(lines), linespacing=1.15, **middle)


def _arrow(axis, start, end, skip=False, pad=BOX_WIDTH / 2):
    """An arrow between the borders of two boxes, `pad` from their centres."""
    (x0, y0), (x1, y1) = start, end
    if abs(y0 - y1) < 1e-6:
        x0, x1 = x0 + pad, x1 - pad
        connection = "arc3"
    else:
        falls = y1 < y0
        y0, x1 = y0 - BOX_HEIGHT / 2 if falls else y0, x1 - (BOX_WIDTH / 2 if falls else 0)
        x0, y1 = x0 + (0 if falls else BOX_WIDTH / 2), y1 - (0 if falls else BOX_HEIGHT / 2)
        connection = (
            "angle,angleA=-90,angleB=180,rad=4" if falls else "angle,angleA=0,angleB=90,rad=4"
        )
    axis.annotate(
        "",
        xy=(x1, y1),
        xytext=(x0, y0),
        arrowprops={
            "arrowstyle": "-|>",
            "connectionstyle": connection,
            "color": "#777777" if skip else "#222222",
            "linestyle": (0, (4, 3)) if skip else "-",
            "linewidth": 0.8,
            "mutation_scale": 6,
            "shrinkA": 0,
            "shrinkB": 0,
        },
        zorder=1,
    )
