"""Patches: the same in images and maps, each slice once per epoch, reproducible."""

import numpy as np
import pytest

from contrast2map.learning.patches import Patches

SHAPE, PATCH, BATCH = (12, 20, 18), (8, 6), 4


@pytest.fixture(scope="module")
def arrays():
    """Images whose voxels encode slice, row and column, and maps computed from them."""
    number, row, column = np.meshgrid(*map(np.arange, SHAPE), indexing="ij")
    images = np.stack([number, row, column], axis=-1).astype(np.float32)
    maps = np.stack([10_000 * number + 100 * row + column, -number], axis=-1).astype(np.float32)
    return images, maps


@pytest.fixture
def patches(arrays):
    return Patches(*arrays, PATCH, BATCH, seed=5)


def epoch_of(patches):
    batches = [patches[index] for index in range(len(patches))]
    return tuple(np.concatenate(part) for part in zip(*batches, strict=True))


def test_batches_have_the_patches_size(patches):
    assert len(patches) == 3
    images, maps = patches[0]
    assert images.shape == (BATCH, *PATCH, 3) and maps.shape == (BATCH, *PATCH, 2)
    assert images.dtype == maps.dtype == np.float32


def test_images_and_maps_are_cut_and_flipped_alike(patches):
    for epoch in range(4):
        patches.begin(epoch)
        images, maps = epoch_of(patches)
        number, row, column = np.moveaxis(images, -1, 0)
        np.testing.assert_array_equal(maps[..., 0], 10_000 * number + 100 * row + column)
        np.testing.assert_array_equal(maps[..., 1], -number)


def test_a_patch_is_a_connected_piece_of_one_slice(patches):
    images, _ = epoch_of(patches)
    number, row, column = np.moveaxis(images, -1, 0)
    assert np.ptp(number, axis=(1, 2)).max() == 0
    assert set(np.abs(np.diff(row, axis=1)).ravel()) == {1.0}
    assert set(np.abs(np.diff(column, axis=2)).ravel()) == {1.0}


def test_each_slice_is_used_once_per_epoch_in_a_different_order(patches):
    orders = []
    for epoch in range(3):
        patches.begin(epoch)
        orders.append(epoch_of(patches)[0][:, 0, 0, 0].astype(int).tolist())
    assert all(sorted(order) == list(range(12)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3


def test_patches_are_flipped_in_both_directions_independently_and_half_of_the_time(patches):
    seen = []
    for epoch in range(40):
        patches.begin(epoch)
        images, _ = epoch_of(patches)
        upside_down = images[:, 0, 0, 1] > images[:, -1, 0, 1]
        mirrored = images[:, 0, 0, 2] > images[:, 0, -1, 2]
        seen.append(2 * upside_down + mirrored)
    shares = np.bincount(np.concatenate(seen), minlength=4) / (40 * 12)
    np.testing.assert_allclose(shares, 0.25, atol=0.07)


def test_every_position_is_reached_from_edge_to_edge(patches):
    tops, lefts = set(), set()
    for epoch in range(60):
        patches.begin(epoch)
        images, _ = epoch_of(patches)
        tops |= set(images[..., 1].min(axis=(1, 2)))
        lefts |= set(images[..., 2].min(axis=(1, 2)))
    assert tops == set(range(13)) and lefts == set(range(13))


def test_an_epoch_depends_only_on_its_seed_and_number(arrays, patches):
    patches.begin(7)
    first = epoch_of(patches)
    other = Patches(*arrays, PATCH, BATCH, seed=5)
    for epoch in range(8):
        other.begin(epoch)
        epoch_of(other)
    np.testing.assert_array_equal(epoch_of(other)[0], first[0])
    np.testing.assert_array_equal(epoch_of(other)[1], first[1])
    different = Patches(*arrays, PATCH, BATCH, seed=6)
    different.begin(7)
    assert not np.array_equal(epoch_of(different)[0], first[0])
    patches.begin(8)
    assert not np.array_equal(epoch_of(patches)[0], first[0])


def test_slices_that_do_not_fill_a_batch_are_omitted_from_the_epoch(arrays):
    patches = Patches(*arrays, PATCH, 5, seed=1)
    assert len(patches) == 2
    used = epoch_of(patches)[0][:, 0, 0, 0]
    assert len(set(used)) == 10


def test_a_patch_as_large_as_the_slice_is_the_slice(arrays):
    images, _ = epoch_of(Patches(*arrays, SHAPE[1:], BATCH, seed=1))
    assert images.shape[1:3] == SHAPE[1:]


@pytest.mark.parametrize(
    ("patch", "batch", "words"),
    [
        ((21, 6), 4, "patch_size: slices are 20 voxels high, patches 21"),
        ((8, 19), 4, "patch_size: slices are 18 voxels wide, patches 19"),
        ((8, 6), 13, "batch_size: 13 .* 12 slices; lower"),
    ],
)
def test_patches_larger_than_slices_and_batches_larger_than_the_set_are_refused(
    arrays, patch, batch, words
):
    with pytest.raises(ValueError, match=words):
        Patches(*arrays, patch, batch, seed=1)
