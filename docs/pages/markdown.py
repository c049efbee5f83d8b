"""Tables as Markdown."""

import re

SPECIAL = re.compile(r"([\\*_`|<])")


def escape(text):
    """Plain text that Markdown leaves as it is."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table(columns, rows, n_headings=1, strong=frozenset()):
    """A table.

    Args:
        columns: Labels as plain text.
        rows: Cells as plain text, one a column.
        n_headings: How many leading columns stand to the left; the others are numbers.
        strong: Indices of the columns that stand out.
    """
    rule = [":--" if index < n_headings else "--:" for index in range(len(columns))]
    body = [
        [
            f"**{escape(cell)}**" if index in strong and cell else escape(cell)
            for index, cell in enumerate(row)
        ]
        for row in rows
    ]
    return "\n".join(_line(cells) for cells in [[escape(each) for each in columns], rule, *body])


def of_layout(layout):
    """A `tables.layout.Layout` with its caption below it; repeated headings are left empty."""
    rows = [
        [cell or "" for cell in layout.visible_headings(index)] + row[layout.n_headings :]
        for index, row in enumerate(layout.rows)
    ]
    n_left = len(layout.columns) if layout.is_text else layout.n_headings
    columns = [": ".join(filter(None, column)) for column in layout.columns]
    return f"{table(columns, rows, n_left, layout.strong)}\n\n{escape(layout.caption)}"


def _line(cells):
    return f"| {' | '.join(cells)} |"
