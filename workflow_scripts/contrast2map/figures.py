"""What the study's figures have in common: style, colour maps, files."""

import matplotlib
import matplotlib.pyplot as plt
from cmcrameri import cm

# Perceptually uniform colour maps, those agreed on for T1 and T2 (Fuderer et al., MRM 2025).
COLOUR_MAPS = {"T1": cm.lipari, "T2": cm.navia}
ERROR_COLOUR_MAP = cm.vik
FOLD_COLOUR_MAP = cm.batlow
# ASSUME windows that show grey and white matter; CSF saturates.
WINDOWS_MS = {"T1": (0, 2000), "T2": (0, 160)}
ERROR_WINDOWS_MS = {"T1": 300, "T2": 30}
# Okabe and Ito: told apart with any colour vision; the markers tell them apart without colour.
REGION_STYLES = {
    "gm": ("Cortical GM", "#0072B2", "o"),
    "wm": ("WM", "#D55E00", "s"),
    "putamen": ("Putamen", "#009E73", "^"),
    "thalamus": ("Thalamus", "#CC79A7", "D"),
}
PNG_DPI = 150
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "svg.hashsalt": "contrast2map",
    "svg.fonttype": "path",
    "figure.facecolor": "white",
}


matplotlib.rcParams.update(STYLE)


def save(figure, *paths):
    """Save a figure as PNG, SVG or PDF; the same figure gives the same bytes every time."""
    for path in paths:
        no_date = {"Date": None} if str(path).endswith(".svg") else {}
        no_date = {"CreationDate": None} if str(path).endswith(".pdf") else no_date
        figure.savefig(path, dpi=PNG_DPI, metadata=no_date)
    plt.close(figure)
