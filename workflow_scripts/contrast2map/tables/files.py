"""Files of a table: CSV with its numbers, JSON with its layouts, HTML page."""

from pathlib import Path

from contrast2map.tables import layout


def write_csv(table, path):
    """Write a `DataFrame` with six significant digits."""
    table.to_csv(path, index=False, float_format="%.6g")


def write_layouts(layouts, simulated, path_to_style, path_to_layouts, path_to_page):
    """Write the layouts of one page as JSON and as HTML.

    Args:
        layouts: List of `Layout`; the title of the first is the page's.
        simulated: Whether the subjects are simulated.
        path_to_style: CSS file to include in the page.
    """
    Path(path_to_layouts).write_text(layout.to_json(layouts))
    Path(path_to_page).write_text(
        layout.to_page(layouts, Path(path_to_style).read_text(), simulated)
    )
