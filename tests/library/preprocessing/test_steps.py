"""The steps from scans to a segmented brain: each returns a valid result and reports failures."""

import json
from types import SimpleNamespace

import nibabel
import numpy as np
import pytest
from scipy import ndimage

import phantoms
from contrast2map.imaging import grids, images, masks
from contrast2map.imaging.movement import rigid_matrix, rms_displacement_mm
from contrast2map.preprocessing import fsl, registration, steps

SHAPE, VOXEL_MM = (56, 64, 52), (3.5, 3.5, 3.5)
CENTRE_MM = phantoms.CENTRE_MM
MOVEMENT = rigid_matrix((9.0, -6.0, 12.0), (30.0, -55.0, 40.0), CENTRE_MM)
OPTIONS = {"sampling_share": 0.3, "seed": 1}
EMBEDDED = {"engine": "embedded", "fractional_intensity": 0.5}
LABELS = {"csf": 30, "gm": 10, "wm": 20}
BET = SimpleNamespace(engine="fsl", version="6.0.7", problem=None, warning="no dc")
HMRF = SimpleNamespace(
    engine="embedded", version="0.1.0", problem="no brain", other="left out", warning=None
)


@pytest.fixture(scope="module")
def head():
    """An asymmetric head of several tissues, nibabel image."""
    image, _ = phantoms.head(SHAPE, VOXEL_MM)
    x, y, z = np.indices(SHAPE)
    bumps = np.sin(x / 3 + 1) * np.cos(y / 4) * np.sin(z / 3.5 + x / 9)
    values = np.asarray(image.dataobj) * (1 + 0.3 * bumps)
    return nibabel.Nifti1Image(values.astype(np.float32), image.affine)


def other_contrast(image):
    values = images.values(image)
    return np.where(values > 15, 140 - values, 0).astype(np.float32)


def slab_of(head, share):
    """A thick-slice axial slab of the middle of the head, after the movement."""
    values = other_contrast(head)
    first = round(SHAPE[2] * 0.35)
    n_slices = round(SHAPE[2] * share)
    affine = head.affine.copy()
    affine[:3, 3] += affine[:3, 2] * first
    pairs = values[:, :, first : first + n_slices // 2 * 2].reshape(*SHAPE[:2], -1, 2).mean(axis=3)
    affine[:3, 3] += affine[:3, 2] / 2
    affine[:3, 2] *= 2
    return nibabel.Nifti1Image(pairs, MOVEMENT @ affine)


def error_mm(found):
    return rms_displacement_mm(found.matrix, MOVEMENT, CENTRE_MM)


@pytest.fixture(scope="module")
def found(head):
    scans = {"t1": head, "slab": slab_of(head, 0.42)}
    return steps.register(scans, "t1", **OPTIONS)


def test_a_thick_oblique_slab_with_another_origin_is_registered(found):
    assert error_mm(found["slab"]) < 1.5
    assert found["slab"].distinctness > 1.2 and found["slab"].problem is None
    assert 0.25 < found["slab"].overlap < 0.75
    assert abs(found["slab"].rotation_deg - 16.0) < 2
    assert found["slab"].similarity > 2 * found["slab"].initial_similarity


def test_the_target_is_registered_to_itself_by_the_identity(found):
    np.testing.assert_array_equal(found["t1"].matrix, np.eye(4))
    assert set(found["t1"].numbers()) == set(found["slab"].numbers())


def test_registration_is_reproducible(head, found):
    again = steps.register({"t1": head, "slab": slab_of(head, 0.42)}, "t1", **OPTIONS)
    np.testing.assert_array_equal(again["slab"].matrix, found["slab"].matrix)


def test_another_or_a_mirrored_head_is_less_similar(head, found, monkeypatch):
    monkeypatch.setattr(registration, "FINE", ((20,), (2,), (1,)))
    other, _ = phantoms.head(SHAPE, VOXEL_MM)
    x, y, z = np.indices(SHAPE)
    bumps = np.cos(x / 4) * np.sin(y / 3 + 2) * np.cos(z / 3 + y / 7)
    stranger = (other_contrast(other) * (1 + 0.3 * bumps)).astype(np.float32)
    scans = {
        "t1": head,
        "stranger": nibabel.Nifti1Image(stranger, other.affine),
        "mirrored": nibabel.Nifti1Image(other_contrast(head)[::-1].copy(), head.affine),
    }
    wrong = steps.register(scans, "t1", **OPTIONS)
    for name in ("stranger", "mirrored"):
        assert wrong[name].problem is None  # ANTs reports no failure; only the similarity shows it
        assert wrong[name].similarity < found["slab"].similarity


@pytest.mark.parametrize("values", [np.zeros(SHAPE), np.ones((2, 2, 2))])
def test_a_scan_without_a_head_is_reported_as_a_problem(head, values):
    scans = {"t1": head, "bad": nibabel.Nifti1Image(values.astype(np.float32), np.eye(4))}
    found = steps.register(scans, "t1", **OPTIONS)
    assert "no head" in found["bad"].problem
    np.testing.assert_array_equal(found["bad"].matrix, np.eye(4))


def test_a_failure_of_ants_is_reported_as_a_problem(head, monkeypatch):
    def fail(*arguments, **options):
        raise RuntimeError("itk::ERROR:\n  all samples map outside")

    monkeypatch.setattr(registration.ants, "registration", fail)
    found = steps.register({"t1": head, "t2": head}, "t1", **OPTIONS)
    assert found["t2"].problem == "itk::ERROR: all samples map outside"


def test_a_provided_transform_is_used_and_assessed(head, tmp_path):
    path = str(tmp_path / "a.mat")
    registration.ants.write_transform(registration.transform_of(MOVEMENT), path)
    scans = {"t1": head, "slab": slab_of(head, 0.42)}
    found = steps.register(scans, "t1", **OPTIONS, provided={"slab": path})["slab"]
    np.testing.assert_allclose(found.matrix, MOVEMENT, atol=1e-5)
    assert found.provided and found.start == "provided" and found.distinctness > 1.2


def test_a_transform_of_another_itk_class_is_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(
        "#Insight Transform File V1.0\n#Transform 0\n"
        "Transform: MatrixOffsetTransformBase_double_3_3\n"
        "Parameters: 0 -1 0 1 0 0 0 0 1 5 6 7\nFixedParameters: 10 0 0\n"
    )
    matrix = registration.read_matrix(path)
    np.testing.assert_allclose(matrix @ [-10, 0, 0, 1], [-15, -6, 7, 1], atol=1e-9)


@pytest.mark.parametrize("content", [None, "", "no transform", "0" * 400])
def test_an_unreadable_transform_is_reported_with_its_file(head, tmp_path, content):
    path = tmp_path / "broken.txt"
    if content is not None:
        path.write_text(content)
    scans = {"t1": head, "t2": head}
    found = steps.register(scans, "t1", **OPTIONS, provided={"t2": path})["t2"]
    assert "broken.txt" in found.problem and found.provided


def test_a_scan_is_not_smoothed_for_a_grid_as_fine_as_its_own(head):
    moved = steps.resample(head, MOVEMENT, head, "linear")
    image = registration.to_ants(images.values(head), head.affine)
    expected = registration.apply(MOVEMENT, image, image, "linear").numpy()
    np.testing.assert_array_equal(moved, expected)


def test_a_scan_is_smoothed_for_a_coarser_grid_to_prevent_aliasing(rng):
    values = rng.normal(100, 10, (60, 60, 60)).astype(np.float32)
    scan = nibabel.Nifti1Image(values, np.eye(4))
    affine = np.diag([1.0, 1, 5, 1])
    affine[2, 3] = 2
    grid = nibabel.Nifti1Image(np.zeros((60, 60, 12), np.float32), affine)
    seen = steps.resample(scan, np.eye(4), grid, "linear")
    means = values.reshape(60, 60, 12, 5).mean(axis=3)
    inner = (slice(5, -5), slice(5, -5), slice(1, -1))
    assert 0.7 < seen[inner].std() / means[inner].std() < 1.3  # of 10 / sqrt(5), not of 10
    assert np.corrcoef(seen[inner].ravel(), means[inner].ravel())[0, 1] > 0.9
    labels = steps.resample(scan, np.eye(4), grid, "nearestNeighbor")
    np.testing.assert_array_equal(labels, values[:, :, 2::5])


def test_resampling_does_not_depend_on_the_orientation_of_the_scan(head):
    turned = head.as_reoriented(
        nibabel.orientations.ornt_transform(
            nibabel.io_orientation(head.affine), nibabel.orientations.axcodes2ornt("PSL")
        )
    )
    seen = steps.resample(turned, np.eye(4), head, "linear")
    np.testing.assert_allclose(seen, images.values(head), atol=1e-2)


def test_without_a_brain_the_mask_is_empty_and_the_reason_given():
    noise = nibabel.Nifti1Image(np.ones((20, 20, 20), np.float32), np.eye(4))
    brain = steps.extract(noise, **EMBEDDED)
    assert "constant" in brain.problem and brain.engine == "embedded"
    assert not images.values(brain.mask).any() and brain.mask.shape == noise.shape
    tissue = steps.segment(noise, brain.mask, engine="embedded")
    assert "constant" in tissue.problem and not images.values(tissue.dseg).any()
    assert not steps.label_structures(noise, brain.mask, seed=1).any()


def test_a_missing_engine_raises(head, monkeypatch):
    monkeypatch.delenv("FSLDIR", raising=False)
    with pytest.raises(fsl.FSLError, match="FSLDIR"):
        steps.extract(head, engine="fsl", fractional_intensity=0.5)
    with pytest.raises(fsl.FSLError, match="FSLDIR"):
        steps.segment(head, head, engine="fsl")


@pytest.fixture(scope="module")
def drawn(head, tmp_path_factory):
    """Files of a user, on the grid of the head in another orientation."""
    folder = tmp_path_factory.mktemp("drawn")
    inside = phantoms.radius(SHAPE, head.affine)
    labels = np.select([inside < 0.5, inside < 0.8, inside < 1], [20, 10, 30], 0).astype(np.int16)
    paths = {}
    for name, values in (("mask", (labels > 0)), ("tissue", labels), ("empty", 0 * labels)):
        image = nibabel.Nifti1Image(values.astype(np.int16), head.affine)
        turn = nibabel.orientations.ornt_transform(
            nibabel.io_orientation(head.affine), nibabel.orientations.axcodes2ornt("LPS")
        )
        paths[name] = folder / f"{name}.nii.gz"
        nibabel.save(image.as_reoriented(turn), paths[name])
    return paths, labels


def test_provided_masks_and_labels_are_reoriented_and_renumbered(head, drawn):
    paths, labels = drawn
    brain = steps.extract(head, **EMBEDDED, provided=paths["mask"])
    np.testing.assert_array_equal(images.values(brain.mask), labels > 0)
    assert (brain.engine, brain.version, brain.problem) == ("provided", "mask.nii.gz", None)
    tissue = steps.segment(
        head, brain.mask, engine="embedded", provided=paths["tissue"], labels=LABELS
    )
    for name, number in masks.TISSUE_LABELS.items():
        np.testing.assert_array_equal(images.values(tissue.dseg) == number, labels == LABELS[name])
    numbers = {"putamen": 20, "thalamus": 10}
    structures = steps.label_structures(head, brain.mask, 1, paths["tissue"], numbers)
    np.testing.assert_array_equal(structures == 1, labels == 20)
    np.testing.assert_array_equal(structures == 2, labels == 10)


def test_provided_files_that_are_empty_or_on_another_grid_are_reported(head, drawn):
    paths, _ = drawn
    shifted = nibabel.Nifti1Image(images.values(head), head.affine + np.diag([0.1, 0, 0, 0]))
    assert "not on the grid" in steps.extract(shifted, **EMBEDDED, provided=paths["mask"]).problem
    assert "is empty" in steps.extract(head, **EMBEDDED, provided=paths["empty"]).problem
    brain = steps.extract(head, **EMBEDDED, provided=paths["mask"]).mask
    unknown = {"csf": 1, "gm": 2, "wm": 3}
    tissue = steps.segment(head, brain, engine="embedded", provided=paths["tissue"], labels=unknown)
    assert "none of the labels 1, 2, 3" in tissue.problem
    assert not ndimage.label(images.values(tissue.dseg))[1]


def test_grids_are_canonical_before_anything_else(head):
    assert nibabel.aff2axcodes(grids.to_canonical(head).affine) == ("R", "A", "S")


def test_engine_version_and_problem_of_each_step_are_written(tmp_path):
    steps.write_engines(tmp_path / "a.json", brain_extraction=BET, tissue_segmentation=HMRF)
    assert json.loads((tmp_path / "a.json").read_text()) == {
        "brain_extraction": {
            "engine": "fsl",
            "version": "6.0.7",
            "problem": None,
            "warning": "no dc",
        },
        "tissue_segmentation": {
            "engine": "embedded",
            "version": "0.1.0",
            "problem": "no brain",
            "warning": None,
        },
    }


def test_a_step_without_a_version_is_rejected(tmp_path):
    with pytest.raises(AttributeError, match="version"):
        steps.write_engines(tmp_path / "a.json", step=SimpleNamespace(engine="fsl"))
