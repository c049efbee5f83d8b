"""Predicted maps as volumes and as a BIDS derivative, in the orientation of the target scan."""

import json

import nibabel
import numpy as np
import pytest

from contrast2map.imaging import grids
from contrast2map.learning import map_files
from contrast2map.preprocessing.slices import Slices

SHAPE = (6, 7, 8)


def scan_in(axes):
    """A target scan whose axes point to `axes`, on the RAS grid of `SHAPE`."""
    ras = nibabel.Nifti1Image(
        np.arange(np.prod(SHAPE), dtype=np.float32).reshape(SHAPE),
        grids.centred_affine(SHAPE, [1.0, 2.0, 3.0]),
    )
    turn = nibabel.orientations.ornt_transform(
        nibabel.orientations.axcodes2ornt("RAS"), nibabel.orientations.axcodes2ornt(axes)
    )
    return ras.as_reoriented(turn)


@pytest.fixture
def stored(rng):
    brain = np.ones((3, 7, 6), bool)
    brain[:, 0] = False
    return Slices(
        inputs=np.zeros((3, 7, 6, 1), np.float32),
        contrasts=["mprage"],
        maps=np.zeros((3, 7, 6, 2), np.float32),
        quantities=["T1", "T2"],
        brain=brain,
        slice_indices=np.array([2, 3, 6]),
    )


@pytest.mark.parametrize("axes", ["RAS", "LPS", "PSR"])
def test_slices_return_to_their_position_in_seconds(stored, rng, axes):
    scaled = rng.uniform(0.1, 1, (3, 7, 6, 2))
    volumes = map_files.to_volumes(scaled, stored, scan_in(axes), map_scale_s=3.0)
    for channel, quantity in enumerate(("T1", "T2")):
        volume = volumes[quantity]
        assert volume.shape == SHAPE and volume.dtype == np.float32
        assert list(np.flatnonzero(volume.any(axis=(0, 1)))) == [2, 3, 6]
        for number, index in enumerate([2, 3, 6]):
            expected = 3 * scaled[number, 1:, :, channel].T
            np.testing.assert_allclose(volume[:, 1:, index], expected, rtol=1e-6)
        assert volume[:, 0].max() == 0  # outside the brain


def test_only_some_slices_are_kept():
    volume = np.ones(SHAPE)
    kept = map_files.only_slices(volume, np.array([1, 5]))
    assert kept[:, :, [1, 5]].min() == 1 and kept.sum() == 2 * 42
    assert volume.min() == 1


@pytest.mark.parametrize("axes", ["RAS", "LPS", "PSR"])
def test_a_written_map_is_on_the_grid_of_the_scan(tmp_path, rng, axes):
    scan = scan_in(axes)
    volume = rng.random(SHAPE).astype(np.float32)
    map_files.write(tmp_path, "07", "T2", volume, scan, sources=["a/sub-07_T1w.nii.gz"])
    path = tmp_path / "sub-07" / "anat" / "sub-07_T2map.nii.gz"
    written = nibabel.load(path)
    np.testing.assert_allclose(written.affine, scan.affine, atol=1e-5)
    assert written.shape == scan.shape and written.get_data_dtype() == np.float32
    canonical = nibabel.as_closest_canonical(written)
    np.testing.assert_allclose(np.asarray(canonical.dataobj), volume, rtol=1e-6)
    # Where the scan has the value n, the map has the n-th value of the volume.
    numbers = np.asarray(scan.dataobj).astype(int)
    np.testing.assert_allclose(np.asarray(written.dataobj), volume.ravel()[numbers], rtol=1e-6)


def test_a_sidecar_gives_unit_source_and_method(tmp_path):
    map_files.write(tmp_path, "07", "T1", np.zeros(SHAPE), scan_in("RAS"), ["a/sub-07_T1w.nii.gz"])
    sidecar = json.loads((tmp_path / "sub-07" / "anat" / "sub-07_T1map.json").read_text())
    assert sidecar["Units"] == "s" and sidecar["Sources"] == ["sub-07_T1w.nii.gz"]
    assert "T1" in sidecar["EstimationAlgorithm"] and "10.1002/mrm.28962" in str(sidecar)


def test_the_derivative_describes_itself(tmp_path):
    map_files.write_description(tmp_path, "Maps", "U-Net")
    written = json.loads((tmp_path / "dataset_description.json").read_text())
    assert written["DatasetType"] == "derivative" and written["Name"] == "Maps"
    assert written["GeneratedBy"][0]["Description"] == "U-Net"
