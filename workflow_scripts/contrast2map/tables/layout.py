"""Layouts of tables: cells as text, stored as JSON and rendered as HTML."""

import json
import math
from dataclasses import dataclass, field, fields
from html import escape

NOTHING = "–"
MINUS = "−"
DENSE_COLUMNS = 10  # tables with as many columns are set in smaller type


@dataclass(frozen=True)
class Layout:
    """A table as text, ready to be rendered. In a Jinja template it renders as its `<table>`.

    Attributes:
        title: What the table shows, in a few words.
        caption: Population, unit, averaging and definitions.
        columns: Pairs of group and label, one per column; adjacent columns of a group share its
            heading.
        rows: Cells as text, one per column.
        n_headings: Number of leading cells in a row that are its headings. A heading that repeats
            the one above is printed once.
        strong: Indices of the columns with this study's own results.
        is_text: Whether the cells are sentences, which wrap, rather than numbers.

    Raises:
        ValueError: A row does not have one cell per column.
    """

    title: str
    caption: str
    columns: list
    rows: list
    n_headings: int = 1
    strong: frozenset = field(default_factory=frozenset)
    is_text: bool = False

    def __post_init__(self):
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table '{self.title}': a row has {len(row)} cells, not {len(self.columns)}: "
                    f"{row}"
                )

    def __html__(self):
        return to_html(self)

    def visible_headings(self, index):
        """Headings of a row; None in place of those that repeat the row above."""
        row = self.rows[index][: self.n_headings]
        above = self.rows[index - 1] if index else [None] * len(row)
        return [None if row[: i + 1] == above[: i + 1] else cell for i, cell in enumerate(row)]


def to_json(layouts):
    """Layouts as JSON text, to be read by `from_json`."""
    stored = [
        {each.name: getattr(layout, each.name) for each in fields(layout)}
        | {"strong": sorted(layout.strong)}
        for layout in layouts
    ]
    return json.dumps(stored, indent=1, ensure_ascii=False) + "\n"


def from_json(text):
    """Layouts from the text of `to_json`.

    Raises:
        TypeError: An attribute is missing or unknown.
        ValueError: The text is not JSON, or a row does not have one cell per column.
    """
    return [
        Layout(
            **stored
            | {
                "columns": [tuple(column) for column in stored["columns"]],
                "strong": frozenset(stored["strong"]),
            }
        )
        for stored in json.loads(text)
    ]


def population(n_subjects, simulated=False):
    """Words for the subjects of a study, such as "6 subjects" or "6 simulated subjects".

    The banner of each page says that a cohort is simulated; captions need not repeat it.
    """
    kind = "simulated " if simulated else ""
    return f"{n_subjects} {kind}subject{'s' if n_subjects != 1 else ''}"


def sentence_case(words):
    """Words with which a sentence begins: the first letter is a capital, the others stay."""
    return words[:1].upper() + words[1:]


def banner(simulated):
    """The line above all numbers: whether the cohort is simulated."""
    if simulated:
        return "SIMULATED COHORT: no person was scanned. All heads, scans and maps are computed."
    return "Cohort: the BIDS dataset given to this study."


def number(value, n_decimals=1, signed=False):
    """A number as text with a true minus sign; a dash if the value is missing."""
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    rounded = round(value, n_decimals) + 0.0
    text = f"{rounded:+.{n_decimals}f}" if signed and rounded else f"{rounded:.{n_decimals}f}"
    return text.replace("-", MINUS)


def mean_sd(mean, sd, n_decimals=1):
    """A mean and its standard deviation as text; only the mean if there is no SD."""
    if number(sd, n_decimals) == NOTHING:
        return number(mean, n_decimals)
    return f"{number(mean, n_decimals)} ± {number(sd, n_decimals)}"


def p_value(value):
    """A P value as text with two significant digits and an asterisk below 0.05."""
    if value is None or math.isnan(value):
        return NOTHING
    if value < 0.001:
        return "<0.001*"
    return f"{value:.2g}{'*' if value < 0.05 else ''}"


def interval(estimate, lower, upper, n_decimals=1, signed=False):
    """An estimate and its confidence interval as text; only the estimate without an interval."""
    texts = [number(value, n_decimals, signed) for value in (estimate, lower, upper)]
    if NOTHING in texts:
        return texts[0]
    return f"{texts[0]} [{texts[1]}, {texts[2]}]"


def to_html(layout):
    """The `<table>` element of a layout, without its title."""
    body = "\n".join(_body_row(layout, index) for index in range(len(layout.rows)))
    names = ["text"] * layout.is_text + ["dense"] * (len(layout.columns) >= DENSE_COLUMNS)
    kind = f' class="{" ".join(names)}"' if names else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(layout.title)}">'
        f"<table{kind}>\n<caption>{escape(layout.caption)}</caption>\n"
        f"<thead>\n{_header(layout)}\n</thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def to_page(layouts, style, simulated):
    """Tables as an HTML page that needs no other file.

    Args:
        layouts: List of `Layout`; the first title is also that of the page.
        style: Text of a CSS file.
        simulated: Whether the subjects are simulated.
    """
    first, *others = layouts
    following = "".join(f"<h2>{escape(each.title)}</h2>\n{to_html(each)}\n" for each in others)
    return html_page(first.title, banner(simulated), style, f"{to_html(first)}\n{following}")


def html_page(title, banner_words, style, contents):
    """An HTML page that needs no other file.

    Args:
        title: Title and heading of the page.
        banner_words: Line above the heading.
        style: Text of a CSS file.
        contents: HTML below the heading.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}\n</style>\n</head>\n<body>\n"
        f'<header class="banner">{escape(banner_words)}</header>\n'
        f"<main>\n<h1>{escape(title)}</h1>\n{contents}</main>\n</body>\n</html>\n"
    )


def _header(layout):
    groups = []
    for group, _ in layout.columns:
        if groups and groups[-1][0] == group and group:
            groups[-1][1] += 1
        else:
            groups.append([group, 1])
    upper = "".join(
        f'<th scope="colgroup" colspan="{n}">{escape(group)}</th>' if group else "<td></td>"
        for group, n in groups
    )
    lower = "".join(
        f'<th scope="col"{_class_of_heading(index, layout)}>{escape(label)}</th>'
        if label
        else f"<td{_class_of_heading(index, layout)}></td>"
        for index, (_, label) in enumerate(layout.columns)
    )
    if not any(group for group, _ in groups):
        return f"<tr>{lower}</tr>"
    return f"<tr>{upper}</tr>\n<tr>{lower}</tr>"


def _class_of_heading(column, layout):
    """Classes of a row's headings, by which the style sheet keeps them in view on a phone."""
    return f' class="head h{column}"' if column < layout.n_headings else ""


def _body_row(layout, index):
    row, visible = layout.rows[index], layout.visible_headings(index)
    cells = []
    for column, cell in enumerate(row):
        if column < layout.n_headings:
            # A repeated heading is hidden on the page but read out by a screen reader.
            repeats = visible[column] is None
            text = f'<span class="unseen">{escape(cell)}</span>' if repeats else escape(cell)
            cells.append(f'<th scope="row"{_class_of_heading(column, layout)}>{text}</th>')
        else:
            emphasis = ' class="ours"' if column in layout.strong else ""
            cells.append(f"<td{emphasis}>{escape(cell)}</td>")
    starts_block = index and row[0] != layout.rows[index - 1][0]
    return f"<tr{' class=block' if starts_block else ''}>{''.join(cells)}</tr>"
