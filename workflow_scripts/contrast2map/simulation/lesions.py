"""White-matter lesions of multiple sclerosis: how many, how large, where, which shape."""

import numpy as np
from scipy import ndimage

from contrast2map.imaging.random_fields import smooth_field


def draw_diameters_mm(rng, n_lesions_mean, minimum, median, maximum):
    """Diameters of a subject's lesions in mm, largest first; their number is Poisson distributed.

    Log-normal (log SD 0.45) about the median, redrawn until within the bounds.
    """
    diameters = []
    for _ in range(rng.poisson(n_lesions_mean)):
        diameter = 0.0
        while not minimum <= diameter <= maximum:
            diameter = median * np.exp(0.45 * rng.standard_normal())
        diameters.append(diameter)
    return sorted(diameters, reverse=True)


def place_lesions(rng, wm, ventricle_distance_mm, voxel_mm, diameters_mm):
    """Put lesions into the white matter, most of them near the ventricles, none over another.

    Args:
        rng: NumPy random generator.
        wm: White-matter fraction of each voxel, shape (x, y, z).
        ventricle_distance_mm: Distance of each voxel to the ventricles in mm, same shape.
        voxel_mm: Edge of the isotropic voxels in mm.
        diameters_mm: Diameters of the lesions in mm.

    Returns:
        Lesion fraction of each voxel, float32, and number of the lesion (1, 2, ...; 0 none),
        uint8, both of the shape of `wm`. A lesion that finds no room is left out.
    """
    fraction = np.zeros(wm.shape, np.float32)
    label = np.zeros(wm.shape, np.uint16)
    candidates = np.flatnonzero(wm > 0.8)
    # Lesions gather about the ventricles (Filippi et al., Brain 2019;142:1858); ASSUME 12 mm scale.
    weight = 0.15 + np.exp(-ventricle_distance_mm.ravel()[candidates] / 12.0)
    cumulative = np.cumsum(weight)
    if candidates.size == 0:
        return fraction, label
    number = 0
    for diameter in diameters_mm:
        for _ in range(50):
            pick = np.searchsorted(cumulative, rng.uniform(0, cumulative[-1]))
            centre = np.unravel_index(candidates[pick], wm.shape)
            box, share = _lesion_shape(rng, wm.shape, centre, voxel_mm, diameter)
            share = share * wm[box]
            enough = share.sum() * voxel_mm**3 > 0.5 * np.pi / 6 * diameter**3
            if enough and not (fraction[box][share > 0] > 0).any():
                number += 1
                fraction[box] += share
                label[box][share > 0] = number
                break
    return fraction, label


def _lesion_shape(rng, shape, centre, voxel_mm, diameter_mm):
    """Box around a lesion and the share of its voxels that the lesion fills, ignoring tissue."""
    reach = int(np.ceil(0.9 * diameter_mm / voxel_mm)) + 2
    box = tuple(
        slice(max(0, c - reach), min(n, c + reach + 1)) for c, n in zip(centre, shape, strict=True)
    )
    axes = [
        (np.arange(s.start, s.stop, dtype=np.float32) - c) * voxel_mm
        for s, c in zip(box, centre, strict=True)
    ]
    offset_mm = np.stack(np.meshgrid(*axes, indexing="ij"))
    # Ovoid: volume of a sphere of the diameter, axes apart by up to 1.5, turned at random.
    stretch = np.exp(rng.uniform(-0.2, 0.2, 3))
    stretch /= np.cbrt(stretch.prod())
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    turned = np.tensordot((turn / stretch[:, None]).astype(np.float32), offset_mm, axes=1)
    radius_mm = np.sqrt((turned**2).sum(axis=0))
    ruggedness = smooth_field(rng, radius_mm.shape, voxel_mm, max(1.5, diameter_mm / 6))
    surface_mm = diameter_mm / 2 * (1 + 0.12 * ruggedness)
    return box, np.clip(0.5 + (surface_mm - radius_mm) / max(voxel_mm, 1.0), 0, 1)


def distance_to_ventricles_mm(csf, brain, voxel_mm, depth_mm=22.0):
    """Distance of each voxel to the ventricles, taken as CSF that lies deep inside the brain.

    Args:
        csf: CSF fraction, shape (x, y, z).
        brain: Brain fraction (CSF spaces included), same shape.
        voxel_mm: Edge of the isotropic voxels in mm.
        depth_mm: Least distance of ventricles from the brain's surface in mm.

    Returns:
        Distance in mm, float32, same shape.
    """
    deep = ndimage.distance_transform_edt(brain > 0.5) * voxel_mm > depth_mm
    ventricles = deep & (csf > 0.5)
    if not ventricles.any():
        ventricles = deep
    return (ndimage.distance_transform_edt(~ventricles) * voxel_mm).astype(np.float32)
