"""Tables of the study's pages as Markdown."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

SPECIAL = re.compile(r"([\\*_`|<])")


class Table(NamedTuple):
    """A table of a page, read back.

    Attributes:
        caption: Its caption.
        columns: Label of each column, with its group in front.
        rows: Cells as text, one a column; a heading that repeats the one above is empty.
        n_headings: How many leading cells of a row stand to the left: its headings, or all of a
            table of sentences.
        strong: Indices of the columns that are the study's own result.
    """

    caption: str
    columns: list
    rows: list
    n_headings: int
    strong: frozenset


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


def read(html):
    """Read a `<table>` of `tables.to_html` back.

    Args:
        html: Text with one table.

    Returns:
        `Table`.

    Raises:
        ValueError: Its rows are not as wide as its columns are.
    """
    parser = _Parser()
    parser.feed(html)
    *groups, labels = parser.head
    names = [text for text, n in groups[0] for _ in range(n)] if groups else [""] * len(labels)
    columns = [
        f"{group}: {label}" if group and label else group or label
        for group, (label, _) in zip(names, labels, strict=True)
    ]
    rows = [[text for _, text, _ in row] for row in parser.body]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"a row of {parser.caption[:40]!r} has not {len(columns)} cells")
    first = parser.body[0] if parser.body else []
    return Table(
        caption=parser.caption,
        columns=columns,
        rows=rows,
        n_headings=len(columns) if parser.is_text else sum(tag == "th" for tag, _, _ in first),
        strong=frozenset(index for index, (_, _, is_ours) in enumerate(first) if is_ours),
    )


def from_page(html):
    """A table of a page as Markdown, its caption below it."""
    found = read(html)
    text = table(found.columns, found.rows, found.n_headings, found.strong)
    return f"{text}\n\n{escape(found.caption)}"


def _line(cells):
    return f"| {' | '.join(cells)} |"


class _Parser(HTMLParser):
    """Caption, rows of the head as pairs of text and span, rows of the body as triples."""

    def __init__(self):
        super().__init__()
        self.caption, self.head, self.body, self.is_text = "", [], [], False
        self._rows, self._inside, self._unseen = None, None, False

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "table":
            self.is_text = attributes.get("class") == "text"
        elif tag in ("thead", "tbody"):
            self._rows = self.head if tag == "thead" else self.body
        elif tag == "tr":
            self._rows.append([])
        elif tag == "span":
            self._unseen = attributes.get("class") == "unseen"
        elif tag == "caption":
            self._inside = tag
        elif tag in ("td", "th"):
            self._inside = tag
            if self._rows is self.head:
                self._rows[-1].append(("", int(attributes.get("colspan", 1))))
            else:
                self._rows[-1].append((tag, "", attributes.get("class") == "ours"))

    def handle_endtag(self, tag):
        if tag in ("td", "th", "caption"):
            self._inside = None
        elif tag == "span":
            self._unseen = False

    def handle_data(self, data):
        if self._inside is None or self._unseen:
            return
        if self._inside == "caption":
            self.caption += data
        elif self._rows is self.head:
            text, span = self._rows[-1][-1]
            self._rows[-1][-1] = (text + data, span)
        else:
            tag, text, is_ours = self._rows[-1][-1]
            self._rows[-1][-1] = (tag, text + data, is_ours)
