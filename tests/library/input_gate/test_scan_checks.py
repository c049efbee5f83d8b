"""Bad inputs give findings with the right file and reason; good inputs give no findings."""

import json
import shutil

import nibabel
import numpy as np
import pytest

from bad_inputs import BAD_INPUTS
from contrast2map.input_gate import scan_checks
from small_cohort import LABELS, SEQUENCES, TARGET, files_of, path_of, write_cohort


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    root = tmp_path_factory.mktemp("good")
    write_cohort(root, ["01"])
    return root


@pytest.fixture
def root(good, tmp_path):
    """A copy of the good subject, into which a test can introduce a defect."""
    return shutil.copytree(good, tmp_path / "cohort")


def check(root, subject="01", **asked):
    files = files_of(root, subject, **asked)
    return scan_checks.check_subject(files, SEQUENCES, TARGET, LABELS, root)


def file_names(root):
    return map(str, root.rglob("*"))


def test_a_good_subject_passes_without_a_finding(good):
    checked = check(good)
    assert checked["findings"] == [] and checked["verdict"] == "pass"
    assert checked["sequences"]["mprage"] == {
        "TR_s": 1.9,
        "TE_s": 0.00293,
        "TI_s": 0.9,
        "flip_angle_deg": 9.0,
    }
    assert checked["shape"]["flair"] == [34, 40, 32]
    np.testing.assert_allclose(checked["voxel_mm"]["T1"], [5, 5, 5.6])
    assert len(set(checked["fingerprints"].values())) == 5


def test_there_are_at_least_forty_bad_inputs():
    assert len(BAD_INPUTS) >= 40


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_a_bad_input_is_a_finding_with_its_file_and_reason(name, root):
    bad = BAD_INPUTS[name]
    bad.spoil(root, "01")
    checked = check(root)
    assert checked["verdict"] == bad.level, checked["findings"]
    files = {str(path_of(root, "01", bad.role))} if bad.role else {"", *file_names(root)}
    assert any(
        each["level"] == bad.level and bad.words in each["problem"] and each["file"] in files
        for each in checked["findings"]
    ), checked["findings"]
    for each in checked["findings"]:
        assert set(each) == {"level", "file", "problem", "remedy"}
        assert each["remedy"] and not any("\n" in text for text in each.values())


def rewritten(role, change):
    """Function that rewrites a role's image with a change; `change` takes and returns an image."""

    def rewrite(root):
        path = path_of(root, "01", role)
        image = nibabel.load(path)
        kept = nibabel.Nifti1Image(np.array(image.dataobj), image.affine)
        nibabel.save(change(kept), path)

    return rewrite


def with_values(change):
    return lambda image: nibabel.Nifti1Image(
        change(image.get_fdata(dtype=np.float32)), image.affine
    )


def turned(image):
    """The same image, axes from anterior to posterior, left, and up."""
    return image.as_reoriented(np.array([[1, -1], [0, -1], [2, 1]]))


def big_endian(image):
    header = nibabel.Nifti1Header(endianness=">")
    return nibabel.Nifti1Image(np.asarray(image.dataobj).astype(">i2"), image.affine, header)


def with_qform_alone(image):
    image.set_qform(image.affine, 1)
    image.set_sform(None, 0)
    return image


def ringing(values):
    values[:, :, :3] = 0
    values[20, 20, 1] = -values.max() / 100
    return values


def noisy_outside(values):
    noise = np.random.default_rng(0).uniform(0, 3, values.shape)
    return np.where(values > 0, values, noise * (np.indices(values.shape)[0] < 12))


GOOD_VARIANTS = {
    "turned scan": rewritten("mprage", turned),
    "turned mask": rewritten("brain_mask", turned),
    "turned T2 map": rewritten("T2", turned),
    "big-endian": rewritten("mprage", big_endian),
    "NIfTI-2": rewritten("flair", lambda i: nibabel.Nifti2Image(np.asarray(i.dataobj), i.affine)),
    "qform alone": rewritten("flair", with_qform_alone),
    "brain alone": rewritten("gre", with_values(lambda v: v * (v > 300))),
    "tiny numbers": rewritten("flair", with_values(lambda v: v * 1e-12)),
    "ringing beyond the head": rewritten("flair", with_values(ringing)),
    "mask of 255": rewritten("brain_mask", with_values(lambda v: 255 * v)),
    "no lesions": rewritten("lesion_mask", with_values(lambda v: 0 * v)),
    "noise around the map": rewritten("T1", with_values(noisy_outside)),
    "upper part of the head": rewritten("flair", lambda i: i.slicer[:, :, 14:]),
}


@pytest.mark.parametrize("name", GOOD_VARIANTS)
def test_unusual_but_valid_input_passes(name, root):
    GOOD_VARIANTS[name](root)
    assert check(root)["findings"] == []


def test_one_file_may_contain_the_labels_of_tissue_and_structures(good):
    files = files_of(good, "01")
    files["structure_segmentation"] = files["tissue_segmentation"]
    labels = LABELS | {"structure_segmentation": {"putamen": 1, "thalamus": 2}}
    checked = scan_checks.check_subject(files, SEQUENCES, TARGET, labels, good)
    assert checked["findings"] == []


def test_names_that_are_not_valid_text_are_printable_in_findings(root):
    path = path_of(root, "01", "gre")
    path.rename(path.with_name("sub-01_acq-gr\udcff_T1w.nii.gz"))
    found = check(root)["findings"]
    assert "sub-01/anat/sub-01_acq-gr?_T1w.nii.gz" in found[0]["remedy"]
    json.dumps(found).encode()


def test_a_role_without_a_file_fails_and_a_role_that_is_not_given_raises(good):
    files = files_of(good, "01") | {"gre": {"path": None, "problem": "", "remedy": ""}}
    checked = scan_checks.check_subject(files, SEQUENCES, TARGET, LABELS, good)
    assert [each["problem"] for each in checked["findings"]] == ["gre: no file"]
    files.pop("gre")
    with pytest.raises(KeyError, match="gre"):
        scan_checks.check_subject(files, SEQUENCES, TARGET, LABELS, good)
