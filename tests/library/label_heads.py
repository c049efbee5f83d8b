"""Two small heads as label maps: nested ellipsoids with labels of SynthSeg."""

import nibabel as nib
import numpy as np

# Label and relative radius, from the outside in: skull, CSF, cortex, white matter, ventricles.
SHELLS = ((515, 1.0), (24, 0.88), (3, 0.8), (2, 0.68), (4, 0.2))
PUTAMEN = (12, (18, 0, 0), 9)  # label, centre from the middle in mm, radius in mm


def ellipsoids(radii_mm):
    """Labels (x, y, z) of a head with the given radii of the skull."""
    shape = [2 * radius + 9 for radius in radii_mm]
    grid = np.stack(np.meshgrid(*[np.arange(n) - n // 2 for n in shape], indexing="ij"))
    distance = np.sqrt(((grid / np.reshape(radii_mm, (3, 1, 1, 1))) ** 2).sum(axis=0))
    labels = np.zeros(shape, np.float32)
    for label, radius in SHELLS:
        labels[distance < radius] = label
    label, centre, radius = PUTAMEN
    away = grid - np.reshape(centre, (3, 1, 1, 1))
    labels[(away**2).sum(axis=0) < radius**2] = label
    return labels


def write(folder):
    """Write the label maps of both heads."""
    for number, radii_mm in enumerate([(60, 72, 58), (56, 66, 62)], start=1):
        image = nib.Nifti1Image(ellipsoids(radii_mm), np.eye(4))
        image.to_filename(folder / f"training_seg_{number:02}.nii.gz")
