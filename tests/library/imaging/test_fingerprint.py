"""Equal images have equal fingerprints, however they are stored."""

import nibabel
import numpy as np

from contrast2map.imaging import fingerprint, images


def test_the_fingerprint_does_not_depend_on_how_an_image_is_stored(tmp_path, rng):
    values = rng.integers(0, 4000, (9, 10, 11)).astype(np.int16)
    image = nibabel.Nifti1Image(values, np.diag([1.0, 1, 2, 1]))
    turned = image.as_reoriented(np.array([[1, -1], [0, 1], [2, -1]]))
    as_floats = nibabel.Nifti1Image(values.astype(np.float64), image.affine)
    stored = {"a.nii": image, "b.nii.gz": image, "c.nii.gz": turned, "d.nii": as_floats}
    prints = set()
    for name, each in stored.items():
        nibabel.save(each, tmp_path / name)
        prints.add(fingerprint.of_image(images.load(tmp_path / name)))
    assert len(prints) == 1 and len(prints.pop()) == 64


def test_a_changed_voxel_or_shape_changes_the_fingerprint(rng):
    values = rng.normal(size=(4, 5, 6)).astype(np.float32)
    changed = values.copy()
    changed[1, 2, 3] += 1e-3
    shapes = [values, changed, values.reshape(5, 4, 6)]
    prints = {fingerprint.of_image(nibabel.Nifti1Image(each, np.eye(4))) for each in shapes}
    assert len(prints) == 3


def test_the_sign_of_zero_does_not_change_the_fingerprint():
    zeros = np.zeros((2, 2, 2), np.float32)
    plus, minus = (nibabel.Nifti1Image(each, np.eye(4)) for each in (zeros, -zeros))
    assert fingerprint.of_image(plus) == fingerprint.of_image(minus)
