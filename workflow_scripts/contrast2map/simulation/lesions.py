"""Multiple sclerosis lesions in white matter: number, size, place and shape."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from contrast2map.imaging.random_fields import smooth_field

LOG_DIAMETER_SD = 0.45
# Lesions cluster around the ventricles (Filippi et al., Brain 2019;142:1858). ASSUME their density
# falls to 1/e over this distance.
VENTRICLE_SCALE_MM = 12.0
N_ATTEMPTS = 50  # attempts to place a lesion


@dataclass(frozen=True)
class LesionDiameters:
    """Distribution of lesion diameters: log-normal about the median, truncated at the bounds."""

    minimum_mm: float
    median_mm: float
    maximum_mm: float

    @classmethod
    def from_config(cls, section):
        """Diameters in mm from section `simulation.anatomy.lesion_diameter_mm`."""
        return cls(**{f"{key}_mm": value for key, value in section.items()})


def draw_diameters_mm(rng, n_lesions_mean, diameters):
    """Draw the lesion diameters of a subject.

    Args:
        rng: NumPy random generator.
        n_lesions_mean: Mean number of lesions; the number is Poisson distributed.
        diameters: LesionDiameters.

    Returns:
        List of diameters in mm, largest first.
    """
    drawn = []
    for _ in range(rng.poisson(n_lesions_mean)):
        diameter_mm = 0.0
        while not diameters.minimum_mm <= diameter_mm <= diameters.maximum_mm:
            diameter_mm = diameters.median_mm * np.exp(LOG_DIAMETER_SD * rng.standard_normal())
        drawn.append(diameter_mm)
    return sorted(drawn, reverse=True)


def place_lesions(rng, wm, ventricle_distance_mm, voxel_mm, diameters_mm):
    """Place lesions in white matter, preferably near the ventricles and without overlap.

    Args:
        rng: NumPy random generator.
        wm: White-matter fraction, shape (x, y, z).
        ventricle_distance_mm: Distance to the ventricles in mm, same shape.
        voxel_mm: Edge of the isotropic voxels in mm.
        diameters_mm: Lesion diameters in mm.

    Returns:
        Lesion fraction, float32, and lesion number (1, 2, ...; 0 outside), uint16, both of the
        shape of `wm`. A lesion that does not fit anywhere is omitted.
    """
    fraction = np.zeros(wm.shape, np.float32)
    label = np.zeros(wm.shape, np.uint16)
    candidates = np.flatnonzero(wm > 0.8)
    weight = 0.15 + np.exp(-ventricle_distance_mm.ravel()[candidates] / VENTRICLE_SCALE_MM)
    cumulative = np.cumsum(weight)
    if candidates.size == 0:
        return fraction, label
    number = 0
    for diameter_mm in diameters_mm:
        for _ in range(N_ATTEMPTS):
            pick = np.searchsorted(cumulative, rng.uniform(0, cumulative[-1]))
            centre = np.unravel_index(candidates[pick], wm.shape)
            box, share = _lesion_shape(rng, wm.shape, centre, voxel_mm, diameter_mm)
            share = share * wm[box]
            is_large = share.sum() * voxel_mm**3 > 0.5 * np.pi / 6 * diameter_mm**3
            if is_large and not (fraction[box][share > 0] > 0).any():
                number += 1
                fraction[box] += share
                label[box][share > 0] = number
                break
    return fraction, label


def _lesion_shape(rng, shape, centre, voxel_mm, diameter_mm):
    """Box around a lesion, and the lesion's share of each voxel in the box, in any tissue."""
    reach = int(np.ceil(0.9 * diameter_mm / voxel_mm)) + 2
    box = tuple(
        slice(max(0, c - reach), min(n, c + reach + 1)) for c, n in zip(centre, shape, strict=True)
    )
    axes = [
        (np.arange(s.start, s.stop, dtype=np.float32) - c) * voxel_mm
        for s, c in zip(box, centre, strict=True)
    ]
    offset_mm = np.stack(np.meshgrid(*axes, indexing="ij"))
    # Ellipsoid with the sphere's volume, axis ratio up to 1.5 and random orientation.
    stretch = np.exp(rng.uniform(-0.2, 0.2, 3))
    stretch /= np.cbrt(stretch.prod())
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    turned = np.tensordot((turn / stretch[:, None]).astype(np.float32), offset_mm, axes=1)
    radius_mm = np.sqrt((turned**2).sum(axis=0))
    roughness = smooth_field(rng, radius_mm.shape, voxel_mm, max(1.5, diameter_mm / 6))
    surface_mm = diameter_mm / 2 * (1 + 0.12 * roughness)
    return box, np.clip(0.5 + (surface_mm - radius_mm) / max(voxel_mm, 1.0), 0, 1)


def distance_to_ventricles_mm(csf, brain, voxel_mm, depth_mm=22.0):
    """Distance to the ventricles, defined as CSF deep inside the brain.

    Args:
        csf: CSF fraction, shape (x, y, z).
        brain: Brain fraction (CSF included), same shape.
        voxel_mm: Edge of the isotropic voxels in mm.
        depth_mm: Minimum distance of the ventricles from the brain's surface in mm.

    Returns:
        Distance in mm, float32, same shape.
    """
    deep = ndimage.distance_transform_edt(brain > 0.5) * voxel_mm > depth_mm
    ventricles = deep & (csf > 0.5)
    if not ventricles.any():
        ventricles = deep
    return (ndimage.distance_transform_edt(~ventricles) * voxel_mm).astype(np.float32)
