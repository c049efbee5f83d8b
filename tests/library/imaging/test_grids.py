"""Grids: voxel positions, resampling, reorientation, comparison."""

import nibabel
import numpy as np
import pytest

from contrast2map.imaging import grids
from contrast2map.imaging.movement import rigid_matrix


def oriented(axes, shape=(4, 5, 6)):
    """An image of numbered voxels whose axes point to `axes`, such as "LPS" or "PSR"."""
    ras = nibabel.Nifti1Image(
        np.arange(np.prod(shape), dtype=np.float32).reshape(shape),
        grids.centred_affine(shape, [1.0, 2.0, 3.0]),
    )
    turn = nibabel.orientations.ornt_transform(
        nibabel.orientations.axcodes2ornt("RAS"), nibabel.orientations.axcodes2ornt(axes)
    )
    return ras.as_reoriented(turn), ras


def test_the_centre_of_a_centred_grid_is_the_origin():
    affine = grids.centred_affine([4, 5, 6], [1.0, 2.0, 3.0])
    np.testing.assert_allclose(affine @ [1.5, 2.0, 2.5, 1], [0, 0, 0, 1])
    np.testing.assert_allclose(affine @ [0, 0, 0, 1], [-1.5, -4.0, -7.5, 1])


def test_world_coordinates_are_those_of_the_affine():
    affine = grids.centred_affine([3, 4, 5], [1.0, 2.0, 3.0])
    coordinates = grids.world_coordinates((3, 4, 5), affine)
    assert coordinates.shape == (3, 3, 4, 5) and coordinates.dtype == np.float32
    np.testing.assert_allclose(coordinates[:, 1, 3, 2], (affine @ [1, 3, 2, 1])[:3])


def test_resampling_to_its_own_grid_changes_nothing(rng):
    image = rng.random((5, 6, 7)).astype(np.float32)
    affine = grids.centred_affine(image.shape, [1.0, 2.0, 3.0])
    np.testing.assert_allclose(grids.resample(image, affine, image.shape, affine), image, rtol=1e-6)


def test_resampling_follows_the_matrix_from_target_to_source():
    image = np.zeros((9, 9, 9), np.float32)
    image[6, 4, 3] = 1  # at x = 4, y = 0, z = -2 mm
    affine = grids.centred_affine(image.shape, [2.0, 2.0, 2.0])
    to_source = np.eye(4)
    to_source[:3, 3] = [2, 0, -4]  # a target's point x is the source's x + 2, z - 4
    moved = grids.resample(image, affine, (17, 17, 17), grids.centred_affine([17] * 3, [1.0] * 3))
    assert np.unravel_index(moved.argmax(), moved.shape) == (12, 8, 6)
    moved = grids.resample(image, affine, image.shape, affine, to_source)
    assert np.unravel_index(moved.argmax(), moved.shape) == (5, 4, 5)
    assert moved.max() == pytest.approx(1) and moved.sum() == pytest.approx(1)


def test_resampling_is_0_outside_the_image():
    ones = np.ones((4, 4, 4), np.float32)
    wider = grids.resample(
        ones,
        grids.centred_affine([4] * 3, [1.0] * 3),
        (8, 8, 8),
        grids.centred_affine([8] * 3, [1.0] * 3),
    )
    assert wider.sum() == 64 and wider[:2].max() == 0


def test_a_bounding_box_keeps_its_world_coordinates():
    mask = np.zeros((10, 10, 10), bool)
    mask[3:5, 4, 1] = True
    affine = grids.centred_affine(mask.shape, [1.0, 2.0, 3.0])
    box, box_affine = grids.bounding_box(mask, affine, margin_voxels=2)
    assert box == (slice(1, 7), slice(2, 7), slice(0, 4))
    np.testing.assert_allclose(box_affine @ [0, 0, 0, 1], affine @ [1, 2, 0, 1])


@pytest.mark.parametrize("axes", ["RAS", "LPS", "PSR", "AIL", "SRA"])
def test_restoring_the_orientation_inverts_canonical_reorientation(axes):
    image, ras = oriented(axes)
    canonical = grids.to_canonical(image)
    np.testing.assert_array_equal(canonical.dataobj, ras.dataobj)
    back = grids.in_orientation_of(canonical, image)
    np.testing.assert_array_equal(back.dataobj, image.dataobj)
    np.testing.assert_allclose(back.affine, image.affine)
    assert nibabel.aff2axcodes(back.affine) == tuple(axes)


def test_reorienting_to_another_grid_is_an_error():
    image, ras = oriented("LPS")
    shifted = nibabel.Nifti1Image(np.asarray(image.dataobj), image.affine + np.eye(4, k=3))
    with pytest.raises(ValueError, match=r"a\.nii: is not on the grid of b\.nii"):
        grids.in_orientation_of(ras, shifted, "a.nii", "b.nii")
    larger, _ = oriented("LPS", shape=(5, 5, 6))
    with pytest.raises(ValueError, match="not on the grid"):
        grids.in_orientation_of(ras, larger)


def test_slices_are_axial_with_anterior_posterior_rows_and_are_converted_back():
    volume = np.arange(24).reshape(2, 3, 4)
    slices = grids.to_slices(volume)
    assert slices.shape == (4, 3, 2)
    assert slices[3, 2, 1] == volume[1, 2, 3] and slices[0, 1, 0] == volume[0, 1, 0]
    np.testing.assert_array_equal(grids.from_slices(slices), volume)


def test_a_saved_image_is_centred_and_in_millimetres(tmp_path):
    path = tmp_path / "new" / "image.nii.gz"
    grids.save_centred(np.ones((2, 4, 6), np.int16), [1.0, 2.0, 3.0], path)
    image = nibabel.load(path)
    np.testing.assert_allclose(image.affine, grids.centred_affine([2, 4, 6], [1.0, 2.0, 3.0]))
    assert image.get_data_dtype() == np.int16 and image.header.get_xyzt_units()[0] == "mm"


def test_blocks_of_whole_voxels_are_averaged_and_keep_their_position():
    values = np.arange(80, dtype=np.float32).reshape(5, 4, 4)
    coarse, affine = grids.averaged(values, np.diag([1.5, 1.5, 3.0, 1.0]), edge_mm=3.0)
    assert coarse.shape == (2, 2, 4) and coarse.dtype == np.float32
    np.testing.assert_allclose(coarse[0, 0, 0], values[:2, :2, 0].mean())
    np.testing.assert_allclose(coarse[1, 1, 3], values[2:4, 2:4, 3].mean())
    np.testing.assert_allclose(affine[:3, 3], [0.75, 0.75, 0])
    np.testing.assert_allclose(np.diag(affine), [3, 3, 3, 1])


def test_voxel_size_of_an_oblique_image_and_of_its_affine():
    turned = rigid_matrix((10, -20, 30), (1, 2, 3), (0, 0, 0)) @ np.diag([1.0, 2.0, 3.5, 1.0])
    image = nibabel.Nifti1Image(np.zeros((2, 3, 4)), turned)
    for given in (image, turned):
        np.testing.assert_allclose(grids.voxel_size_mm(given), [1.0, 2.0, 3.5])


def test_images_on_one_grid_pass_and_others_are_named_with_their_difference():
    affine, shape = np.diag([2.0, 2.0, 3.0, 1.0]), (2, 3, 4)
    names = ("T2map.nii.gz", "T1map.nii.gz")
    image = nibabel.Nifti1Image(np.zeros(shape), affine)
    nearly = nibabel.Nifti1Image(np.zeros(shape), affine + 5e-4 * np.eye(4, k=3))
    grids.require_same_grid(nearly, image, *names)
    shifted = nibabel.Nifti1Image(np.zeros(shape), affine + 0.01 * np.eye(4, k=3))
    larger = nibabel.Nifti1Image(np.zeros((2, 3, 5)), affine)
    for other, difference in ((shifted, "0.01 mm"), (larger, "2 × 3 × 5 instead of 2 × 3 × 4")):
        with pytest.raises(ValueError, match="T2map.nii.gz.* T1map.nii.gz") as error:
            grids.require_same_grid(other, image, *names)
        assert difference in str(error.value) and "\n" not in str(error.value)
