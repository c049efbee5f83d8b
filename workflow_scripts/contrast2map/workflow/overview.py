"""Overview of the workflow: its stages, their rules and the number of jobs, as a figure."""

import textwrap

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from contrast2map.figures import style
from contrast2map.workflow.stages import STAGES

BOX_COLOUR, LINE_COLOUR = "#eaf2fb", "#0a58b5"
LINE_INCHES, GAP_INCHES = 0.118, 0.2  # height of a line of text; distance between boxes
CHARACTERS = {1: 52, 2: 42}  # per line of a box


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
    columns = [list(stages)[i : i + n_down] for i in range(0, len(stages), n_down)]
    texts = {stage: _text(names, n_jobs, n_columns) for stage, names in stages.items()}
    heights = {stage: LINE_INCHES * (text.count("\n") + 2.9) for stage, text in texts.items()}
    total = max(sum(heights[each] + GAP_INCHES for each in column) for column in columns)
    figure = plt.figure(figsize=(width, total))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, width), ylim=(0, total))
    axis.set_axis_off()
    box_width = width / n_across - GAP_INCHES
    places = {}
    for number, column in enumerate(columns):
        left, top = number * (box_width + GAP_INCHES) + 0.9 * GAP_INCHES, total - 0.02
        for stage in column:
            places[stage] = (left, top - heights[stage], box_width, heights[stage])
            _draw_box(axis, places[stage], STAGES[stage][0], texts[stage])
            top -= heights[stage] + GAP_INCHES
    for number, stage in enumerate(stages):
        for earlier in STAGES[stage][1]:
            if earlier in places:
                lane = GAP_INCHES * (0.3 if number % 2 else 0.6)
                _draw_arrow(axis, places[earlier], places[stage], lane)
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
    return textwrap.fill(joined, CHARACTERS[n_columns], break_long_words=False)


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


def _draw_arrow(axis, first, second, lane):
    """Draw an arrow between two boxes; around those in between, or in a lane between columns."""
    (x, y, width, height), (other_x, other_y, _, other_height) = first, second
    if x == other_x and y - other_y - other_height < 2 * GAP_INCHES:
        points = [(x + width / 2, y), (x + width / 2, other_y + other_height)]
    else:
        side, from_x = (x - lane, x) if x == other_x else (x + width + lane, x + width)
        middle, other_middle = y + height / 2, other_y + other_height / 2
        points = [(from_x, middle), (side, middle), (side, other_middle), (other_x, other_middle)]
    axis.plot(*zip(*points[:-1], strict=True), color=LINE_COLOUR, lw=0.9)
    arrow = {"arrowstyle": "-|>", "color": LINE_COLOUR, "lw": 0.9, "shrinkA": 0, "shrinkB": 0}
    axis.annotate("", xy=points[-1], xytext=points[-2], arrowprops=arrow)
