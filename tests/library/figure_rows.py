"""Data of figures as their readers find them."""

from contrast2map.figures import data
from contrast2map.study import records


def written(rows, folder):
    """Rows as they are read again from their file."""
    data.write(rows, folder / "figure.csv")
    return records.read([folder / "figure.csv"])
