"""Maps of a real head at two visits: medians by tissue, and differences between the visits.

The head is patient12 of the public scans of Lesjak, Pernus, Likar and Spiclin, Neuroinformatics
2016;14:403 (CC-BY), below CONTRAST2MAP_DATA/openms: T1W and FLAIR of both visits, T2W of the first.
Creates missing maps and prints tables in Markdown. Run it in the project's folder:

    snakemake --cores 2 --configfile config/t1w_flair_t2w.yaml
    python benchmarks/real_scans.py --model results/t1w_flair_t2w --output results/real_scans
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import matplotlib
import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(1, str(ROOT / "workflow_scripts"))

from contrast2map.figures import tiles
from contrast2map.imaging import grids, images, masks
from contrast2map.maps import bundle
from contrast2map.study.terms import MS_PER_S, QUANTITIES, TISSUE_NAMES

SCANS = {"t1w": "T1W", "flair": "FLAIR", "t2w": "T2W"}
VISITS = (1, 2)
# At 1.5 T, in ms, around the values cited in config/t1w_flair_t2w.yaml; UNCHECKED like those.
LITERATURE_MS = {
    "T1": {"wm": "560 to 880", "gm": "950 to 1300", "csf": "3800 to 4500"},
    "T2": {"wm": "65 to 85", "gm": "75 to 105", "csf": "1500 to 2300"},
}
SHOWN_LEVELS = (0.48, 0.66)  # as shares of the brain's height
TILE_INCHES = 1.1


def main():
    """Create missing maps, print the tables, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, type=Path, help="results of the study")
    parser.add_argument("--output", required=True, type=Path, help="folder of the maps")
    parser.add_argument("--picture", type=Path, help="PNG of the maps to draw")
    given = parser.parse_args()
    data = os.environ.get("CONTRAST2MAP_DATA")
    if data is None:
        parser.error("set CONTRAST2MAP_DATA to the folder that holds openms/patient12")

    found = [bundle.read(folder) for folder in bundle.find(given.model)]
    models = {"+".join(model.inputs): model for model in found}
    heads = {}
    for inputs in models:
        for visit in VISITS:
            scans = scans_of_visit(Path(data) / "openms" / "patient12", visit, inputs.split("+"))
            if scans:
                folder = given.output / inputs
                make_maps(given.model, folder, scans, visit)
                heads[inputs, visit] = read_head(folder / f"sub-visit{visit}" / "anat", visit)

    print(layout_medians(heads, models))
    print(layout_differences(heads))
    if given.picture:
        draw(heads, given.picture)


def scans_of_visit(folder, visit, contrasts):
    """Dict mapping contrast to path of a visit's scans; empty if one is missing."""
    paths = {name: folder / f"study{visit}_{SCANS[name]}.nii.gz" for name in contrasts}
    return paths if all(path.exists() for path in paths.values()) else {}


def make_maps(model, folder, scans, visit):
    """Write the maps of a visit, as `python -m contrast2map maps` does, unless they exist."""
    if (folder / f"sub-visit{visit}").exists():
        return
    from contrast2map.maps.command import make_maps

    folder.parent.mkdir(parents=True, exist_ok=True)
    make_maps(
        model=model,
        output=folder,
        scans={name: str(path) for name, path in scans.items()},
        subjects=[f"visit{visit}"],
        report=lambda line: print(line, file=sys.stderr, flush=True),
    )


def read_head(anat, visit):
    """Maps, tissue and brain of a visit, RAS.

    Args:
        anat: Folder of the maps.
        visit: Number of the visit.

    Returns:
        Dict of "T1", "T2" (s), "tissue", "brain", each (x, y, z), and voxel_mm.
    """
    names = {quantity: f"{quantity}map" for quantity in QUANTITIES}
    names |= {"tissue": "dseg", "brain": "desc-brain_mask"}
    found = {
        key: grids.to_canonical(images.load(anat / f"sub-visit{visit}_{name}.nii.gz"))
        for key, name in names.items()
    }
    head = {key: images.values(image) for key, image in found.items()}
    return head | {"voxel_mm": grids.voxel_size_mm(found["T1"])}


def tissue_values_ms(head, quantity, tissue):
    """Values of a map in a tissue, in ms, where the map has a value."""
    inside = (head["tissue"] == masks.TISSUE_LABELS[tissue]) & (head[quantity] > 0)
    return MS_PER_S * head[quantity][inside]


def layout_medians(heads, models):
    """Markdown table: median and quartiles of each map by tissue, with the range in training."""
    lines = [
        "| Map | Tissue | Inputs | Visit | Median (ms) | Interquartile range (ms) | Training (ms) "
        "| Literature (ms) |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for quantity in QUANTITIES:
        for tissue, name in TISSUE_NAMES.items():
            word = name[0].upper() + name[1:]
            for (inputs, visit), head in heads.items():
                values_ms = tissue_values_ms(head, quantity, tissue)
                low, median, high = np.percentile(values_ms, [25, 50, 75])
                known = models[inputs].trained.maps[quantity][tissue]
                lines.append(
                    f"| {quantity} | {word} | {inputs.replace('+', ' + ')} | {visit} "
                    f"| {median:.0f} | {low:.0f} to {high:.0f} "
                    f"| {known.low:.0f} to {known.high:.0f} "
                    f"| {LITERATURE_MS[quantity][tissue]} |"
                )
    return "\n".join(lines) + "\n"


def layout_differences(heads):
    """Markdown table: difference of the medians, second minus first visit, for inputs of both."""
    lines = [
        "| Map | Tissue | Inputs | Visit 2 minus visit 1 (ms) | (%) |",
        "| --- | --- | --- | --- | --- |",
    ]
    both = [inputs for inputs, visit in heads if visit == 2]
    for quantity in QUANTITIES:
        for tissue, name in TISSUE_NAMES.items():
            word = name[0].upper() + name[1:]
            for inputs in both:
                first, second = (
                    np.median(tissue_values_ms(heads[inputs, visit], quantity, tissue))
                    for visit in VISITS
                )
                change = second - first
                lines.append(
                    f"| {quantity} | {word} | {inputs.replace('+', ' + ')} "
                    f"| {change:+.1f} | {100 * change / first:+.1f} |"
                )
    return "\n".join(lines) + "\n"


def draw(heads, path):
    """Draw visits and inputs as rows, slices of T1 and T2 as columns.

    Args:
        heads: Dict mapping inputs and visit to head.
        path: PNG file to write.
    """
    matplotlib.use("Agg")
    cuts = {key: _cut(head) for key, head in heads.items()}
    extents = [
        (
            head["brain"][window].shape[0] * head["voxel_mm"][0],
            head["brain"][window].shape[1] * head["voxel_mm"][1],
        )
        for (head, window) in ((heads[key], cuts[key][0]) for key in heads)
    ]
    columns = [(q, number) for q in QUANTITIES for number in range(len(SHOWN_LEVELS))]
    figure, rows = tiles.tile_grid(extents, len(columns), TILE_INCHES)
    for row, (key, head) in zip(rows, heads.items(), strict=True):
        window, levels = cuts[key]
        for axis, (quantity, number) in zip(row, columns, strict=True):
            brain = head["brain"][window][..., levels[number]] > 0
            plane_s = head[quantity][window][..., levels[number]]
            tile = tiles.map_tile(plane_s, brain, quantity)
            nothing = np.zeros(brain.shape, bool)
            tiles.draw_tile(axis, tile, nothing, head["voxel_mm"][:2])
        row[0].set_ylabel(f"visit {key[1]}\n{key[0]}", fontsize=6)
    for number, quantity in enumerate(QUANTITIES):
        bar = rows[-1][number * len(SHOWN_LEVELS) :][: len(SHOWN_LEVELS)]
        tiles.draw_colour_bar(figure, bar, f"{quantity} (ms)", "max")
    figure.savefig(path, dpi=100)


def _cut(head):
    """Window around the brain, and the slices to show."""
    inside = np.argwhere(head["brain"] > 0)
    (left, back, bottom), (right, front, top) = inside.min(axis=0), inside.max(axis=0) + 1
    levels = [round(bottom + share * (top - bottom)) for share in SHOWN_LEVELS]
    return (slice(left, right), slice(back, front)), levels


if __name__ == "__main__":
    main()
