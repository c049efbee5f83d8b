"""Overview of the workflow: its stages, their rules and the number of jobs, as a figure."""

import textwrap

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from contrast2map.figures import style
from contrast2map.workflow.stages import STAGES

BOX_COLOUR, LINE_COLOUR = "#eaf2fb", "#0a58b5"
CHARACTERS = {1: 25, 2: 30}  # per line of a box


def overview(stages, n_jobs, n_columns):
    """Draw one box per stage, with arrows between the stages.

    Args:
        stages: Dict of `stages.rules_by_stage`.
        n_jobs: Dict mapping rule to its number of jobs, for the rules that are measured.
        n_columns: Width in journal columns, 1 or 2.

    Returns:
        The figure. Stages are read down each column of boxes, from left to right.
    """
    width = style.WIDTHS_INCHES[n_columns]
    n_across = 3 if n_columns == 2 else 1
    n_down = -(-len(stages) // n_across)
    texts = {stage: _text(names, n_jobs, n_columns) for stage, names in stages.items()}
    n_lines = [1.9 + text.count("\n") + 1 for text in texts.values()]
    line = 0.118
    columns = [list(stages)[i : i + n_down] for i in range(0, len(stages), n_down)]
    tall = [dict(zip(stages, n_lines, strict=True))[stage] * line for stage in stages]
    heights = dict(zip(stages, tall, strict=True))
    gap = 0.2
    total = max(sum(heights[each] + gap for each in column) for column in columns)
    figure = plt.figure(figsize=(width, total + 0.1))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, width), ylim=(0, total + 0.1))
    axis.set_axis_off()
    box_width = (width - 0.1) / n_across - 0.2
    places = {}
    for number, column in enumerate(columns):
        left, top = 0.1 + number * (box_width + 0.2), total + 0.05
        for stage in column:
            places[stage] = (left, top - heights[stage], box_width, heights[stage])
            _draw_box(axis, places[stage], STAGES[stage][0], texts[stage])
            top -= heights[stage] + gap
    for stage in stages:
        for earlier in STAGES[stage][1]:
            if earlier in places:
                _draw_arrow(axis, places[earlier], places[stage])
    return figure


def overview_data(stages, n_jobs):
    """Data of the figure as rows, one per rule; `n_jobs` is missing where it is not measured."""
    return [
        {
            "stage": STAGES[stage][0],
            "follows": ", ".join(STAGES[each][0] for each in STAGES[stage][1] if each in stages),
            "rule": name,
            "n_jobs": n_jobs.get(name),
        }
        for stage, names in stages.items()
        for name in names
    ]


def _text(names, n_jobs, n_columns):
    words = [f"{name} ×{n_jobs[name]}" if name in n_jobs else name for name in names]
    joined = ", ".join(word.replace(" ", "\u00a0") for word in words)
    return textwrap.fill(joined, CHARACTERS[n_columns] + 12, break_long_words=False)


def _draw_box(axis, place, title, text):
    left, bottom, width, height = place
    axis.add_patch(
        FancyBboxPatch(
            *((left, bottom), width, height),
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=BOX_COLOUR,
            edgecolor=LINE_COLOUR,
            lw=0.8,
        )
    )
    axis.text(
        left + 0.07,
        bottom + height - 0.06,
        title,
        va="top",
        weight="bold",
        fontsize=style.TEXT_POINTS,
    )
    axis.text(
        left + 0.07,
        bottom + height - 0.22,
        text,
        va="top",
        fontsize=style.SMALL_POINTS,
        linespacing=1.25,
    )


def _draw_arrow(axis, first, second):
    (x, y, width, height), (other_x, other_y, _, other_height) = first, second
    arrow = {"arrowstyle": "-|>", "color": LINE_COLOUR, "lw": 0.9, "shrinkA": 0, "shrinkB": 0}
    if x == other_x:
        start, end = (x + width / 2, y), (other_x + width / 2, other_y + other_height)
        if abs(start[1] - end[1]) > 0.3:  # not the next box: around the boxes between
            start, end = (x, y + 0.1), (other_x, other_y + other_height - 0.1)
            arrow["connectionstyle"] = "bar,fraction=0.03"
    else:
        start, end = (x + width, y + height / 2), (other_x, other_y + other_height / 2)
        arrow["connectionstyle"] = "arc3,rad=0.0"
    axis.annotate("", xy=end, xytext=start, arrowprops=arrow)
