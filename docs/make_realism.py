"""Simulated scans beside real ones, in numbers: `make realism-docs`.

The real head is patient12 of the public scans of Lesjak, Pernus, Likar and Spiclin,
Neuroinformatics 2016;14:403 (CC-BY), below CONTRAST2MAP_DATA/openms: T1W and FLAIR of two visits,
T2W of the first. The simulated heads are those of config/t1w_flair_t2w.yaml, preprocessed; no
network is needed.
Writes realism.md and realism.png beside this script; its words are in realism.template.md.
"""

import json
import os
import string
import sys
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from contrast2map.figures import style
from contrast2map.imaging import grids, images
from contrast2map.preprocessing import steps
from contrast2map.tables import layout
from pages import markdown, pictures, presets
from pages.realism import measures, page

REAL = {"t1w": "T1W", "flair": "FLAIR", "t2w": "T2W"}  # contrast -> the real file's name for it
VISITS = (1, 2)
WIDEST_PIXELS, PICTURE_BYTES = 1400, 150_000
SHOWN_TO = {"t1w": 1.6, "flair": 2.0, "t2w": 3.0}  # of the white-matter median
N_BINS = 80
# Okabe and Ito; dashes tell the visits apart without colour, a band the simulation.
REAL_COLOUR, SIMULATED_COLOUR = "#0072B2", "#D55E00"
DASHES = {1: "-", 2: "--"}


class Scan(NamedTuple):
    """A scan on its own grid: values and tissue labels (x, y, slice), voxel edges in mm."""

    values: np.ndarray
    tissue: np.ndarray
    voxel_mm: np.ndarray


def main(results):
    """Measure, draw, write."""
    config = presets.read("t1w_flair_t2w")
    data = os.environ.get("CONTRAST2MAP_DATA")
    if not data:
        sys.exit("set CONTRAST2MAP_DATA to the folder that holds openms/patient12")
    engine = engine_of(Path(results))
    folder = Path(data) / "openms" / "patient12"
    real = [read_real(folder, visit, config, engine) for visit in VISITS]
    simulated = read_simulated(Path(results), config)

    numbers = {}
    for contrast, title in REAL.items():
        sides = {"real": real, "simulated": list(simulated.values())}
        numbers[title] = {side: measured(heads, contrast) for side, heads in sides.items()}
    folder = Path(__file__).parent
    draw(real, simulated, folder / "realism.png")
    text = string.Template((folder / "realism.template.md").read_text())
    written = text.substitute(
        n_heads=len(simulated),
        seed=config["seed"],
        engine=engine,
        table=page.table(numbers),
        lists=page.lists(numbers),
        check=check_of_noise(config, numbers),
    )
    (folder / "realism.md").write_text(written)


def engine_of(results):
    """The engine that extracted and segmented the brains of a study: "embedded" or "fsl"."""
    engines = {
        step["engine"]
        for path in results.glob("preprocessed/sub-*/tissue_segmentation.json")
        for step in json.loads(path.read_text()).values()
    }
    if len(engines) != 1:
        sys.exit(f"{results}: no head, or heads by several engines ({engines}); make it anew")
    return engines.pop()


def read_simulated(results, config):
    """Scans of the subjects that were segmented.

    Args:
        results: Folder of the study's results.
        config: Its configuration.

    Returns:
        Dict of subject to dict of contrast to Scan.
    """
    heads = {}
    for path in sorted(results.glob("preprocessed/sub-*/tissue_dseg.nii.gz")):
        subject = path.parent.name.removeprefix("sub-")
        matrices = json.loads((path.parent / "transforms.json").read_text())
        heads[subject] = {
            each["name"]: on_own_grid(
                images.load(results / "cohort" / each["file"].format(subject=subject)),
                images.load(path),
                np.array(matrices[each["name"]]),
            )
            for each in config["contrasts"]
        }
    return heads


def read_real(folder, visit, config, engine):
    """Scans of a visit, through the steps that the simulated ones went through.

    Args:
        folder: Folder of the patient.
        visit: Number of the visit.
        config: Configuration of the simulated study.
        engine: Engine of brain extraction and segmentation, "embedded" or "fsl".

    Returns:
        Dict of contrast to Scan.
    """
    paths = {name: folder / f"study{visit}_{word}.nii.gz" for name, word in REAL.items()}
    scans = {
        name: grids.to_canonical(images.load(path)) for name, path in paths.items() if path.exists()
    }
    settings, target = config["preprocessing"], config["target_contrast"]
    found = steps.register(
        scans,
        target,
        sampling_share=settings["registration"]["sampling_share"],
        seed=config["seed"],
    )
    brain = steps.extract(scans[target], settings["brain_extraction"] | {"engine": engine})
    tissue = steps.segment(
        scans[target], brain.mask, settings["tissue_segmentation"] | {"engine": engine}
    )
    problems = [step.problem for step in (*found.values(), brain, tissue) if step.problem]
    if problems:
        sys.exit(f"{folder}, visit {visit}: {'; '.join(problems)}")
    return {
        name: on_own_grid(scan, tissue.dseg, found[name].matrix) for name, scan in scans.items()
    }


def on_own_grid(scan, labels, matrix):
    """A scan as acquired, with the labels of the target brought to it.

    Args:
        scan: nibabel image as acquired.
        labels: nibabel image of the tissue on the target's grid.
        matrix: World-to-world matrix from the target's points to the scan's.
    """
    scan = grids.to_canonical(scan)
    moved = steps.resample(labels, np.linalg.inv(matrix), scan, "nearestNeighbor")
    edges_mm = np.linalg.norm(scan.affine[:3, :3], axis=0)
    return Scan(images.values(scan), np.rint(moved).astype(np.uint8), edges_mm)


def measured(heads, contrast):
    """Numbers of a contrast of each head; None where a head lacks it."""
    return [measures.measure(*head[contrast]) if contrast in head else None for head in heads]


def check_of_noise(config, numbers):
    """Markdown table: the SNR that the config sets beside what is found in the simulated scans."""
    columns = ["Scan", "Set", "Found, two voxels apart", "Found by the air"]
    rows = []
    for contrast, title in REAL.items():
        found = [
            page.span_words([one[name] for one in numbers[title]["simulated"]], 1)
            for name in ("signal_to_noise", "air_signal_to_noise")
        ]
        set_to = layout.number(config["simulation"]["scan"]["snr"][contrast], 0)
        rows.append([title, set_to, *found])
    return markdown.table(columns, rows)


def draw(real, simulated, path):
    """Histograms of the brain: a line a visit, a band from the lowest to the highest subject.

    Args:
        real: List of dict of contrast to Scan, by visit.
        simulated: Dict of subject to dict of contrast to Scan.
        path: PNG file to write.
    """
    size = style.TWO_COLUMNS_INCHES, 0.38 * style.TWO_COLUMNS_INCHES
    figure, axes = plt.subplots(1, len(REAL), figsize=size, layout="constrained")
    for axis, (contrast, title) in zip(axes, REAL.items(), strict=True):
        edges = np.linspace(0, SHOWN_TO[contrast], N_BINS + 1)
        middles = (edges[1:] + edges[:-1]) / 2

        def density(head, contrast=contrast, edges=edges):
            return measures.histogram(head[contrast].values, head[contrast].tissue, edges)

        band = np.array([density(head) for head in simulated.values()])
        words = f"simulated, {len(band)} heads"
        colour = {"color": SIMULATED_COLOUR, "linewidth": 0.5}
        axis.fill_between(
            middles, band.min(axis=0), band.max(axis=0), alpha=0.4, label=words, **colour
        )
        for visit, head in zip(VISITS, real, strict=True):
            if contrast in head:
                line = {"color": REAL_COLOUR, "linestyle": DASHES[visit], "linewidth": 1.2}
                axis.plot(middles, density(head), label=f"real, visit {visit}", **line)
        axis.set(title=title, xlim=(0, SHOWN_TO[contrast]), ylim=(0, None))
        axis.set_xlabel("Intensity over white-matter median (1)")
    axes[0].set_ylabel("Share of the brain's voxels per unit (1)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    path.write_bytes(pictures.shrink(style.png(figure), WIDEST_PIXELS, PICTURE_BYTES))


if __name__ == "__main__":
    main(*sys.argv[1:])
