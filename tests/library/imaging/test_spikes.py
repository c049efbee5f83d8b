"""Single hot voxels are removed; heads, vessels, fat and noise are left as they are."""

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

from contrast2map.imaging import images
from contrast2map.imaging.spikes import LARGEST_CLUSTER, without_spikes
from contrast2map.input_gate.scan_checks import inspect
from contrast2map.input_gate.value_checks import check_scan_values

SHAPE = (40, 44, 36)


@pytest.fixture
def head():
    """A textured ball with noise, and a bright vessel two voxels wide."""
    rng = np.random.default_rng(0)
    grid = np.stack(np.meshgrid(*(np.linspace(-1, 1, n) for n in SHAPE), indexing="ij"))
    ball = (grid**2).sum(axis=0) < 0.7
    texture = ndimage.gaussian_filter(rng.standard_normal(SHAPE), 2)
    scan = ball * (500 + 800 * texture) + np.abs(rng.normal(0, 15, SHAPE))
    scan[20:22, 10:34, 18:20] = 2500
    return scan.astype(np.float32)


def test_a_scan_without_spikes_is_returned_as_it_is(head):
    cleaned, n_spikes = without_spikes(head)
    assert n_spikes == 0 and cleaned is head


@pytest.mark.parametrize("factor", [5, 100, 1e6])
def test_spikes_are_replaced_by_their_neighbours(head, factor):
    hot = head.copy()
    places = [(20, 22, 5), (3, 3, 3), (0, 0, 0), (30, 20, 20)]
    for place in places:
        hot[place] = factor * head.max()
    cleaned, n_spikes = without_spikes(hot)
    assert n_spikes == len(places)
    changed = np.argwhere(cleaned != hot)
    assert sorted(map(tuple, changed)) == sorted(places)
    assert np.abs(cleaned - head).max() < 0.5 * head.max()


@pytest.mark.parametrize("seed", range(10))
def test_clusters_of_touching_spikes_are_replaced_whole(head, seed):
    rng = np.random.default_rng(seed)
    hot, places = head.copy(), [tuple(rng.integers(2, np.array(SHAPE) - 2))]
    while len(places) < rng.integers(2, LARGEST_CLUSTER + 1):
        places.append(tuple(np.array(places[-1]) + rng.integers(-1, 2, 3)))
    for place in places:
        hot[place] = head.max() * 10 ** rng.uniform(1, 6)
    cleaned, n_spikes = without_spikes(hot)
    assert n_spikes == len(set(places))
    assert set(map(tuple, np.argwhere(cleaned != hot))) == set(places)
    assert cleaned.max() == head.max()


def test_a_bright_structure_of_more_voxels_is_left_as_it_is(head):
    bright = head.copy()
    bright[20:22, 22:24, 5:7] *= 30
    assert without_spikes(bright)[1] == 0


def test_a_block_far_brighter_than_any_tissue_is_replaced_whole(head):
    hot = head.copy()
    hot[20:24, 22:25, 5:8] = 300 * head.max()
    cleaned, n_spikes = without_spikes(hot)
    assert n_spikes == 36
    assert cleaned.max() == head.max()


@pytest.mark.parametrize("places", [[(20, 22, 5), (30, 20, 20)], [(20, 22, 5), (21, 22, 5)]])
def test_two_hot_voxels_decide_nothing(head, places, tmp_path):
    hot = head.copy()
    hot[places[0]], hot[places[1]] = 1e5, 3e6
    path = tmp_path / "scan.nii.gz"
    nib.save(nib.Nifti1Image(hot, np.diag([5, 5, 5, 1])), path)
    image, [finding] = inspect(path, "mprage")
    assert finding["level"] == "warn" and "2 voxels" in finding["problem"]
    for read in (image, images.load_scan(path)):
        assert images.values(read).max() == head.max()


def test_noise_around_the_head_is_named_with_its_cure(head):
    noisy = np.where(head > 100, head, np.random.default_rng(1).uniform(0, 3000, SHAPE))
    [finding] = check_scan_values(noisy.astype(np.float32), "scan.nii.gz")
    assert finding["level"] == "fail" and "MP2RAGE" in finding["problem"]
    assert "UNI-DEN" in finding["remedy"]


@pytest.mark.parametrize(("constant", "level"), [(60, "warn"), (500, "fail")])
@pytest.mark.parametrize("rim", [0, 2])
def test_a_constant_that_was_added_is_named_also_inside_a_rim_of_zeros(head, constant, level, rim):
    assert check_scan_values(head, "scan.nii.gz") == []
    added = np.zeros_like(head)
    inside = tuple(slice(rim, n - rim) for n in SHAPE)
    added[inside] = head[inside] + constant
    [finding] = check_scan_values(added, "scan.nii.gz")
    assert finding["level"] == level and f"background is {constant // 10}" in finding["problem"]


def test_a_bare_brain_has_no_added_constant(head):
    bare = np.where(head > 200, head, 0)
    assert check_scan_values(bare, "scan.nii.gz") == []


def test_a_series_of_one_volume_is_one_volume(head, tmp_path):
    nib.save(nib.Nifti1Image(head[..., None, None], np.diag([1, 2, 3, 1])), tmp_path / "a.nii.gz")
    image = images.load(tmp_path / "a.nii.gz")
    assert image.shape == SHAPE and np.array_equal(images.values(image), head)
    nib.save(nib.Nifti1Image(np.stack([head, head], -1), np.eye(4)), tmp_path / "b.nii.gz")
    with pytest.raises(images.ImageError, match="save the required volume"):
        images.load(tmp_path / "b.nii.gz")
