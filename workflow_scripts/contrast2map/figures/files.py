"""Files of a figure: PNG, PDF, and CSV of the data that it shows."""

from dataclasses import dataclass

from contrast2map.figures import data, style


@dataclass(frozen=True)
class FigureFiles:
    """Paths of a figure's files.

    Attributes:
        figure: PNG file.
        vector_figure: PDF file.
        data: CSV file.
    """

    figure: str
    vector_figure: str
    data: str

    def save(self, figure, rows):
        """Save a figure, which is closed, and the rows that it shows (see `data.write`)."""
        style.save(figure, self.figure, self.vector_figure)
        data.write(rows, self.data)
