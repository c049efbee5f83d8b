"""Files of a table: CSV of its numbers, JSON of its layouts, and HTML page."""

from dataclasses import dataclass
from pathlib import Path

from contrast2map.tables.layout import to_json, to_page


def write_csv(table, path):
    """Write a `DataFrame` with six significant digits."""
    table.to_csv(path, index=False, float_format="%.6g")


@dataclass(frozen=True)
class TableFiles:
    """Paths of a table's files.

    Attributes:
        style: CSS file to include in the page.
        layouts: JSON file of the layouts.
        page: HTML page.
        table: CSV file, if the same rule writes it.
    """

    style: str
    layouts: str
    page: str
    table: str | None = None

    def write(self, table, layouts, simulated):
        """Write all files.

        Args:
            table: `DataFrame` of the numbers.
            layouts: List of `Layout`; the first title is also that of the page.
            simulated: Whether the subjects are simulated.
        """
        write_csv(table, self.table)
        self.write_layouts(layouts, simulated)

    def write_layouts(self, layouts, simulated):
        """Write JSON and page only; arguments as in `write`."""
        Path(self.layouts).write_text(to_json(layouts))
        Path(self.page).write_text(to_page(layouts, Path(self.style).read_text(), simulated))
