"""Checks of the HTML that the study writes."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link"}


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.widths = [], []

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.widths.append([])
        elif tag == "tr":
            self.widths[-1].append(0)
        elif tag in ("td", "th"):
            self.widths[-1][-1] += int(dict(attributes).get("colspan", 1))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def is_well_formed(html):
    """Whether all tags are closed in order, and the rows of each table are equally wide."""
    reader = _Reader()
    reader.feed(html)
    return not reader.open and all(len(set(widths)) == 1 for widths in reader.widths)
