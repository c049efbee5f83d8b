"""A T1-weighted image of a BrainWeb head, where the data folder has one."""

import os
from pathlib import Path

import nibabel
import numpy as np
import pytest

# background, CSF, GM, WM, fat, muscle, skin, skull, vessels, around fat, dura, marrow
MPRAGE = np.array([0, 22, 62, 100, 110, 60, 75, 6, 75, 70, 45, 90], dtype=np.float32)


def head(subject, factor, noise=2.5, bias=0.15):
    """One head, its voxels averaged `factor` by `factor` by `factor`.

    Returns:
        nibabel image and the most frequent label of each of its voxels, shape (x, y, z).
    """
    folder = os.environ.get("CONTRAST2MAP_DATA")
    path = Path(folder or "") / "brainweb" / f"subject{subject:02d}_crisp_v.mnc.gz"
    if not folder or not path.is_file():
        pytest.skip("CONTRAST2MAP_DATA names no folder with BrainWeb heads")
    fine = np.rint(np.asarray(nibabel.load(path).dataobj)).astype(np.uint8).transpose(2, 1, 0)
    shape = np.array(fine.shape) // factor
    blocks = fine[tuple(slice(n * factor) for n in shape)]
    blocks = blocks.reshape([n for size in shape for n in (size, factor)])
    counts = [np.sum(blocks == k, axis=(1, 3, 5), dtype=np.int32) for k in range(12)]
    intensities = MPRAGE[blocks].mean(axis=(1, 3, 5))
    x, y, z = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    intensities *= 1 + bias * (0.6 * x + 0.4 * y**2 - 0.4 * z)
    real, imaginary = np.random.default_rng(subject).normal(0, noise, (2, *shape))
    noisy = np.hypot(intensities + real, imaginary).astype(np.float32)
    affine = np.diag([0.5 * factor] * 3 + [1.0])
    affine[:3, 3] = (-90, -126, -72)
    return nibabel.Nifti1Image(noisy, affine), np.argmax(counts, axis=0)
