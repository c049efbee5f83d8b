"""A small good cohort, and the ways in which its subjects can go bad.

Each bad input is left behind by some scanner, export, script or person. `BAD_INPUTS` maps its name
to `Bad`: how to spoil the good subject, and the file and words that the finding must contain.
"""

import functools
import gzip
import json
import os
import shutil
from typing import NamedTuple

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


def _values(role, change, dtype=np.float32):
    """Defect: changed values."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        image = nibabel.load(path)
        values = change(np.array(image.dataobj, dtype))
        nibabel.save(nibabel.Nifti1Image(values, image.affine), path)

    return spoil


def _affine(role, change):
    """Defect: changed affine."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        image = nibabel.load(path)
        values, affine = np.asarray(image.dataobj), image.affine.copy()
        change(affine)
        nibabel.save(nibabel.Nifti1Image(values, affine), path)

    return spoil


def _header(role, change):
    """Defect: changed header with unchanged values."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        content = bytearray(gzip.decompress(path.read_bytes()))
        header = nibabel.Nifti1Header(bytes(content[:348]), check=False)
        change(header)
        content[:348] = header.binaryblock
        path.write_bytes(gzip.compress(bytes(content)))

    return spoil


def _bytes(role, change):
    """Defect: changed bytes of the file."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        path.write_bytes(change(path.read_bytes()))

    return spoil


def _sidecar(role, content):
    """Write a sidecar, given as text or dict, for one image."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        text = content if isinstance(content, str) else json.dumps(content)
        path.with_name(path.name.replace(".nii.gz", ".json")).write_text(text)

    return spoil


def _remove(role):
    return lambda root, subject: path_of(root, subject, role).unlink()


def _copy(source, role, rewrite=False):
    """Replace an image by that of another role, copied byte by byte or rewritten."""

    def spoil(root, subject):
        paths = (path_of(root, subject, source), path_of(root, subject, role))
        if rewrite:
            image = nibabel.load(paths[0])
            values = np.asarray(image.dataobj, np.float32)
            nibabel.save(nibabel.Nifti1Image(values, image.affine), paths[1])
        else:
            shutil.copyfile(*paths)

    return spoil


def _swap(one, other):
    def spoil(root, subject):
        paths = [path_of(root, subject, role) for role in (one, other)]
        contents = [path.read_bytes() for path in paths]
        for path, content in zip(paths, reversed(contents), strict=True):
            path.write_bytes(content)

    return spoil


def _link(role):
    def spoil(root, subject):
        path = path_of(root, subject, role)
        path.unlink()
        path.symlink_to("../../.git/annex/objects/nothing.nii.gz")

    return spoil


def _folder(role):
    def spoil(root, subject):
        path_of(root, subject, role).unlink()
        path_of(root, subject, role).mkdir()

    return spoil


def _rename(role, *names):
    """Replace a file by copies with other names, `{}` for the subject."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        content = path.read_bytes()
        path.unlink()
        for name in names:
            copy = path.parents[1] / name.format(subject)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)

    return spoil


def _text(role, text):
    return lambda root, subject: path_of(root, subject, role).write_text(text)


def _stack(n):
    return lambda values: np.stack([values] * n, axis=-1)


def _set(place, value):
    def change(values):
        values[place] = value
        return values

    return change


def _scale(factor, axis=None):
    def change(affine):
        affine[:3, slice(None, 3) if axis is None else axis] *= factor

    return change


def _shift(shift_mm):
    def change(affine):
        affine[:3, 3] += shift_mm

    return change


def _no_codes(header):
    header["sform_code"] = header["qform_code"] = 0


def _huge(header):
    header["dim"][1:4] = 30_000


def _longer(header):
    header["dim"][3] += 3


def _shorter(header):
    header["dim"][3] -= 3


def _complex(values):
    return (values + 1j * values).astype(np.complex64)


def _micrometres(header):
    header["srow_x"] *= 1000
    header["srow_y"] *= 1000
    header["srow_z"] *= 1000
    header["pixdim"][1:4] *= 1000
    header["xyzt_units"] = 3


def _moved_qform(header):
    header["qform_code"] = 1
    header["qoffset_x"] += 40


def _other_pixdim(header):
    header["pixdim"][1:4] = 1


def _shear(affine):
    affine[0, 1] += 2.0


def _singular(affine):
    affine[:3, 2] = affine[:3, 1]


def _not_finite(header):
    header["srow_x"] = np.nan


def _swap_visits(root, subject):
    """Distribute the scans over two sessions."""
    for role, session in (("mprage", "01"), ("gre", "01"), ("flair", "02")):
        path = path_of(root, subject, role)
        name = path.name.replace(f"sub-{subject}_", f"sub-{subject}_ses-{session}_")
        moved = path.parents[1] / f"ses-{session}" / "anat" / name
        moved.parent.mkdir(parents=True, exist_ok=True)
        os.rename(path, moved)


def _no_folder(root, subject):
    shutil.rmtree(root / f"sub-{subject}")


def _flip_data(content):
    """Flip one bit of the compressed values, which only decompression detects."""
    content = bytearray(content)
    content[len(content) * 2 // 3] ^= 4
    return bytes(content)


MIDDLE = (slice(None), slice(None), slice(15, 18))
IMAGES = {
    "missing scan": Bad(_remove("flair"), "", "flair: there is no sub-"),
    "missing map": Bad(_remove("T2"), "", "T2: there is no derivatives/reference/sub-"),
    "no folder of the subject": Bad(_no_folder, "", "the folder sub-"),
    "link to a file that was not fetched": Bad(_link("gre"), "", "is a link to a"),
    "pointer of git-lfs": Bad(
        _text("gre", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
        "gre",
        "is a Git pointer",
    ),
    "folder in place of the file": Bad(_folder("gre"), "", "is a folder, not a file"),
    "empty file": Bad(_bytes("flair", lambda content: b""), "flair", "is empty"),
    "text in place of the image": Bad(_text("flair", "see the other disk"), "flair", "cannot be"),
    "DICOM that was renamed": Bad(
        _bytes("flair", lambda content: bytes(128) + b"DICM" + bytes(900)), "flair", "cannot be"
    ),
    "not compressed in spite of its name": Bad(
        _bytes("flair", gzip.decompress), "flair", "cannot be read"
    ),
    "cut off in the header": Bad(_bytes("gre", lambda content: content[:100]), "gre", "cannot be"),
    "cut off in the values": Bad(
        _bytes("gre", lambda content: content[: len(content) // 2]), "gre", "cannot be read"
    ),
    "cut off before its checksum": Bad(
        _bytes("gre", lambda content: content[:-6]), "gre", "cannot be read to its end"
    ),
    "one bit flipped": Bad(_bytes("gre", _flip_data), "gre", "cannot be read"),
    "values end early": Bad(_header("mprage", _longer), "mprage", "cannot be read"),
    "values go on": Bad(_header("mprage", _shorter), "mprage", "is longer than the"),
    "header promises the impossible": Bad(_header("flair", _huge), "flair", "30000 ×"),
    "several volumes": Bad(_values("gre", _stack(3)), "gre", "has shape (40, 48, 38, 3)"),
    "one slice": Bad(_values("gre", lambda v: v[..., 20:21]), "gre", "has 40 × 48 × 1 voxels"),
    "complex values": Bad(_values("flair", _complex, np.complex64), "flair", "of type complex64"),
    "NaN around the map": Bad(
        _values("T1", lambda v: np.where(v > 0, v, np.nan)), "T1", "not finite"
    ),
    "infinite voxel": Bad(_values("flair", _set((3, 3, 3), np.inf)), "flair", "has 1 values that"),
    "all zero": Bad(_values("mprage", lambda v: 0 * v), "mprage", "is 0 everywhere"),
    "one value": Bad(_values("gre", lambda v: 0 * v + 7), "gre", "has the value 7 everywhere"),
    "negative throughout": Bad(_values("gre", lambda v: -v - 1), "gre", "is negative throughout"),
    "real part": Bad(
        _values("mprage", lambda v: v - np.median(v[v > 100])), "mprage", "clearly negative"
    ),
    "mask in place of the scan": Bad(
        _values("flair", lambda v: (v > 99) * 1.0), "flair", "has only 2 different values"
    ),
    "lost slices": Bad(_values("flair", _set(MIDDLE, 0)), "flair", "has 3 empty slices"),
    "nearly empty": Bad(
        _values("gre", lambda v: v * (np.indices(v.shape).sum(axis=0) < 12)), "gre", "nearly empty"
    ),
    "noise": Bad(
        _values("gre", lambda v: np.random.default_rng(0).rayleigh(20, v.shape)),
        "gre",
        "hardly correlated",
    ),
    "values in a wrong order": Bad(
        _values("flair", lambda v: v.ravel()[: 39 * 33 * 24].reshape(39, 33, 24)),
        "flair",
        "correlated",
    ),
    "one voxel beyond all others": Bad(
        _values("gre", _set((20, 20, 20), 3e38)), "gre", "1 voxel is far", "warn"
    ),
    "clipped": Bad(_values("gre", lambda v: v.clip(0, 700)), "gre", "clipped at 700", "warn"),
}
PLACES = {
    "no orientation": Bad(_header("gre", _no_codes), "gre", "gives no orientation"),
    "affine of NaN": Bad(_header("gre", _not_finite), "gre", "its affine is not finite"),
    "affine without a volume": Bad(_affine("gre", _singular), "gre", "is singular"),
    "sheared grid": Bad(_affine("gre", _shear), "gre", "its grid is sheared"),
    "micrometres": Bad(_header("gre", _micrometres), "gre", "(its header says micrometres)"),
    "voxels of metres": Bad(_affine("mprage", _scale(1e-3)), "mprage", "implausible"),
    "voxels of half the size": Bad(_affine("mprage", _scale(0.4)), "mprage", "field of view of"),
    "shifted affine": Bad(_affine("flair", _shift(190)), "flair", "overlaps the target scan"),
    "shifted maps": Bad(_affine("T1", _shift([0, 0, 400])), "T1", "(0% of the smaller field of"),
    "half beside the target": Bad(
        _affine("flair", _shift([0, 120, 0])),
        "flair",
        "% of the smaller field of view",
        "warn",
    ),
    "two places in one header": Bad(
        _header("flair", _moved_qform), "flair", "sform and qform", "warn"
    ),
    "two voxel sizes in one header": Bad(
        _header("flair", _other_pixdim), "flair", "its header gives voxels of 1 × 1 × 1 mm", "warn"
    ),
    "maps on two grids": Bad(_affine("T2", _shift(3)), "T2", "is not on the grid of the T1 map"),
}
MAPS = {
    "T1 in milliseconds": Bad(_values("T1", lambda v: 1e3 * v), "T1", "is in milliseconds (median"),
    "T2 in milliseconds": Bad(_values("T2", lambda v: 1e3 * v), "T2", "is in milliseconds (median"),
    "T2 in microseconds": Bad(_values("T2", lambda v: 1e6 * v), "T2", "is in microseconds"),
    "rates in place of times": Bad(
        _values("T2", lambda v: np.divide(1, v, where=v > 0, out=0 * v)), "T2", "has a median of"
    ),
    "negative map": Bad(_values("T1", lambda v: -v), "T1", "of its voxels are negative"),
    "map of zeros": Bad(_values("T2", lambda v: 0 * v), "T2", "is 0 everywhere"),
    "some negative fits": Bad(
        _values("T1", _set((20, 20, slice(5, 9)), -0.5)), "T1", "4 of its voxels are neg", "warn"
    ),
    "fits without a bound": Bad(
        _values("T1", _set((20, slice(8, 36)), 99.0)), "T1", "above 20 s", "warn"
    ),
    "maps swapped": Bad(_swap("T1", "T2"), "T2", "has a median of"),
    "T1 map twice": Bad(_copy("T1", "T2"), "T2", "has a median of"),
    "T2 not below T1": Bad(
        _values("T1", lambda v: np.where(v > 1.1, 0.08, v)), "T2", "T2 is not below T1 in"
    ),
    "unit of the sidecar": Bad(_sidecar("T2", {"Units": "ms"}), "T2", "'ms'"),
    "unit that nobody knows": Bad(
        _sidecar("T2", {"Units": "arbitrary"}), "T2", "'arbitrary'", "warn"
    ),
}
PROVIDED = {
    "mask on another grid": Bad(
        _values("brain_mask", lambda v: v[:-1], np.uint8), "brain_mask", "39 × 48 × 38 instead of"
    ),
    "mask that was moved": Bad(
        _affine("brain_mask", _shift(2)), "brain_mask", "is not on the grid of the target scan"
    ),
    "mask of probabilities": Bad(
        _values("brain_mask", lambda v: 0.5 * v + 0.1), "brain_mask", "is not a mask"
    ),
    "empty mask": Bad(_values("brain_mask", lambda v: 0 * v), "brain_mask", "is empty"),
    "mask of everything": Bad(
        _values("brain_mask", lambda v: 0 * v + 1), "brain_mask", "covers the whole image"
    ),
    "mask of a few voxels": Bad(
        _values("brain_mask", lambda v: v * (np.indices(v.shape)[0] < 8)),
        "brain_mask",
        "litres",
    ),
    "mask of a part": Bad(
        _values("brain_mask", _set(slice(14, None), 0)),
        "brain_mask",
        "litres",
        "warn",
    ),
    "lesions on the FLAIR": Bad(
        _copy("flair", "lesion_mask"), "lesion_mask", "34 × 40 × 32 instead of 40 × 48 × 38"
    ),
    "label that is missing": Bad(
        _values("tissue_segmentation", lambda v: v * (v != 3)),
        "tissue_segmentation",
        "has no voxel of csf (3); its labels are 0, 1, 2",
    ),
    "probabilities in place of labels": Bad(
        _values("tissue_segmentation", lambda v: v / 3), "tissue_segmentation", "not integers"
    ),
    "FSL's matrix": Bad(
        _text("transform_flair", "1 0 0 2\n0 1 0 3\n0 0 1 4\n0 0 0 1\n"),
        "transform_flair",
        "not an ITK affine",
    ),
    "transform of NaN": Bad(
        _text("transform_flair", TRANSFORM.replace("2.5", "nan")), "transform_flair", "finite"
    ),
    "transform without an inverse": Bad(
        _text("transform_flair", TRANSFORM.replace("1 0 0 0 1 0", "1 0 0 1 0 0")),
        "transform_flair",
        "not invertible",
    ),
}
ORDER = {
    "two runs": Bad(
        _rename("gre", *(f"anat/sub-{{}}_acq-gre_run-{n}_T1w.nii.gz" for n in (1, 2))),
        "",
        "gre: 2 files",
    ),
    "two sessions": Bad(
        _rename("flair", *(f"ses-{n}/anat/sub-{{0}}_ses-{n}_FLAIR.nii.gz" for n in "12")),
        "",
        "flair: 2 files",
    ),
    "scans of two visits": Bad(_swap_visits, "", "different sessions"),
    "same file under two contrasts": Bad(_copy("mprage", "gre"), "gre", "is the same image as mpr"),
    "same scan written anew": Bad(
        _copy("mprage", "gre", rewrite=True), "gre", "is the same image as mprage"
    ),
    "sidecar of another contrast": Bad(
        _sidecar("mprage", SIDECARS["acq-gre_T1w.json"] | {"InversionTime": None}),
        "mprage",
        "gre, not mprage",
    ),
    "sidecar of another protocol": Bad(
        _sidecar("flair", {"InversionTime": 2.5}), "flair", "TI 2.5 instead of 1.8 s", "warn"
    ),
    "sidecar in milliseconds": Bad(
        _sidecar("mprage", {"RepetitionTimePreparation": 1900}),
        "mprage",
        "RepetitionTimePreparation is 1900, apparently in milliseconds",
        "warn",
    ),
    "sidecar with words": Bad(
        _sidecar("flair", {"EchoTime": "long"}), "flair", 'EchoTime is "long", not a', "warn"
    ),
    "broken sidecar": Bad(
        _sidecar("flair", '{"EchoTime": 0.35'), "", "not a readable JSON", "warn"
    ),
}
BAD_INPUTS = IMAGES | PLACES | MAPS | PROVIDED | ORDER
