"""The files of a table that a script under test writes."""

from contrast2map.tables.layout import from_json, to_html
from project import STYLE


def paths_of(folder, name):
    """Paths of a table, as the scripts name them."""
    return {
        "path_to_style": STYLE,
        "path_to_table": folder / f"{name}.csv",
        "path_to_layouts": folder / f"{name}.json",
        "path_to_page": folder / f"{name}.html",
    }


def read_layouts(folder, name):
    """Stored layouts of a table, each of which its page shows."""
    paths = paths_of(folder, name)
    page = paths["path_to_page"].read_text()
    layouts = from_json(paths["path_to_layouts"].read_text())
    assert layouts and all(to_html(layout) in page for layout in layouts)
    assert page.count("<table") == len(layouts)
    return layouts
