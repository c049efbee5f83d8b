"""A subject whose images lie wrongly is turned as a whole; one that lies well stays as it is."""

import json

import nibabel as nib
import numpy as np
import pytest

from contrast2map.anatomy.templates import load_icbm152
from contrast2map.imaging import grids
from repair_orientation import repair_orientation

NAMES = ("mprage", "flair", "T1", "T2")


@pytest.fixture(scope="module")
def head():
    """Values of the images of a subject, of the template, and their affine."""
    values, affine = load_icbm152("t1")
    values = np.asarray(values, np.float32)[::3, ::3, ::3]
    values = values / values.max() + np.random.default_rng(0).uniform(0, 0.02, values.shape)
    brain = values > 0.3
    arrays = (values, values**0.5, brain * (2.2 - values), brain * (0.15 - 0.1 * values))
    voxel_mm = 3 * grids.voxel_size_mm(affine)
    return dict(zip(NAMES, arrays, strict=True)), np.diag([*voxel_mm, 1.0])


def repaired(images, tmp_path):
    """The images after repair by name, and what was turned."""
    paths = {name: tmp_path / f"{name}.nii.gz" for name in NAMES}
    for name, image in images.items():
        nib.save(image, paths[name])
    made = {name: tmp_path / f"made_{name}.nii.gz" for name in NAMES}
    scans = {name: paths[name] for name in ("mprage", "flair")}
    reference = {name: paths[name] for name in ("T1", "T2")}
    repair_orientation(scans, reference, "mprage", made, tmp_path / "turned.json")
    found = {name: nib.load(path) for name, path in made.items()}
    return found, json.loads((tmp_path / "turned.json").read_text())


def test_a_subject_that_lies_well_stays_as_it_is(head, tmp_path):
    values, affine = head
    given = {name: nib.Nifti1Image(values[name].astype(np.float32), affine) for name in NAMES}
    found, turned = repaired(given, tmp_path)
    assert turned == {}
    for name in NAMES:
        assert np.array_equal(found[name].affine, given[name].affine)
        assert np.array_equal(found[name].get_fdata(), given[name].get_fdata())


def test_the_maps_are_turned_with_the_scans(head, tmp_path):
    values, affine = head
    sagittal = np.diag([*np.diag(affine)[[1, 2, 0]], 1.0])
    given = {
        name: nib.Nifti1Image(values[name].transpose(1, 2, 0).astype(np.float32), sagittal)
        for name in NAMES
    }
    found, turned = repaired(given, tmp_path)
    assert set(turned) == {"mprage", "flair", "T1"}
    for name in NAMES:
        assert np.allclose(found[name].affine, found["mprage"].affine, atol=1e-4)
        canonical = nib.as_closest_canonical(found[name]).get_fdata()
        sides = (canonical, canonical[::-1])
        assert any(np.allclose(side, values[name], atol=1e-5) for side in sides), name
