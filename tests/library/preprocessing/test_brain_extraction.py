import sys
from types import SimpleNamespace

import nibabel
import numpy as np
import pytest

import brainweb_heads
import phantoms
from contrast2map.preprocessing import brain_prior
from contrast2map.preprocessing.brain_extraction import (
    _grown,
    describe_engine,
    extract_brain,
)
from contrast2map.preprocessing.engines import EngineMissing


def brain_of(image, **options):
    extraction = extract_brain(image, "embedded", **options)
    return np.asarray(extraction.mask.dataobj) > 0


@pytest.fixture(scope="module")
def head():
    return phantoms.head()


@pytest.fixture(scope="module")
def extraction(head):
    return extract_brain(head[0], "embedded")


@pytest.fixture(scope="module")
def found(extraction):
    return np.asarray(extraction.mask.dataobj) > 0


def test_the_surface_of_a_phantom_is_found(head):
    image, brain = head
    intensities = np.asarray(image.dataobj)
    found = _grown(intensities - intensities.min(), np.array(image.header.get_zooms()), 0.5)
    assert phantoms.dice(found, brain) > 0.95
    shift_voxels = np.mean(np.argwhere(found), axis=0) - np.mean(np.argwhere(brain), axis=0)
    assert np.abs(shift_voxels).max() < 0.15


def test_the_template_removes_little_of_a_phantom(head, found):
    """An ellipsoid extends lower than any brain; the template cuts it there."""
    _, brain = head
    assert phantoms.dice(found, brain) > 0.94
    levels = np.flatnonzero(brain.any(axis=(0, 1)))
    upper = slice(levels[len(levels) // 4], None)
    assert phantoms.dice(found[:, :, upper], brain[:, :, upper]) > 0.95


def test_a_constant_and_padding_do_not_change_the_brain(head, found):
    image, _ = head
    values = np.asarray(image.dataobj).copy() + np.float32(30)
    values[:3], values[-3:] = 0, 0
    values[:, :, 0] = -1000
    mask = brain_of(nibabel.Nifti1Image(values, image.affine))
    assert phantoms.dice(mask, found) > 0.95


def test_a_template_that_does_not_fit_is_said(head, found, monkeypatch):
    image, _ = head
    nothing = np.zeros(image.shape, np.float32)
    monkeypatch.setattr(
        brain_prior, "expected_brain", lambda *_: brain_prior.Expected(nothing, nothing > 0)
    )
    extraction = extract_brain(image, "embedded")
    assert "the template did not fit the head" in extraction.warning
    assert phantoms.dice(np.asarray(extraction.mask.dataobj) > 0, found) > 0.9


def test_the_mask_is_on_the_grid_of_the_head(head, extraction):
    assert extraction.mask.get_data_dtype() == np.uint8
    assert np.array_equal(extraction.mask.affine, head[0].affine)
    assert (extraction.engine, extraction.version) == describe_engine("embedded")


def test_voxels_may_be_anisotropic_and_the_axes_reoriented():
    image, brain = phantoms.head(shape=(128, 140, 40), voxel_sizes_mm=(1.4, 1.4, 4.0))
    turn = nibabel.orientations.ornt_transform(
        nibabel.orientations.io_orientation(image.affine),
        nibabel.orientations.axcodes2ornt("SLP"),
    )
    found = extract_brain(image.as_reoriented(turn), "embedded").mask
    back = nibabel.as_closest_canonical(found)
    assert np.allclose(back.affine, image.affine)
    assert phantoms.dice(np.asarray(back.dataobj) > 0, brain) > 0.94


def test_a_head_may_touch_the_field_of_view_and_have_holes_in_its_values(head):
    image, brain = head
    intensities = np.asarray(image.dataobj)[10:-8, 10:-8, 8:-12].copy()
    intensities[20, 20, 20], intensities[0, 0, 0] = np.nan, np.inf
    mask = brain_of(nibabel.Nifti1Image(intensities, image.affine))
    assert phantoms.dice(mask, brain[10:-8, 10:-8, 8:-12]) > 0.93


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.ones((20, 20, 20)), "constant"),
        (np.full((20, 20, 20), np.nan), "constant"),
        (np.ones((20, 20, 20, 2)), "not \\(x, y, z\\)"),
        (np.pad(np.ones((1, 1, 1)), 20), "no head in the image"),
    ],
)
def test_an_image_without_a_head_is_refused(values, reason):
    with pytest.raises(ValueError, match=reason):
        extract_brain(nibabel.Nifti1Image(values.astype(np.float32), np.eye(4)), "embedded")


def test_a_missing_deepbet_is_reported_in_one_line(head, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineMissing, match="pip install deepbet torch"):
        extract_brain(head[0], "deepbet")


def test_deepbet_is_used_if_installed(head, monkeypatch):
    class Network:  # replaces the package, which is not among the locked requirements
        def __init__(self, no_gpu):
            assert no_gpu

        def run(self, image):
            values = np.asarray(image.dataobj)
            assert np.isfinite(values).all()
            return image, nibabel.Nifti1Image((values > 80).astype(np.uint8), image.affine), 0

    monkeypatch.setitem(sys.modules, "deepbet", SimpleNamespace(BrainExtraction=Network))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    monkeypatch.setattr("importlib.metadata.version", lambda name: "1.0.2")
    extraction = extract_brain(head[0], "deepbet")
    assert (extraction.engine, extraction.version) == ("deepbet", "deepbet 1.0.2")
    assert np.asarray(extraction.mask.dataobj).any()


@pytest.mark.slow
def test_the_mask_does_not_extend_into_a_long_neck():
    image, labels = brainweb_heads.head(subject=4, factor=4)
    values = np.asarray(image.dataobj)
    neck = np.repeat(values[:, :, 2:6].mean(axis=2, keepdims=True), 50, axis=2)
    affine = image.affine.copy()
    affine[:3, 3] -= 50 * affine[:3, 2]
    mask = brain_of(nibabel.Nifti1Image(np.concatenate([neck, values], axis=2), affine))
    assert phantoms.dice(mask[:, :, 50:], np.isin(labels, [1, 2, 3])) > 0.92
    assert not mask[:, :, :40].any()


def test_a_fractional_intensity_out_of_range_is_refused(head):
    with pytest.raises(ValueError, match="between 0 and 1"):
        extract_brain(head[0], "embedded", fractional_intensity=5)


@pytest.mark.slow
def test_the_brain_of_a_brainweb_head_agrees_with_its_labels():
    image, labels = brainweb_heads.head(subject=4, factor=4)
    mask = brain_of(image)
    assert phantoms.dice(mask, np.isin(labels, [1, 2, 3])) > 0.95
    assert mask[np.isin(labels, [2, 3])].mean() > 0.98
