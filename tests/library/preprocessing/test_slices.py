"""Selection of slices, and their storage by name."""

import nibabel
import numpy as np
import pytest

from contrast2map.preprocessing import slices

LIMITS = {"minimum_brain_area_mm2": 100, "minimum_reference_coverage": 0.9, "excluded": []}


@pytest.fixture
def stored(rng):
    return slices.Slices(
        inputs=rng.random((4, 6, 5, 3), dtype=np.float32),
        contrasts=["mprage", "gre", "flair"],
        maps=rng.random((4, 6, 5, 2), dtype=np.float32),
        quantities=["T1", "T2"],
        brain=rng.random((4, 6, 5)) > 0.5,
        slice_indices=np.array([3, 4, 6, 9]),
    )


def test_slices_are_loaded_as_saved(stored, tmp_path):
    stored.save(tmp_path / "slices.npz")
    loaded = slices.load(tmp_path / "slices.npz")
    for name in ("inputs", "maps", "brain", "slice_indices"):
        written, read = getattr(stored, name), getattr(loaded, name)
        np.testing.assert_array_equal(read, written)
        assert read.dtype == written.dtype
    assert loaded.contrasts == stored.contrasts and loaded.quantities == stored.quantities


@pytest.mark.parametrize(
    ("asked", "channels"),
    [(["mprage", "gre", "flair"], [0, 1, 2]), (["flair", "mprage"], [2, 0]), (["gre"], [1])],
)
def test_contrasts_are_looked_up_by_name_in_the_given_order(stored, asked, channels):
    np.testing.assert_array_equal(stored.inputs_of(asked), stored.inputs[..., channels])


def test_an_unknown_contrast_is_refused(stored):
    with pytest.raises(ValueError, match="t2w"):
        stored.inputs_of(["t2w"])


def volumes(n_brain, n_covered):
    """Slices of 10 x 10 pixels with given numbers of brain and of covered brain pixels."""
    brain, coverage = np.zeros((2, len(n_brain), 100), bool)
    for index, (inside, covered) in enumerate(zip(n_brain, n_covered, strict=True)):
        brain[index, :inside] = True
        coverage[index, :covered] = True
        coverage[index, inside:] = True  # what lies outside the brain does not count
    shape = (len(n_brain), 10, 10)
    return brain.reshape(shape), coverage.reshape(shape)


def select(n_brain, n_covered, pixel_area_mm2=2.0, **changes):
    return slices.select_slices(*volumes(n_brain, n_covered), pixel_area_mm2, **(LIMITS | changes))


def test_a_slice_needs_enough_brain_and_enough_reference():
    rows = select([50, 49, 60, 60, 0], [50, 49, 54, 53, 0])
    assert [row["selected"] for row in rows] == [True, False, True, False, False]
    assert [row["slice"] for row in rows] == [0, 1, 2, 3, 4]
    assert [row["brain_area_mm2"] for row in rows] == [100, 98, 120, 120, 0]
    assert rows[2]["reference_coverage"] == 0.9
    assert rows[3]["reference_coverage"] == pytest.approx(53 / 60, abs=1e-4)


def test_the_reason_is_given():
    rows = select([50, 49, 60], [50, 49, 53])
    assert [row["reason"] for row in rows] == [
        "",
        "brain area below 100 mm2",
        "reference covers less than 0.9 of the brain",
    ]


def test_slices_listed_by_hand_are_excluded():
    rows = select([60] * 4, [60] * 4, excluded=[1, 3])
    assert [row["selected"] for row in rows] == [True, False, True, False]
    assert rows[1]["reason"] == "excluded by hand"


def test_a_slice_without_brain_is_never_selected():
    rows = select([0], [0], minimum_brain_area_mm2=0, minimum_reference_coverage=0)
    assert rows[0]["selected"] is False


def test_patches_larger_than_the_slices_are_refused_from_the_header(tmp_path):
    # Sagittal storage: the axes are anterior, superior, right.
    affine = np.array([[0, 0, 2.0, 0], [2.0, 0, 0, 0], [0, 2.0, 0, 0], [0, 0, 0, 1]])
    path = tmp_path / "t1w.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((80, 30, 64), np.float32), affine), path)
    slices.require_patches_fit(path, (80, 64))
    with pytest.raises(ValueError, match="patch_size: .*80 x 64 voxels .*t1w.nii.gz; lower"):
        slices.require_patches_fit(path, (96, 64))
    with pytest.raises(ValueError, match="patch_size"):
        slices.require_patches_fit(path, (80, 80))
