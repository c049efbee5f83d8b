"""Maps by the network in the package: no model is given, and any scans suffice."""

import json
import shutil

import nibabel
import numpy as np
import pytest

import small_study
from contrast2map import __main__ as command_line
from contrast2map.imaging import images
from contrast2map.preprocessing import steps

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(study, tmp_path_factory):
    """The study of `small_study`."""
    return small_study.make(study, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def dataset(small, tmp_path_factory):
    """A dataset of two heads; the second has no gradient echo. Folder of its maps, exit code."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(small["root"] / "cohort", folder / "dataset")
    next((folder / "dataset").glob("sub-02/anat/*gre*")).unlink()
    extract = steps.extract  # the mask is given, because brain extraction takes most of the time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            steps,
            "extract",
            lambda scan, **options: extract(scan, **(options | {"provided": small["brain"]})),
        )
        code = command_line.main(
            ["maps", "--bids", str(folder / "dataset"), "--output", str(folder / "out")]
        )
    return folder / "out", code


def volumes(folder, subject):
    anat = folder / f"sub-{subject}" / "anat"
    names = ("T1map", "T2map", "desc-uncertainty_T1map", "desc-uncertainty_T2map", "dseg")
    names += ("desc-brain_mask",)
    return {
        name: images.values(nibabel.load(anat / f"sub-{subject}_{name}.nii.gz")) for name in names
    }


def test_each_subject_gets_maps_from_the_scans_that_it_has(dataset):
    folder, code = dataset
    assert code in (0, 1)
    for subject, sources in (("01", 2), ("02", 1)):
        sidecar = folder / f"sub-{subject}" / "anat" / f"sub-{subject}_T1map.json"
        content = json.loads(sidecar.read_text())
        assert len(content["Sources"]) == sources and content["Units"] == "s"
        assert "told the protocol" in content["EstimationAlgorithm"]
        assert any("unchecked" in note for note in content["Notes"])


def test_a_voxel_of_the_brain_has_a_value_or_is_NaN_and_has_an_interval(dataset):
    found = volumes(dataset[0], "01")
    brain = found["desc-brain_mask"] > 0
    for quantity in ("T1", "T2"):
        map_s, half_s = found[f"{quantity}map"], found[f"desc-uncertainty_{quantity}map"]
        assert not map_s[~brain].any() and not half_s[~brain].any()
        inside = brain & (half_s > 0)
        assert inside.sum() > 0.95 * brain.sum()
        told = inside & np.isfinite(map_s)
        assert (map_s[told] > 0).all()
        # sinh(log 1.65) = 0.52; both were averaged from a finer grid.
        assert np.quantile(half_s[told] / map_s[told], 0.9) < 0.7
    T1_s = found["T1map"]
    assert 0.5 < np.nanmedian(T1_s[brain]) < 1.8


def test_tissue_is_found_in_the_T1_map(dataset):
    found = volumes(dataset[0], "01")
    medians_s = [np.nanmedian(found["T1map"][found["dseg"] == number]) for number in (3, 2, 1)]
    assert medians_s == sorted(medians_s)  # white matter, grey matter, CSF


def test_the_page_says_what_the_interval_is_and_that_the_training_was_simulated(dataset):
    page = (dataset[0] / "sub-01.html").read_text()
    assert "SIMULATED" in page and "90 % interval" in page and "folds" not in page


def test_a_common_scale_is_not_for_the_model_of_a_study(small, tmp_path, capsys):
    code = command_line.main(
        ["maps", "--mprage", str(small["scans"]["mprage"]), "--common-scale"]
        + ["--model", str(small["root"]), "--output", str(tmp_path / "out")]
    )
    assert code == 2 and "--common-scale" in capsys.readouterr().err


def test_help_lists_the_scans_of_the_network(capsys):
    with pytest.raises(SystemExit):
        command_line.main(["maps", "--help"])
    written = capsys.readouterr().out
    for option in ("--t1w", "--mprage", "--gre", "--flair", "--t2w", "--pdw", "--common-scale"):
        assert option in written
