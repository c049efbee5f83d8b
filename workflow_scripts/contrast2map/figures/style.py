"""Style of all figures, and functions that save them."""

import io

import matplotlib
import matplotlib.pyplot as plt
from PIL import Image

# Okabe-Ito colours, readable with any colour vision; the markers differ as well.
REGION_STYLES = {
    "gm": ("#0072B2", "o"),
    "wm": ("#D55E00", "s"),
    "putamen": ("#009E73", "^"),
    "thalamus": ("#CC79A7", "D"),
}
# Widths of one and two journal columns: 85 and 175 mm.
ONE_COLUMN_INCHES, TWO_COLUMNS_INCHES = 85 / 25.4, 175 / 25.4
WIDTHS_INCHES = {1: ONE_COLUMN_INCHES, 2: TWO_COLUMNS_INCHES}  # by number of columns
TALLEST_INCHES = 230 / 25.4
PNG_DPI = 300
NETWORK_COLOUR, NULL_COLOUR = "#0072B2", "#8a8a8a"  # of the network and the tissue mean
# Font sizes in print; journals require at least 6 points.
SMALL_POINTS, TEXT_POINTS, TITLE_POINTS = 6, 7, 8
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT_POINTS,
    "axes.titlesize": TEXT_POINTS,
    "axes.labelsize": TEXT_POINTS,
    "figure.titlesize": TITLE_POINTS,
    "legend.fontsize": TEXT_POINTS,
    "xtick.labelsize": SMALL_POINTS,
    "ytick.labelsize": SMALL_POINTS,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    # Fonts embedded as TrueType, so that text stays editable.
    "pdf.fonttype": 42,
    "figure.facecolor": "white",
}


matplotlib.rcParams.update(STYLE)


def save(figure, path_to_png, path_to_pdf):
    """Save a figure reproducibly as PNG and PDF, and close it.

    Args:
        figure: Figure at its width in print.
        path_to_png: File with `PNG_DPI` pixels per inch.
        path_to_pdf: Vector file with embedded fonts, and images of the same resolution.
    """
    with open(path_to_png, "wb") as file:
        file.write(png(figure))
    figure.savefig(path_to_pdf, dpi=PNG_DPI, metadata={"CreationDate": None})
    plt.close(figure)


def png(figure):
    """A figure as the bytes of an optimised PNG without transparency."""
    drawn, written = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, dpi=PNG_DPI, format="png")
    image = Image.open(drawn).convert("RGB")
    image.save(written, "PNG", optimize=True, dpi=(PNG_DPI, PNG_DPI))
    return written.getvalue()
