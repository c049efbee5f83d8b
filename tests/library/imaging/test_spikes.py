"""Single hot voxels are removed; heads, vessels, fat and noise are left as they are."""

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

from contrast2map.imaging import images
from contrast2map.imaging.spikes import without_spikes
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


def test_two_hot_voxels_decide_nothing(head, tmp_path):
    hot = head.copy()
    hot[20, 22, 5], hot[30, 20, 20] = 1e5, 3e6
    [finding] = check_scan_values(hot, "scan.nii.gz")
    assert finding["level"] == "warn" and "2 single voxels" in finding["problem"]
    nib.save(nib.Nifti1Image(hot, np.eye(4)), tmp_path / "scan.nii.gz")
    read = images.values(images.load_scan(tmp_path / "scan.nii.gz"))
    assert read.max() == head.max()


def test_noise_around_the_head_is_named_with_its_cure(head):
    noisy = np.where(head > 100, head, np.random.default_rng(1).uniform(0, 3000, SHAPE))
    [finding] = check_scan_values(noisy.astype(np.float32), "scan.nii.gz")
    assert finding["level"] == "fail" and "MP2RAGE" in finding["problem"]
    assert "UNI-DEN" in finding["remedy"]


def test_a_constant_that_was_added_is_named(head):
    assert check_scan_values(head, "scan.nii.gz") == []
    [finding] = check_scan_values(head + 500, "scan.nii.gz")
    assert finding["level"] == "fail" and "background is 5" in finding["problem"]


def test_a_series_of_one_volume_is_one_volume(head, tmp_path):
    nib.save(nib.Nifti1Image(head[..., None, None], np.diag([1, 2, 3, 1])), tmp_path / "a.nii.gz")
    image = images.load(tmp_path / "a.nii.gz")
    assert image.shape == SHAPE and np.array_equal(images.values(image), head)
    nib.save(nib.Nifti1Image(np.stack([head, head], -1), np.eye(4)), tmp_path / "b.nii.gz")
    with pytest.raises(images.ImageError, match="save the required volume"):
        images.load(tmp_path / "b.nii.gz")
