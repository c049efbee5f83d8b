"""Histograms of brain intensities: real visits as lines, simulated heads as a band."""

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import style
from contrast2map.imaging.masks import WM
from pages import pictures
from pages.realism.scans import REAL, VISITS

WIDEST_PIXELS, PICTURE_BYTES = 1400, 150_000
SHOWN_TO = {"t1w": 1.6, "flair": 2.0, "t2w": 3.0}  # multiples of the white-matter median
N_BINS = 80
# Okabe and Ito; dashes distinguish the visits without colour.
REAL_COLOUR, SIMULATED_COLOUR = "#0072B2", "#D55E00"
DASHES = {1: "-", 2: "--"}


def draw(real, simulated, path):
    """Draw one panel per contrast.

    Args:
        real: List of dict of contrast to Scan, one per visit.
        simulated: List of dict of contrast to Scan, one per subject.
        path: PNG file to write.
    """
    size = style.TWO_COLUMNS_INCHES, 0.38 * style.TWO_COLUMNS_INCHES
    figure, axes = plt.subplots(1, len(REAL), figsize=size, layout="constrained")
    for axis, (contrast, title) in zip(axes, REAL.items(), strict=True):
        edges = np.linspace(0, SHOWN_TO[contrast], N_BINS + 1)
        middles = (edges[1:] + edges[:-1]) / 2
        band = np.array(
            [density(head[contrast].values, head[contrast].tissue, edges) for head in simulated]
        )
        axis.fill_between(
            middles,
            band.min(axis=0),
            band.max(axis=0),
            alpha=0.4,
            color=SIMULATED_COLOUR,
            linewidth=0.5,
            label=f"simulated, {len(band)} heads",
        )
        for visit, head in zip(VISITS, real, strict=True):
            if contrast in head:
                axis.plot(
                    middles,
                    density(head[contrast].values, head[contrast].tissue, edges),
                    color=REAL_COLOUR,
                    linestyle=DASHES[visit],
                    linewidth=1.2,
                    label=f"real, visit {visit}",
                )
        axis.set(title=title, xlim=(0, SHOWN_TO[contrast]), ylim=(0, None))
        axis.set_xlabel("Intensity / white-matter median")
    axes[0].set_ylabel("Density of brain voxels")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    path.write_bytes(pictures.shrink(style.png(figure), WIDEST_PIXELS, PICTURE_BYTES))
    plt.close(figure)


def density(values, tissue, edges):
    """Density of brain intensities in multiples of the white-matter median.

    Args:
        values: Scan in integers as stored, shape (x, y, slice).
        tissue: Labels of `masks.TISSUE_LABELS`, same shape.
        edges: Edges of the bins, shape (n_bins + 1,).

    Returns:
        Density per unit of the white-matter median, shape (n_bins,).
    """
    brain = values[tissue > 0]
    # Scanners store integers; noise of one step prevents beats between steps and bins.
    spread = brain + np.random.default_rng(0).uniform(-0.5, 0.5, len(brain))
    relative = spread / np.median(values[tissue == WM])
    return np.histogram(relative, edges)[0] / (len(brain) * np.diff(edges))
