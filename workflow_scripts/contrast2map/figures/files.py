"""Files of a figure: PNG and PDF in one or two widths, and CSV of the data that it shows."""

from dataclasses import dataclass

from contrast2map.figures import data, style


@dataclass(frozen=True)
class FigureFiles:
    """Paths of a figure's files.

    Attributes:
        figure: PNG file, two journal columns wide.
        vector_figure: PDF file of the same.
        data: CSV file.
        narrow_figure: PNG file, one journal column wide; None without such a version.
        narrow_vector_figure: PDF file of the same.
    """

    figure: str
    vector_figure: str
    data: str
    narrow_figure: str | None = None
    narrow_vector_figure: str | None = None

    def save(self, figure, rows):
        """Save a figure, which is closed, and the rows that it shows (see `data.write`)."""
        style.save(figure, self.figure, self.vector_figure)
        data.write(rows, self.data)

    def save_both(self, draw, rows):
        """Save both widths of a figure.

        Args:
            draw: Function of the width in journal columns, 1 or 2, that returns the figure.
            rows: As in `save`.
        """
        self.save(draw(2), rows)
        style.save(draw(1), self.narrow_figure, self.narrow_vector_figure)
