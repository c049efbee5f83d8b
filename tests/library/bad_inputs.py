"""Bad inputs, and the finding that each must cause.

Each bad input is left behind by some scanner, export, script or person. `BAD_INPUTS` maps its name
to `Bad`: how to spoil the good subject, and the file and words that the finding must contain.
"""

import gzip
from typing import NamedTuple

import numpy as np

import defects
from small_cohort import SIDECARS, TRANSFORM


class Bad(NamedTuple):
    """A defect: a function that introduces it into a subject, and the expected finding.

    Attributes:
        spoil: Function of the cohort's root and the subject's label.
        role: Role whose file the finding names; "" if it names none.
        words: Words of its problem.
        level: Level of the finding.
    """

    spoil: object
    role: str
    words: str
    level: str = "fail"


MIDDLE = (slice(None), slice(None), slice(15, 18))
IMAGES = {
    "missing scan": Bad(defects.removed("flair"), "", "flair: there is no sub-"),
    "missing map": Bad(defects.removed("T2"), "", "T2: there is no derivatives/reference/sub-"),
    "no folder of the subject": Bad(defects.without_folder, "", "the folder sub-"),
    "link to a file that was not fetched": Bad(defects.as_broken_link("gre"), "", "is a link to a"),
    "pointer of git-lfs": Bad(
        defects.as_text(
            "gre", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
        ),
        "gre",
        "is a Git pointer",
    ),
    "folder in place of the file": Bad(defects.as_folder("gre"), "", "is a folder, not a file"),
    "empty file": Bad(defects.changed_bytes("flair", lambda content: b""), "flair", "is empty"),
    "text in place of the image": Bad(
        defects.as_text("flair", "see the other disk"), "flair", "cannot be"
    ),
    "DICOM that was renamed": Bad(
        defects.changed_bytes("flair", lambda content: bytes(128) + b"DICM" + bytes(900)),
        "flair",
        "cannot be",
    ),
    "not compressed in spite of its name": Bad(
        defects.changed_bytes("flair", gzip.decompress), "flair", "cannot be read"
    ),
    "cut off in the header": Bad(
        defects.changed_bytes("gre", lambda content: content[:100]), "gre", "cannot be"
    ),
    "cut off in the values": Bad(
        defects.changed_bytes("gre", lambda content: content[: len(content) // 2]),
        "gre",
        "cannot be read",
    ),
    "cut off before its checksum": Bad(
        defects.changed_bytes("gre", lambda content: content[:-6]),
        "gre",
        "cannot be read to its end",
    ),
    "one bit flipped": Bad(
        defects.changed_bytes("gre", defects.with_flipped_bit), "gre", "cannot be read"
    ),
    "values end early": Bad(
        defects.changed_header("mprage", defects.with_longer_shape), "mprage", "cannot be read"
    ),
    "values go on": Bad(
        defects.changed_header("mprage", defects.with_shorter_shape), "mprage", "is longer than the"
    ),
    "header promises the impossible": Bad(
        defects.changed_header("flair", defects.with_huge_shape), "flair", "30000 ×"
    ),
    "several volumes": Bad(
        defects.changed_values("gre", defects.stacked(3)), "gre", "has shape (40, 48, 38, 3)"
    ),
    "one slice": Bad(
        defects.changed_values("gre", lambda v: v[..., 20:21]), "gre", "has 40 × 48 × 1 voxels"
    ),
    "complex values": Bad(
        defects.changed_values("flair", defects.as_complex, np.complex64),
        "flair",
        "of type complex64",
    ),
    "NaN around the map": Bad(
        defects.changed_values("T1", lambda v: np.where(v > 0, v, np.nan)), "T1", "not finite"
    ),
    "infinite voxel": Bad(
        defects.changed_values("flair", defects.with_value((3, 3, 3), np.inf)),
        "flair",
        "has 1 values that",
    ),
    "all zero": Bad(defects.changed_values("mprage", lambda v: 0 * v), "mprage", "is 0 everywhere"),
    "one value": Bad(
        defects.changed_values("gre", lambda v: 0 * v + 7), "gre", "has the value 7 everywhere"
    ),
    "negative throughout": Bad(
        defects.changed_values("gre", lambda v: -v - 1), "gre", "is negative throughout"
    ),
    "real part": Bad(
        defects.changed_values("mprage", lambda v: v * np.cos(np.indices(v.shape)[0] / 9)),
        "mprage",
        "clearly negative",
    ),
    "padding": Bad(
        defects.changed_values("gre", lambda v: np.where(v < 10, -1024, v)),
        "gre",
        "have the value -1024, like padding",
    ),
    "constant subtracted": Bad(
        defects.changed_values("gre", lambda v: v - 2000),
        "gre",
        "as if a constant had been subtracted",
    ),
    "mask in place of the scan": Bad(
        defects.changed_values("flair", lambda v: (v > 99) * 1.0),
        "flair",
        "has only 2 different values",
    ),
    "lost slices": Bad(
        defects.changed_values("flair", defects.with_value(MIDDLE, 0)),
        "flair",
        "has 3 empty slices",
    ),
    "nearly empty": Bad(
        defects.changed_values("gre", lambda v: v * (np.indices(v.shape).sum(axis=0) < 12)),
        "gre",
        "nearly empty",
    ),
    "noise": Bad(
        defects.changed_values("gre", lambda v: np.random.default_rng(0).rayleigh(20, v.shape)),
        "gre",
        "hardly correlated",
    ),
    "values in a wrong order": Bad(
        defects.changed_values("flair", lambda v: v.ravel()[: 39 * 33 * 24].reshape(39, 33, 24)),
        "flair",
        "correlated",
    ),
    "one voxel beyond all others": Bad(
        defects.changed_values("gre", defects.with_value((20, 20, 20), 3e38)),
        "gre",
        "1 voxel is far",
        "warn",
    ),
    "clipped": Bad(
        defects.changed_values("gre", lambda v: v.clip(0, 700)), "gre", "clipped at 700", "warn"
    ),
}
PLACES = {
    "no orientation": Bad(
        defects.changed_header("gre", defects.without_codes), "gre", "gives no orientation"
    ),
    "affine of NaN": Bad(
        defects.changed_header("gre", defects.made_not_finite), "gre", "its affine is not finite"
    ),
    "affine without a volume": Bad(
        defects.changed_affine("gre", defects.made_singular), "gre", "is singular"
    ),
    "sheared grid": Bad(
        defects.changed_affine("gre", defects.sheared), "gre", "its grid is sheared"
    ),
    "micrometres": Bad(
        defects.changed_header("gre", defects.in_micrometres),
        "gre",
        "(its header says micrometres)",
    ),
    "voxels of metres": Bad(
        defects.changed_affine("mprage", defects.scaled(1e-3)), "mprage", "implausible"
    ),
    "voxels of half the size": Bad(
        defects.changed_affine("mprage", defects.scaled(0.4)), "mprage", "field of view of"
    ),
    "shifted affine": Bad(
        defects.changed_affine("flair", defects.shifted(190)), "flair", "overlaps the target scan"
    ),
    "shifted maps": Bad(
        defects.changed_affine("T1", defects.shifted([0, 0, 400])),
        "T1",
        "(0% of the smaller field of",
    ),
    "half beside the target": Bad(
        defects.changed_affine("flair", defects.shifted([0, 120, 0])),
        "flair",
        "% of the smaller field of view",
        "warn",
    ),
    "two places in one header": Bad(
        defects.changed_header("flair", defects.with_moved_qform),
        "flair",
        "sform and qform",
        "warn",
    ),
    "two voxel sizes in one header": Bad(
        defects.changed_header("flair", defects.with_other_voxel_size),
        "flair",
        "its header gives voxels of 1 × 1 × 1 mm",
        "warn",
    ),
    "maps on two grids": Bad(
        defects.changed_affine("T2", defects.shifted(3)), "T2", "is not on the grid of the T1 map"
    ),
}
MAPS = {
    "T1 in milliseconds": Bad(
        defects.changed_values("T1", lambda v: 1e3 * v), "T1", "is in milliseconds (median"
    ),
    "T2 in milliseconds": Bad(
        defects.changed_values("T2", lambda v: 1e3 * v), "T2", "is in milliseconds (median"
    ),
    "T2 in microseconds": Bad(
        defects.changed_values("T2", lambda v: 1e6 * v), "T2", "is in microseconds"
    ),
    "rates in place of times": Bad(
        defects.changed_values("T2", lambda v: np.divide(1, v, where=v > 0, out=0 * v)),
        "T2",
        "has a median of",
    ),
    "negative map": Bad(
        defects.changed_values("T1", lambda v: -v), "T1", "of its voxels are negative"
    ),
    "map of zeros": Bad(defects.changed_values("T2", lambda v: 0 * v), "T2", "is 0 everywhere"),
    "some negative fits": Bad(
        defects.changed_values("T1", defects.with_value((20, 20, slice(5, 9)), -0.5)),
        "T1",
        "4 of its voxels are neg",
        "warn",
    ),
    "fits without a bound": Bad(
        defects.changed_values("T1", defects.with_value((20, slice(8, 36)), 99.0)),
        "T1",
        "above 20 s",
        "warn",
    ),
    "maps swapped": Bad(defects.swapped("T1", "T2"), "T2", "has a median of"),
    "T1 map twice": Bad(defects.copied("T1", "T2"), "T2", "has a median of"),
    "T2 not below T1": Bad(
        defects.changed_values("T1", lambda v: np.where(v > 1.1, 0.08, v)),
        "T2",
        "T2 is not below T1 in",
    ),
    "unit of the sidecar": Bad(defects.with_sidecar("T2", {"Units": "ms"}), "T2", "'ms'"),
    "unit that nobody knows": Bad(
        defects.with_sidecar("T2", {"Units": "arbitrary"}), "T2", "'arbitrary'", "warn"
    ),
}
PROVIDED = {
    "mask on another grid": Bad(
        defects.changed_values("brain_mask", lambda v: v[:-1], np.uint8),
        "brain_mask",
        "39 × 48 × 38 instead of",
    ),
    "mask that was moved": Bad(
        defects.changed_affine("brain_mask", defects.shifted(2)),
        "brain_mask",
        "is not on the grid of the target scan",
    ),
    "mask of probabilities": Bad(
        defects.changed_values("brain_mask", lambda v: 0.5 * v + 0.1), "brain_mask", "is not a mask"
    ),
    "empty mask": Bad(
        defects.changed_values("brain_mask", lambda v: 0 * v), "brain_mask", "is empty"
    ),
    "mask of everything": Bad(
        defects.changed_values("brain_mask", lambda v: 0 * v + 1),
        "brain_mask",
        "covers the whole image",
    ),
    "mask of a few voxels": Bad(
        defects.changed_values("brain_mask", lambda v: v * (np.indices(v.shape)[0] < 8)),
        "brain_mask",
        "litres",
    ),
    "mask of a part": Bad(
        defects.changed_values("brain_mask", defects.with_value(slice(14, None), 0)),
        "brain_mask",
        "litres",
        "warn",
    ),
    "lesions on the FLAIR": Bad(
        defects.copied("flair", "lesion_mask"),
        "lesion_mask",
        "34 × 40 × 32 instead of 40 × 48 × 38",
    ),
    "label that is missing": Bad(
        defects.changed_values("tissue_segmentation", lambda v: v * (v != 3)),
        "tissue_segmentation",
        "has no voxel of csf (3); its labels are 0, 1, 2",
    ),
    "probabilities in place of labels": Bad(
        defects.changed_values("tissue_segmentation", lambda v: v / 3),
        "tissue_segmentation",
        "not integers",
    ),
    "FSL's matrix": Bad(
        defects.as_text("transform_flair", "1 0 0 2\n0 1 0 3\n0 0 1 4\n0 0 0 1\n"),
        "transform_flair",
        "not an ITK affine",
    ),
    "transform of NaN": Bad(
        defects.as_text("transform_flair", TRANSFORM.replace("2.5", "nan")),
        "transform_flair",
        "finite",
    ),
    "transform without an inverse": Bad(
        defects.as_text("transform_flair", TRANSFORM.replace("1 0 0 0 1 0", "1 0 0 1 0 0")),
        "transform_flair",
        "not invertible",
    ),
}
ORDER = {
    "two runs": Bad(
        defects.renamed("gre", *(f"anat/sub-{{}}_acq-gre_run-{n}_T1w.nii.gz" for n in (1, 2))),
        "",
        "gre: 2 files",
    ),
    "two sessions": Bad(
        defects.renamed("flair", *(f"ses-{n}/anat/sub-{{0}}_ses-{n}_FLAIR.nii.gz" for n in "12")),
        "",
        "flair: 2 files",
    ),
    "scans of two visits": Bad(defects.in_two_visits, "", "different sessions"),
    "same file under two contrasts": Bad(
        defects.copied("mprage", "gre"), "gre", "is the same image as mpr"
    ),
    "same scan written anew": Bad(
        defects.copied("mprage", "gre", rewrite=True), "gre", "is the same image as mprage"
    ),
    "sidecar of another contrast": Bad(
        defects.with_sidecar("mprage", SIDECARS["acq-gre_T1w.json"] | {"InversionTime": None}),
        "mprage",
        "gre, not mprage",
    ),
    "sidecar of another protocol": Bad(
        defects.with_sidecar("flair", {"InversionTime": 2.5}),
        "flair",
        "TI 2.5 instead of 1.8 s",
        "warn",
    ),
    "sidecar in milliseconds": Bad(
        defects.with_sidecar("mprage", {"RepetitionTimePreparation": 1900}),
        "mprage",
        "RepetitionTimePreparation is 1900, apparently in milliseconds",
        "warn",
    ),
    "sidecar with words": Bad(
        defects.with_sidecar("flair", {"EchoTime": "long"}),
        "flair",
        'EchoTime is "long", not a',
        "warn",
    ),
    "broken sidecar": Bad(
        defects.with_sidecar("flair", '{"EchoTime": 0.35'), "", "not a readable JSON", "warn"
    ),
}
BAD_INPUTS = IMAGES | PLACES | MAPS | PROVIDED | ORDER
