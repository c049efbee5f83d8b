"""Heads of the teacher: label maps of real people and the ICBM152 template, cropped and cached.

Each head is stored once as small integers and read as a memory map, which processes share.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

from contrast2map.anatomy.templates import load_icbm152, structure_fraction
from contrast2map.imaging import grids
from contrast2map.teacher.tissues import BRAIN, FIRST_OUTER, LABELS, TISSUES, tissue_numbers

MARGIN_MM = 24  # of tissue around the brain's box that is kept
CLOSING_MM = 6.0  # sulci narrower than twice this length belong to the brain's envelope
FARTHEST_MM = 60  # distances beyond are cut
N_POINTS = 1000  # places in the brain at which the scale of an image is measured
VERSION = 2  # of the cached files


@dataclass(frozen=True)
class Head:
    """A head on a 1 mm grid, RAS.

    Attributes:
        tissue: Number of the tissue, uint8 (x, y, z); air at the faces.
        depth_mm: Distance to the brain's envelope, positive inside, int8 (x, y, z).
        points: Voxels in the envelope, float32 (3, N_POINTS).
        centre: Centre of the brain in voxels, float32 (3,).
    """

    tissue: np.ndarray
    depth_mm: np.ndarray
    points: np.ndarray
    centre: np.ndarray


def load_heads(labels_folder, cache_folder):
    """Load all heads, the template last; those that the cache lacks are prepared first.

    Args:
        labels_folder: Folder with label maps of SynthSeg (`training_seg_*.nii.gz`).
        cache_folder: Folder for the prepared heads; made if there is none.

    Returns:
        List of Head whose arrays are memory maps.

    Raises:
        ValueError: The folder has no label maps.
    """
    paths = sorted(Path(labels_folder).glob("training_seg_*.nii.gz"))
    if not paths:
        raise ValueError(f"{labels_folder} has no label maps training_seg_*.nii.gz")
    sources = [(path.name.split(".")[0], _fingerprint(path), path) for path in paths]
    sources.append(("icbm152", _fingerprint(None), None))
    heads = []
    for name, fingerprint, path in sources:
        folder = Path(cache_folder) / f"{name}-{fingerprint}"
        if not folder.is_dir():
            store(folder, read_labels(path) if path else template_labels())
        heads.append(open_stored(folder))
    return heads


def read_labels(path):
    """Tissue numbers of a label map on its 1 mm grid in RAS, uint8 (x, y, z)."""
    image = nib.as_closest_canonical(nib.load(path))
    return tissue_numbers()[np.asarray(image.dataobj).astype(np.int16)]


def template_labels():
    """Tissue numbers of the ICBM152 template: the most probable tissue of each voxel.

    Putamen and thalamus are ellipsoids. The cerebellum is what lies below and behind a plane.
    """
    (grey, affine), (white, _), (t1, _) = (load_icbm152(name) for name in ("gm", "wm", "t1"))
    inside = ndimage.binary_fill_holes(t1 > 0.02)
    mni_mm = grids.world_coordinates(grey.shape, affine)
    fluid = np.clip(1 - grey - white, 0, 1)
    order = np.array([TISSUES.index(name) for name in ("csf", "cortex", "wm")], np.uint8)
    numbers = order[np.argmax([fluid, grey, white], axis=0)]
    is_cerebellum = (mni_mm[2] < -15) & (mni_mm[1] < -38) & (mni_mm[2] < -0.5 * mni_mm[1] - 40)
    for name, there in (("cortex", "cerebellum_cortex"), ("wm", "cerebellum_wm")):
        here = is_cerebellum & (numbers == TISSUES.index(name))
        numbers[here] = TISSUES.index(there)
    for name in ("thalamus", "putamen"):
        numbers[structure_fraction(name, mni_mm, 1.0) > 0.5] = TISSUES.index(name)
    return np.where(inside, numbers, 0).astype(np.uint8)


def _fingerprint(path):
    content = Path(path).read_bytes() if path else b"icbm152"
    recipe = json.dumps([VERSION, MARGIN_MM, CLOSING_MM, FARTHEST_MM, N_POINTS, LABELS])
    return hashlib.sha256(content + recipe.encode()).hexdigest()[:12]


def store(folder, tissue):
    """Prepare a head and write it, complete or not at all.

    Args:
        folder: Folder to write.
        tissue: Tissue numbers on a 1 mm grid, RAS, uint8 (x, y, z).
    """
    solid = BRAIN[tissue] & (tissue != TISSUES.index("csf"))
    box = ndimage.find_objects(_largest_part(solid).astype(np.uint8))[0]
    box = tuple(
        slice(max(s.start - MARGIN_MM, 0), min(s.stop + MARGIN_MM, n))
        for s, n in zip(box, tissue.shape, strict=True)
    )
    # An even number of voxels, surrounded by air.
    tissue = tissue[box][tuple(slice(n - n % 2) for n in tissue[box].shape)]
    tissue = np.pad(tissue, 2)
    depth = _depth_mm(BRAIN[tissue] & (tissue != TISSUES.index("csf")))
    inside = np.argwhere((depth > 0) & (tissue > 0) & (tissue < FIRST_OUTER))
    rng = np.random.default_rng(0)
    points = inside[np.sort(rng.choice(len(inside), N_POINTS, replace=len(inside) < N_POINTS))]
    half = folder.with_name(f"{folder.name}.{os.getpid()}")
    half.mkdir(parents=True)
    np.save(half / "tissue.npy", tissue)
    np.save(half / "depth_mm.npy", depth)
    np.save(half / "points.npy", points.T.astype(np.float32))
    np.save(half / "centre.npy", inside.mean(axis=0).astype(np.float32))
    try:
        half.rename(folder)
    except OSError:  # another process was first
        for path in half.iterdir():
            path.unlink()
        half.rmdir()


def _largest_part(mask):
    parts, n = ndimage.label(mask[::2, ::2, ::2])
    if n == 0:
        raise ValueError("a label map has no brain")
    largest = 1 + np.argmax(np.bincount(parts.ravel())[1:])
    coarse = parts == largest
    return coarse.repeat(2, 0).repeat(2, 1).repeat(2, 2)[tuple(slice(n) for n in mask.shape)] & mask


def _depth_mm(solid):
    """Depth below the envelope of a mask, at 2 mm, repeated to 1 mm."""
    coarse = solid[::2, ::2, ::2]
    padding = int(CLOSING_MM)
    coarse = np.pad(coarse, padding)
    grown = ndimage.distance_transform_edt(~coarse) <= CLOSING_MM / 2
    envelope = ndimage.binary_fill_holes(ndimage.distance_transform_edt(grown) > CLOSING_MM / 2)
    depth = 2 * (
        ndimage.distance_transform_edt(envelope) - ndimage.distance_transform_edt(~envelope)
    )
    inner = tuple(slice(padding, -padding) for _ in range(3))
    depth = np.clip(depth[inner], -FARTHEST_MM, FARTHEST_MM).astype(np.int8)
    fine = depth.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    return np.ascontiguousarray(fine[tuple(slice(n) for n in solid.shape)])


def open_stored(folder):
    """The Head that `store` wrote."""
    names = ("tissue", "depth_mm", "points", "centre")
    # As plain arrays, whose indexing is faster.
    return Head(
        *(np.asarray(np.load(Path(folder) / f"{name}.npy", mmap_mode="r")) for name in names)
    )
