"""The training set contains the subjects' slices in order, in memory or mapped from disk."""

import os

import numpy as np
import pytest

from contrast2map.learning import training_set
from contrast2map.preprocessing import slices

CONTRASTS = ["mprage", "gre", "flair"]


def write(path, n_slices, rng, size=(6, 5)):
    path.parent.mkdir(exist_ok=True)
    stored = slices.Slices(
        inputs=rng.random((n_slices, *size, 3), dtype=np.float32),
        contrasts=CONTRASTS,
        maps=rng.random((n_slices, *size, 2), dtype=np.float32),
        quantities=["T1", "T2"],
        brain=np.ones((n_slices, *size), bool),
        slice_indices=np.arange(n_slices),
    )
    stored.save(path)
    return stored


@pytest.fixture
def subjects(tmp_path, rng):
    """Paths and contents of two subjects' slices."""
    paths = [tmp_path / "sub-01" / "slices.npz", tmp_path / "sub-02" / "slices.npz"]
    return paths, [write(paths[0], 4, rng), write(paths[1], 3, rng)]


@pytest.mark.parametrize("memory_bytes", [10**9, 0])
def test_the_set_contains_each_subjects_slices_with_channels_in_order(
    subjects, tmp_path, memory_bytes
):
    paths, contents = subjects
    images, maps = training_set.load(
        paths, ["flair", "mprage"], memory_bytes=memory_bytes, folder=tmp_path
    )
    assert isinstance(images, np.memmap) == (memory_bytes == 0)
    assert images.dtype == maps.dtype == np.float32
    np.testing.assert_array_equal(images, np.concatenate([c.inputs[..., [2, 0]] for c in contents]))
    np.testing.assert_array_equal(maps, np.concatenate([c.maps for c in contents]))


def test_a_mapped_set_leaves_no_file_behind_even_while_it_is_used(subjects, tmp_path):
    before = sorted(os.listdir(tmp_path))
    images, _ = training_set.load(subjects[0], CONTRASTS, memory_bytes=0, folder=tmp_path)
    assert sorted(os.listdir(tmp_path)) == before
    assert images.sum() > 0


def test_the_memory_limit_is_compared_with_the_size_of_the_arrays(subjects, tmp_path):
    n_bytes = 7 * 6 * 5 * (3 + 2) * 4
    for memory_bytes, mapped in ((n_bytes, False), (n_bytes - 1, True)):
        images, _ = training_set.load(
            subjects[0], CONTRASTS, memory_bytes=memory_bytes, folder=tmp_path
        )
        assert isinstance(images, np.memmap) == mapped


def test_slices_of_another_size_are_refused_with_the_names_of_both_files(subjects, tmp_path, rng):
    paths, _ = subjects
    write(paths[1], 2, rng, size=(6, 7))
    words = r"sub-02/slices.npz: .*\(6, 7\) voxels.*sub-01/slices.npz \(6, 5\)"
    with pytest.raises(ValueError, match=words):
        training_set.load(paths, CONTRASTS, memory_bytes=10**9, folder=tmp_path)


def test_shapes_are_read_without_the_arrays(subjects):
    paths, contents = subjects
    shapes = slices.shapes(paths[0])
    assert shapes["inputs"] == contents[0].inputs.shape
    assert shapes["maps"] == contents[0].maps.shape
    assert shapes["brain"] == contents[0].brain.shape
