"""Brain masks of real and simulated heads by an engine: overlap, volume and CPU time.

    CONTRAST2MAP_DATA=... python benchmarks/brain_extraction.py [engine] [folder for pictures]

Prints a table. Real heads: two patients of Lesjak et al. (2016) at two visits; patient 12 has a
mask of its own in the space of both visits. Simulated: BrainWeb heads, in which the brain is known.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))
sys.path.insert(1, str(Path(__file__).parents[1] / "tests" / "library"))

import matplotlib
import nibabel as nib
import numpy as np
from scipy import ndimage

import brainweb_heads
from contrast2map.imaging import grids
from contrast2map.preprocessing.brain_extraction import extract_brain

matplotlib.use("Agg")
import matplotlib.pyplot as plt

REAL = [
    (f"{patient}/study{visit}_{kind}", Path("openms") / patient / f"study{visit}_{kind}.nii.gz")
    for patient in ("patient12", "patient01")
    for visit in (1, 2)
    for kind in ("T1W", "FLAIR")
]
BRAINWEB = (4, 18, 44)
LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def itk_matrix(path):
    """World-to-world matrix (RAS, mm) of an ITK affine transform in a text file."""
    rows = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
    numbers = np.array(rows["Parameters"].split(), float)
    centre = np.array(rows["FixedParameters"].split(), float)
    matrix = np.eye(4)
    matrix[:3, :3] = numbers[:9].reshape(3, 3)
    matrix[:3, 3] = numbers[9:] + centre - matrix[:3, :3] @ centre
    return LPS @ matrix @ LPS


def own_mask(folder, name, scan):
    """The data set's mask of patient 12 on the grid of a scan, or None."""
    if not name.startswith("patient12"):
        return None
    patient, visit = folder / "openms" / "patient12", name.split("study")[1][0]
    common = nib.load(patient / "common_space_brainmask.nii.gz")
    to_common = itk_matrix(patient / f"study{visit}_FLAIR_to_common_space.txt")  # common to FLAIR
    flair_to_scan = np.eye(4)
    if name.endswith("T1W"):
        flair_to_scan = itk_matrix(patient / f"study{visit}_T1W_intrastudy_to_FLAIR.txt")
    scan_to_common = np.linalg.inv(flair_to_scan @ to_common)
    return (
        grids.resample(
            np.asarray(common.dataobj, np.float32),
            common.affine,
            scan.shape,
            scan.affine,
            scan_to_common,
        )
        > 0.5
    )


def heads(folder):
    """Name, image and known brain (or None) of each head."""
    for name, path in REAL:
        scan = nib.load(folder / path)
        yield name, scan, own_mask(folder, name, scan)
    for subject in BRAINWEB:
        image, labels = brainweb_heads.head(subject, factor=2)
        tissue = np.isin(labels, [2, 3])
        inside = ndimage.binary_fill_holes(ndimage.binary_closing(np.pad(tissue, 8), ball(6)))
        yield f"BrainWeb {subject}", image, inside[8:-8, 8:-8, 8:-8]


def ball(radius):
    """Ball of a radius in voxels."""
    grid = np.indices([2 * radius + 1] * 3) - radius
    return (grid**2).sum(axis=0) <= radius**2


def picture(image, mask, known, path):
    """Three planes with the outlines of the mask (red) and the known brain (green)."""
    image, mask = nib.as_closest_canonical(image), nib.as_closest_canonical(mask)
    values, inside = np.asarray(image.dataobj, float), np.asarray(mask.dataobj) > 0
    edges = grids.voxel_size_mm(image)
    middle = np.argwhere(inside).mean(axis=0).astype(int)
    figure, axes = plt.subplots(1, 4, figsize=(16, 4))
    top = np.quantile(values[values > values.mean()], 0.98)
    offsets = [
        (0, middle[0] + int(30 / edges[0])),
        (0, middle[0]),
        (1, middle[1]),
        (2, middle[2] - int(25 / edges[2])),
    ]
    for axis, (along, at) in zip(axes, offsets, strict=True):
        rest = [n for n in range(3) if n != along]
        axis.imshow(
            np.take(values, at, along).T,
            cmap="gray",
            origin="lower",
            vmax=top,
            aspect=edges[rest[1]] / edges[rest[0]],
        )
        axis.contour(np.take(inside, at, along).T, [0.5], colors="r", linewidths=0.8)
        if known is not None:
            axis.contour(np.take(known, at, along).T, [0.5], colors="lime", linewidths=0.6)
        axis.axis("off")
    figure.tight_layout()
    figure.savefig(path, dpi=60)
    plt.close(figure)


def main(engine="embedded", pictures=None):
    """Print the table."""
    folder = Path(os.environ["CONTRAST2MAP_DATA"])
    print("| head | volume (ml) | known (ml) | Dice | outside (ml) | missing (ml) | CPU s |")
    print("| :-- | --: | --: | --: | --: | --: | --: |")
    for name, image, known in heads(folder):
        started = time.process_time()
        mask = extract_brain(image, engine).mask
        cpu_s = time.process_time() - started
        inside = np.asarray(mask.dataobj) > 0
        ml = np.prod(grids.voxel_size_mm(image)) / 1000
        cells = ["–"] * 4
        if known is not None:
            overlap = 2 * (inside & known).sum() / (inside.sum() + known.sum())
            cells = [
                f"{known.sum() * ml:.0f}",
                f"{overlap:.3f}",
                f"{(inside & ~known).sum() * ml:.0f}",
                f"{(known & ~inside).sum() * ml:.0f}",
            ]
        print(
            f"| {name} | {inside.sum() * ml:.0f} | {' | '.join(cells)} | {cpu_s:.1f} |", flush=True
        )
        if pictures:
            Path(pictures).mkdir(parents=True, exist_ok=True)
            if known is not None:
                known = nib.Nifti1Image(known.astype(np.uint8), image.affine)
                known = np.asarray(nib.as_closest_canonical(known).dataobj) > 0
            picture(image, mask, known, Path(pictures) / f"{name.replace('/', '_')}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
