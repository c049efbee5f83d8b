"""A small good cohort of phantoms as a BIDS dataset."""

import functools
import json

import nibabel
import numpy as np

from contrast2map.bids import files as bids_files
from phantoms import affine_around, radius

FLAIR_ANGLE = np.radians(7)
SEQUENCES = {
    "mprage": {
        "type": "mprage",
        "TR_s": 1.9,
        "TI_s": 0.9,
        "TE_s": 0.00293,
        "flip_angle_deg": 9,
    },
    "gre": {"type": "spoiled_gradient_echo", "TR_s": 0.003, "TE_s": 0.0013, "flip_angle_deg": 18},
    "flair": {"type": "flair", "TR_s": 4.8, "TI_s": 1.8, "TE_s": 0.352, "equivalent_TE_s": 0.11},
}
SIDECARS = {
    "acq-mprage_T1w.json": {
        "RepetitionTimePreparation": 1.9,
        "RepetitionTimeExcitation": 0.0071,
        "InversionTime": 0.9,
        "EchoTime": 0.00293,
        "FlipAngle": 9,
    },
    "acq-gre_T1w.json": {"RepetitionTimeExcitation": 0.003, "EchoTime": 0.0013, "FlipAngle": 18},
    "FLAIR.json": {"RepetitionTimePreparation": 4.8, "InversionTime": 1.8, "EchoTime": 0.352},
    "derivatives/reference/T1map.json": {"Units": "s"},
}
PATTERNS = {
    "mprage": "sub-{subject}/anat/sub-{subject}_acq-mprage_T1w.nii.gz",
    "gre": "sub-{subject}/anat/sub-{subject}_acq-gre_T1w.nii.gz",
    "flair": "sub-{subject}/anat/sub-{subject}_FLAIR.nii.gz",
    "T1": "derivatives/reference/sub-{subject}/anat/sub-{subject}_T1map.nii.gz",
    "T2": "derivatives/reference/sub-{subject}/anat/sub-{subject}_T2map.nii.gz",
    "brain_mask": "derivatives/masks/sub-{subject}/anat/sub-{subject}_desc-brain_mask.nii.gz",
    "lesion_mask": "derivatives/masks/sub-{subject}/anat/sub-{subject}_label-lesion_mask.nii.gz",
    "tissue_segmentation": "derivatives/masks/sub-{subject}/anat/sub-{subject}_dseg.nii.gz",
    "transform_flair": "derivatives/masks/sub-{subject}/anat/sub-{subject}_to-flair_xfm.txt",
}
LABELS = {"tissue_segmentation": {"csf": 3, "gm": 1, "wm": 2}}
OPTIONAL = ("brain_mask", "lesion_mask", "tissue_segmentation", "transform_flair")
TRANSFORM = (
    "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\n"
    "Parameters: 1 0 0 0 1 0 0 0 1 2.5 -1 0\nFixedParameters: 0 0 0\n"
)
TARGET = "mprage"
# Intensities and times in s by ring: air, white matter, grey matter, CSF, bone, skin.
RINGS = (0.6, 0.8, 1.0, 1.1, 1.25)
TISSUES = {
    "mprage": (90, 60, 20, 5, 110, 0),
    "gre": (80, 70, 40, 5, 120, 0),
    "flair": (60, 80, 15, 5, 70, 0),
    "T1": (0.82, 1.21, 3.0, 0, 0.4, 0),
    "T2": (0.07, 0.085, 0.5, 0, 0.06, 0),
    "brain_mask": (1, 1, 1, 0, 0, 0),
    "tissue_segmentation": (2, 1, 3, 0, 0, 0),
    "lesion_mask": (0, 0, 0, 0, 0, 0),
}


def grid(role):
    """Shape and affine of a role's image; the FLAIR is oblique."""
    if role in ("T1", "T2"):
        return (40, 44, 20), affine_around((40, 44, 20), (5.0, 5.0, 5.6))
    if role == "flair":
        shape = (34, 40, 32)
        affine = affine_around(shape, (6.0, 6.0, 6.0))
        turn = np.eye(4)
        turn[:2, :2] = [
            [np.cos(FLAIR_ANGLE), -np.sin(FLAIR_ANGLE)],
            [np.sin(FLAIR_ANGLE), np.cos(FLAIR_ANGLE)],
        ]
        return shape, turn @ affine
    return (40, 48, 38), affine_around((40, 48, 38), (5.0, 5.0, 5.0))


@functools.cache
def noiseless(role):
    """Values of a role's image without noise."""
    return np.asarray(TISSUES[role], np.float32)[np.digitize(radius(*grid(role)), RINGS)]


def good_image(role, seed):
    """A realistic, intact image of a role."""
    shape, affine = grid(role)
    values = noiseless(role)
    rng = np.random.default_rng([seed, sum(map(ord, role))])
    if role in ("mprage", "gre", "flair"):
        noise = rng.normal(0, 3, (2, *shape))
        values = np.hypot(values * 10 + noise[0], noise[1]).astype(np.int16)
    elif role in ("T1", "T2"):
        values = (values * rng.normal(1, 0.03, shape)).astype(np.float32)
    else:
        values = values.astype(np.uint8)
    if role == "lesion_mask":
        values[18:20, 20:22, 20:22] = 1
    image = nibabel.Nifti1Image(values, affine)
    image.header.set_xyzt_units("mm")
    return image


def path_of(root, subject, role):
    """File of a role according to its pattern."""
    return root / PATTERNS[role].format(subject=subject)


def write_cohort(root, subjects):
    """Write good subjects with their sidecars below `root`."""
    for name, content in SIDECARS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(json.dumps(content))
    for name in ("dataset_description.json", "derivatives/reference/dataset_description.json"):
        (root / name).write_text("{}")
    for seed, subject in enumerate(subjects):
        for role in PATTERNS:
            path = path_of(root, subject, role)
            path.parent.mkdir(parents=True, exist_ok=True)
            if role == "transform_flair":
                path.write_text(TRANSFORM)
            else:
                nibabel.save(good_image(role, seed), path)


def files_of(root, subject, session=None, run=None):
    """Input of check_subject, as the rule passes it: file, or problem and remedy, by role."""
    files = {}
    for role, pattern in PATTERNS.items():
        found = bids_files.resolve(str(root), pattern, subject, session, run)
        if not (found.is_missing and role in OPTIONAL):
            files[role] = {"path": found.path, "problem": found.problem, "remedy": found.remedy}
    return files
