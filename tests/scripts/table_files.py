"""The files of a table that a script under test writes."""

from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import from_json, to_html
from project import STYLE


def files_of(folder, name):
    """Where a script is to write a table."""
    table, layouts, page = (folder / f"{name}.{suffix}" for suffix in ("csv", "json", "html"))
    return TableFiles(style=STYLE, table=table, layouts=layouts, page=page)


def read_layouts(folder, name):
    """Stored layouts of a table, each of which its page shows."""
    files = files_of(folder, name)
    page = files.page.read_text()
    layouts = from_json(files.layouts.read_text())
    assert layouts and all(to_html(layout) in page for layout in layouts)
    assert page.count("<table") == len(layouts)
    return layouts
