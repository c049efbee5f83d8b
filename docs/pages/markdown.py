"""Markdown from plain text and layouts of tables."""

import re

SPECIAL = re.compile(r"([\\*_`|<])")


def escape(text):
    """Escape plain text, so that Markdown shows it unchanged."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def of_layout(layout):
    """A `tables.layout.Layout` with its caption below; repeated headings become empty cells."""
    n_left = len(layout.columns) if layout.is_text else layout.n_headings
    columns = [escape(": ".join(filter(None, column))) for column in layout.columns]
    rule = [":--" if index < n_left else "--:" for index in range(len(columns))]
    body = [_cells(layout, index) for index in range(len(layout.rows))]
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in [columns, rule, *body])
    return f"{lines}\n\n{escape(layout.caption)}"


def _cells(layout, index):
    headings = [cell or "" for cell in layout.visible_headings(index)]
    cells = map(escape, headings + layout.rows[index][layout.n_headings :])
    return [
        f"**{cell}**" if column in layout.strong and cell else cell
        for column, cell in enumerate(cells)
    ]
