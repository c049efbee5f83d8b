import nibabel
import numpy as np
import pytest
from scipy import ndimage

import brainweb_heads
import phantoms
from contrast2map.preprocessing.brain_extraction import on_grid_of
from contrast2map.preprocessing.tissue_segmentation import describe_engine, segment_tissue


@pytest.fixture(scope="module")
def phantom():
    intensities, labels, _ = phantoms.brain()
    image = nibabel.Nifti1Image(intensities, phantoms.affine_around(labels.shape, (3, 3, 3)))
    return image, on_grid_of(image, (labels > 0).astype(np.uint8)), labels


def test_images_are_on_the_grid_of_the_head(phantom):
    image, mask, labels = phantom
    tissue = segment_tissue(image, mask, "embedded")
    assert tissue.dseg.get_data_dtype() == np.uint8
    for one in (tissue.dseg, tissue.bias_field, *tissue.probsegs.values()):
        assert one.shape == image.shape and np.array_equal(one.affine, image.affine)
    assert list(tissue.probsegs) == ["CSF", "GM", "WM"]
    assert (tissue.engine, tissue.version) == describe_engine("embedded")
    white = np.asarray(tissue.probsegs["WM"].dataobj)
    assert white[labels == 3].mean() > 0.9
    assert white[labels == 2].mean() < 0.2


def test_the_result_does_not_depend_on_orientation(phantom):
    def turn(image):
        start = nibabel.orientations.io_orientation(image.affine)
        target = nibabel.orientations.axcodes2ornt("LPS")
        return image.as_reoriented(nibabel.orientations.ornt_transform(start, target))

    image, mask, _ = phantom
    straight = segment_tissue(image, mask, "embedded").dseg
    turned = segment_tissue(turn(image), turn(mask), "embedded").dseg
    back = nibabel.as_closest_canonical(turned)
    assert np.mean(np.asarray(back.dataobj) == np.asarray(straight.dataobj)) > 0.9999


def test_a_mask_on_another_grid_is_refused(phantom):
    image, mask, _ = phantom
    moved = nibabel.Nifti1Image(np.asarray(mask.dataobj), mask.affine + np.eye(4, k=3))
    with pytest.raises(ValueError, match="not on the grid"):
        segment_tissue(image, moved, "embedded")


def test_an_empty_mask_is_refused(phantom):
    image, mask, _ = phantom
    with pytest.raises(ValueError, match="has 0 voxels"):
        segment_tissue(image, on_grid_of(image, np.zeros(mask.shape, np.uint8)), "embedded")


def test_the_tissues_of_a_brainweb_head_agree_with_its_labels():
    image, labels = brainweb_heads.head(subject=4, factor=4)
    brain = ndimage.binary_fill_holes(np.isin(labels, [1, 2, 3]))
    dseg = segment_tissue(image, on_grid_of(image, brain.astype(np.uint8)), "embedded").dseg
    found = np.asarray(dseg.dataobj)
    overlap = [phantoms.dice(found == k, brain & (labels == k)) for k in (1, 2, 3)]
    assert overlap[0] > 0.8 and overlap[1] > 0.9 and overlap[2] > 0.95
