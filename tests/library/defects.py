"""Ways in which a subject, an image or a header of the small cohort can go bad."""

import gzip
import json
import os
import shutil

import nibabel
import numpy as np

from small_cohort import path_of


def changed_values(role, change, dtype=np.float32):
    """Defect: changed values."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        image = nibabel.load(path)
        values = change(np.array(image.dataobj, dtype))
        nibabel.save(nibabel.Nifti1Image(values, image.affine), path)

    return spoil


def changed_affine(role, change):
    """Defect: changed affine."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        image = nibabel.load(path)
        values, affine = np.asarray(image.dataobj), image.affine.copy()
        change(affine)
        nibabel.save(nibabel.Nifti1Image(values, affine), path)

    return spoil


def changed_header(role, change):
    """Defect: changed header with unchanged values."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        content = bytearray(gzip.decompress(path.read_bytes()))
        header = nibabel.Nifti1Header(bytes(content[:348]), check=False)
        change(header)
        content[:348] = header.binaryblock
        path.write_bytes(gzip.compress(bytes(content)))

    return spoil


def changed_bytes(role, change):
    """Defect: changed bytes of the file."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        path.write_bytes(change(path.read_bytes()))

    return spoil


def with_sidecar(role, content):
    """Write a sidecar, given as text or dict, for one image."""

    def spoil(root, subject):
        path = path_of(root, subject, role)
        text = content if isinstance(content, str) else json.dumps(content)
        path.with_name(path.name.replace(".nii.gz", ".json")).write_text(text)

    return spoil


def removed(role):
    return lambda root, subject: path_of(root, subject, role).unlink()


def copied(source, role, rewrite=False):
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


def swapped(one, other):
    def spoil(root, subject):
        paths = [path_of(root, subject, role) for role in (one, other)]
        contents = [path.read_bytes() for path in paths]
        for path, content in zip(paths, reversed(contents), strict=True):
            path.write_bytes(content)

    return spoil


def as_broken_link(role):
    def spoil(root, subject):
        path = path_of(root, subject, role)
        path.unlink()
        path.symlink_to("../../.git/annex/objects/nothing.nii.gz")

    return spoil


def as_folder(role):
    def spoil(root, subject):
        path_of(root, subject, role).unlink()
        path_of(root, subject, role).mkdir()

    return spoil


def renamed(role, *names):
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


def as_text(role, text):
    return lambda root, subject: path_of(root, subject, role).write_text(text)


def stacked(n):
    return lambda values: np.stack([values] * n, axis=-1)


def with_value(place, value):
    def change(values):
        values[place] = value
        return values

    return change


def scaled(factor, axis=None):
    def change(affine):
        affine[:3, slice(None, 3) if axis is None else axis] *= factor

    return change


def shifted(shift_mm):
    def change(affine):
        affine[:3, 3] += shift_mm

    return change


def without_codes(header):
    header["sform_code"] = header["qform_code"] = 0


def with_huge_shape(header):
    header["dim"][1:4] = 30_000


def with_longer_shape(header):
    header["dim"][3] += 3


def with_shorter_shape(header):
    header["dim"][3] -= 3


def as_complex(values):
    return (values + 1j * values).astype(np.complex64)


def in_micrometres(header):
    header["srow_x"] *= 1000
    header["srow_y"] *= 1000
    header["srow_z"] *= 1000
    header["pixdim"][1:4] *= 1000
    header["xyzt_units"] = 3


def with_moved_qform(header):
    header["qform_code"] = 1
    header["qoffset_x"] += 40


def with_other_voxel_size(header):
    header["pixdim"][1:4] = 1


def sheared(affine):
    affine[0, 1] += 2.0


def made_singular(affine):
    affine[:3, 2] = affine[:3, 1]


def made_not_finite(header):
    header["srow_x"] = np.nan


def in_two_visits(root, subject):
    """Distribute the scans over two sessions."""
    for role, session in (("mprage", "01"), ("gre", "01"), ("flair", "02")):
        path = path_of(root, subject, role)
        name = path.name.replace(f"sub-{subject}_", f"sub-{subject}_ses-{session}_")
        moved = path.parents[1] / f"ses-{session}" / "anat" / name
        moved.parent.mkdir(parents=True, exist_ok=True)
        os.rename(path, moved)


def without_folder(root, subject):
    shutil.rmtree(root / f"sub-{subject}")


def with_flipped_bit(content):
    """Flip one bit of the compressed values, which only decompression detects."""
    content = bytearray(content)
    content[len(content) * 2 // 3] ^= 4
    return bytes(content)
