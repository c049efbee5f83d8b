"""BrainWeb's discrete head models (Aubert-Broche et al., IEEE TMI 2006;25:1410)."""

import gzip

import nibabel as nib
import numpy as np
from scipy import ndimage

from contrast2map.anatomy.heads import HEAD_TISSUES, Head
from contrast2map.imaging import grids

SHAPE = (362, 434, 362)  # of the models, along z, y, x
VOXEL_MM = 0.5
# Labels 0-11 of the models. "Around fat", tissue between fat lobes, counts as fat.
LABELS = "air csf gm wm fat muscle skin skull vessels fat dura marrow".split()
CSF, GM, WM, VESSELS = (LABELS.index(name) for name in ("csf", "gm", "wm", "vessels"))
CLOSING_MM = 3.0  # closes sulci and ventricles


def read_labels(path):
    """Read the labels of a BrainWeb model, 0-11.

    Args:
        path: `.mnc.gz` (MINC-1) or `.bin.gz` (raw bytes, as the `brainweb` package stores them).

    Returns:
        uint8 array in right, anterior, superior order, shape (362, 434, 362), 0.5 mm voxels.

    Raises:
        ValueError: The file is not a BrainWeb model.
    """
    if str(path).endswith(".bin.gz"):
        with gzip.open(path) as stream:
            raw = np.frombuffer(stream.read(), np.uint8)
        if raw.size == 2 * np.prod(SHAPE):  # the package stores labels times 16 in 16 bits
            raw = (raw.view("<u2") >> 4).astype(np.uint8)
        if raw.size != np.prod(SHAPE):
            raise ValueError(f"{path}: has {raw.size} bytes; a BrainWeb model has {np.prod(SHAPE)}")
        labels = np.ascontiguousarray(raw.reshape(SHAPE).transpose(2, 1, 0))
    else:
        image = nib.as_closest_canonical(nib.load(path))
        labels = np.rint(np.asarray(image.dataobj)).astype(np.uint8)
    if labels.max() >= len(LABELS):
        raise ValueError(f"{path}: has label {labels.max()}; a BrainWeb model has 0 to 11")
    return labels


def load_head(path, shape, affine):
    """Load a BrainWeb head as tissue fractions on a coarser grid, with partial volume.

    The models lack putamen and thalamus; `simulated_head.with_deep_structures` adds them.

    Args:
        path: BrainWeb model.
        shape: Grid of the head.
        affine: Its voxel-to-world matrix in mm; isotropic voxels.

    Returns:
        Head with the middle of its brain at the origin of world space.

    Raises:
        ValueError: The voxels are not a multiple of 0.5 mm.
    """
    voxel_mm = grids.voxel_size_mm(affine)[0]
    n_merged = round(voxel_mm / VOXEL_MM)
    if not np.isclose(n_merged * VOXEL_MM, voxel_mm):
        raise ValueError(
            f"config: simulation.anatomy.voxel_mm: is {voxel_mm:g}; BrainWeb heads need a multiple "
            f"of {VOXEL_MM}"
        )
    labels = _centred(read_labels(path), [size * n_merged for size in shape])
    fractions = {name: np.zeros(shape, np.float32) for name in HEAD_TISSUES}
    for number, name in enumerate(LABELS):
        if name != "air":
            fractions[name] += _share(labels == number, n_merged)
    return Head(fractions, _brain_share(labels, n_merged), affine)


def _centred(labels, shape):
    """Crop labels or pad them with air to a shape, with the brain's bounding box in the middle."""
    first, last = grids.extent((labels == GM) | (labels == WM))
    middle = (first + last + 1) // 2
    centred = np.zeros(shape, np.uint8)
    source, target = [], []
    for size, wanted, centre in zip(labels.shape, shape, middle, strict=True):
        start = centre - wanted // 2
        source.append(slice(max(0, start), min(size, start + wanted)))
        target.append(slice(max(0, start) - start, min(size, start + wanted) - start))
    centred[tuple(target)] = labels[tuple(source)]
    return centred


def _share(mask, n_merged):
    """Mean of a mask over blocks of voxels, float32."""
    counts = mask.astype(np.uint16)
    for axis in range(3):  # one axis at a time is five times faster than all at once
        blocks = np.moveaxis(counts, axis, 0)
        added = sum(blocks[start::n_merged] for start in range(1, n_merged)) + blocks[::n_merged]
        counts = np.moveaxis(added, 0, axis)
    return np.ascontiguousarray(counts, np.float32) / np.float32(n_merged**3)


def _brain_share(labels, n_merged):
    """Share inside the brain's surface: grey and white matter with sulci and ventricles closed."""
    whole = (labels == GM) | (labels == WM)
    # Beyond one voxel more than the closing, nothing is grown: the rest of the grid is outside.
    box, _ = grids.bounding_box(whole, np.eye(4), margin_voxels=round(CLOSING_MM / VOXEL_MM) + 2)
    parenchyma = whole[box]
    distance_mm = ndimage.distance_transform_edt(~parenchyma) * VOXEL_MM
    grown = ndimage.binary_fill_holes(distance_mm <= CLOSING_MM)
    closed = ndimage.distance_transform_edt(grown) * VOXEL_MM > CLOSING_MM
    inside = np.zeros(labels.shape, bool)
    inside[box] = (closed | parenchyma) & np.isin(labels[box], (CSF, GM, WM, VESSELS))
    return _share(inside, n_merged)
