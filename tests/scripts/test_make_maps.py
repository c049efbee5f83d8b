"""Maps of new scans with a model of two small heads: files in, files out, verdict and errors."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy as np
import pytest

import small_study
from contrast2map import __main__ as command_line
from contrast2map.imaging import grids, images, movement
from contrast2map.preprocessing import steps
from contrast2map.preprocessing.fsl import FSLError

SCANS = small_study.INPUTS


@pytest.fixture(scope="module")
def small(study, tmp_path_factory):
    """The study of `small_study`."""
    return small_study.make(study, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def run(small):
    """Function that runs the command; returns exit code and folder of the maps."""

    def run_command(output, scans, *options):
        given = [part for name, path in scans.items() for part in (f"--{name}", str(path))]
        code = command_line.main(
            ["maps", *given, "--model", str(small["root"]), "--output", str(output), *options]
        )
        return code, output / "sub-01" / "anat"

    return run_command


@pytest.fixture(scope="module")
def new_head(small, tmp_path_factory):
    """Files of a head that is new to the model: the first of the study with one voxel changed."""
    folder = tmp_path_factory.mktemp("new")
    brain = nibabel.load(small["brain"])
    paths = {"brain": folder / "brain.nii.gz"}
    nibabel.save(brain, paths["brain"])
    for name, path in small["scans"].items():
        image = images.load(path)
        values = images.values(image).copy()
        values[0, 0, 0] += 1
        paths[name] = folder / f"{name}.nii.gz"
        images.save(values, image, paths[name])
        content = json.loads((small["root"] / "cohort" / f"acq-{name}_T1w.json").read_text())
        (folder / f"{name}.json").write_text(json.dumps(content))
    return paths


@pytest.fixture(scope="module")
def made(run, new_head, tmp_path_factory):
    """Folder of the maps of the new head."""
    output = tmp_path_factory.mktemp("maps") / "out"
    scans = {name: new_head[name] for name in SCANS}
    code, anat = run(output, scans, "--brain-mask", str(new_head["brain"]))
    assert code == 0
    return anat


def change(paths, folder, turn):
    """Files of a head, each image changed by a function."""
    changed = {}
    for name, path in paths.items():
        changed[name] = folder / Path(path).name
        image = turn(images.load(path))
        values = images.values(image)
        images.save(values > 0.5 if name == "brain" else values, image, changed[name])
        sidecar = Path(str(path).replace(".nii.gz", ".json"))
        if sidecar.exists():
            shutil.copy(sidecar, folder)
    return changed


def canonical(path):
    return images.values(grids.to_canonical(nibabel.load(path)))


def difference(anat, other, quantity="T1"):
    """Relative median absolute difference of two maps where both have a value."""
    one, two = (nibabel.load(each / f"sub-01_{quantity}map.nii.gz") for each in (anat, other))
    moved = steps.resample(two, np.eye(4), one, "linear")
    values = images.values(one)
    both = (values > 0) & (moved > 0)
    assert both.sum() > 0.7 * (values > 0).sum()
    return float(np.median(np.abs(moved[both] / values[both] - 1)))


def make_changed(run, new_head, folder, turn):
    changed = change(new_head, folder, turn)
    scans = {name: changed[name] for name in SCANS}
    code, anat = run(folder / "out", scans, "--brain-mask", str(changed["brain"]))
    assert code in (0, 1)
    return anat


def test_a_subject_of_the_study_gets_the_map_of_the_fold_that_held_it_out(small, run, tmp_path):
    code, anat = run(tmp_path / "out", small["scans"], "--brain-mask", str(small["brain"]))
    assert code == 0
    for quantity in small_study.QUANTITIES:
        ours = canonical(anat / f"sub-01_{quantity}map.nii.gz")
        theirs = canonical(small["predictions"] / f"sub-01_{quantity}map.nii.gz")
        assert (theirs > 0).sum() > 10000
        np.testing.assert_array_equal(ours[theirs > 0], theirs[theirs > 0])
    sidecar = json.loads((anat / "sub-01_T1map.json").read_text())
    assert sidecar["Model"]["Folds"] == ["fold_0"]
    assert sidecar["Model"]["KnownAsTrainingSubject"] == "01"
    assert "sub-01 of the training set" in " ".join(sidecar["Notes"])
    assert not list(anat.glob("*spread*"))


def test_a_new_head_gets_mean_and_spread_of_the_folds(made):
    names = {path.name.removeprefix("sub-01_") for path in made.iterdir()}
    assert {"T1map.nii.gz", "T2map.nii.gz", "desc-spread_T1map.nii.gz", "dseg.nii.gz"} <= names
    assert {"desc-brain_mask.nii.gz", "desc-spread_T2map.nii.gz", "dseg.tsv"} <= names
    sidecar = json.loads((made / "sub-01_T1map.json").read_text())
    assert sidecar["Units"] == "s" and sidecar["Model"]["Folds"] == ["fold_0", "fold_1"]
    assert sidecar["Sources"] == ["mprage.nii.gz", "gre.nii.gz"]
    assert sidecar["Verdict"] in ("pass", "warn") and "keras" in sidecar["SoftwareVersions"]
    assert not any("unknown" in each["problem"] for each in sidecar["Findings"])
    T1_s = canonical(made / "sub-01_T1map.nii.gz")
    brain = canonical(made / "sub-01_desc-brain_mask.nii.gz") > 0
    assert 0.5 < np.median(T1_s[brain]) < 1.6 and T1_s[~brain].max() == 0
    page = (made.parents[1] / "sub-01.html").read_text()
    assert "SIMULATED" in page and "Relaxation times by tissue" in page
    assert page.count("data:image/png") == 2 and "http" not in page.replace("https://doi", "")


def test_scans_stored_in_other_orientations_give_the_same_maps(made, run, new_head, tmp_path):
    stored = iter(("PSR", "LPS", "LAI"))  # mask, target, other scan

    def turn(image):
        axes = nibabel.orientations.axcodes2ornt(next(stored))
        now = nibabel.io_orientation(image.affine)
        return image.as_reoriented(nibabel.orientations.ornt_transform(now, axes))

    anat = make_changed(run, new_head, tmp_path, turn)
    written = nibabel.load(anat / "sub-01_T1map.nii.gz")
    assert nibabel.aff2axcodes(written.affine) == tuple("LPS")
    np.testing.assert_allclose(
        canonical(anat / "sub-01_T1map.nii.gz"), canonical(made / "sub-01_T1map.nii.gz"), atol=1e-6
    )


def test_a_head_rotated_in_plane_gives_nearly_the_same_map(made, run, new_head, tmp_path):
    turned = movement.rigid_matrix([15, 0, 10], [0, 0, 0], [0, 0, 0])

    def turn(image):
        values = steps.resample(image, turned, image, "linear")
        return nibabel.Nifti1Image(values, turned @ image.affine)

    anat = make_changed(run, new_head, tmp_path, turn)
    assert difference(anat, made) < 0.03
    sidecar = json.loads((anat / "sub-01_T1map.json").read_text())
    assert "resampled to the scan" in " ".join(sidecar["Notes"])


def test_a_cropped_head_with_another_voxel_size_gives_nearly_the_same_map(
    made, run, new_head, tmp_path
):
    def turn(image):
        cropped = nibabel.Nifti1Image(
            images.values(image)[3:-2, :, 4:],
            image.affine @ nibabel.affines.from_matvec(np.eye(3), [3, 0, 4]),
        )
        grid = np.zeros((55, 70, 40))
        affine = cropped.affine @ np.diag([0.85, 0.85, 1.1, 1])
        fine = nibabel.Nifti1Image(grid, affine)
        values = steps.resample(cropped, np.eye(4), fine, "linear")
        return nibabel.Nifti1Image(values, affine)

    anat = make_changed(run, new_head, tmp_path, turn)
    assert difference(anat, made) < 0.04


def test_a_dataset_gives_valid_bids_maps_of_its_subjects(small, run, tmp_path, capsys, monkeypatch):
    extract = steps.extract  # the mask is given, because brain extraction takes most of the time
    monkeypatch.setattr(
        steps,
        "extract",
        lambda scan, **options: extract(scan, **(options | {"provided": small["brain"]})),
    )
    dataset = tmp_path / "dataset"
    shutil.copytree(small["root"] / "cohort", dataset)
    for map_path in dataset.glob("sub-*/anat/*map.nii.gz"):
        map_path.unlink()
    next(dataset.glob("sub-02/anat/*gre*")).unlink()
    code, anat = run(tmp_path / "out", {}, "--bids", str(dataset))
    assert code == 1  # one of two
    assert "sub-02: gre: there is no" in capsys.readouterr().err
    assert (anat / "sub-01_T1map.nii.gz").exists() and not (tmp_path / "out" / "sub-02").exists()
    sidecar = json.loads((anat / "sub-01_T1map.json").read_text())
    assert not any("unknown" in each["problem"] for each in sidecar["Findings"])
    validator = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
    result = subprocess.run(
        [validator, "--json", str(tmp_path / "out")], capture_output=True, text=True
    )
    issues = json.loads(result.stdout)["issues"]["issues"]
    errors = [issue for issue in issues if issue["severity"] == "error"]
    assert not errors, errors[:3]


@pytest.mark.parametrize("as_dataset", [False, True])
def test_a_program_that_fails_ends_the_run_and_blames_no_scan(
    small, run, tmp_path, capsys, monkeypatch, as_dataset
):
    def killed(*args, **options):
        raise FSLError("FSL's bet failed: it was killed (signal 9), as when memory runs out")

    monkeypatch.setattr(steps, "extract", killed)
    dataset = tmp_path / "dataset"
    shutil.copytree(small["root"] / "cohort", dataset)
    given = ({}, "--bids", str(dataset)) if as_dataset else (small["scans"],)
    code, _ = run(tmp_path / "out", *given)
    assert code == 2
    line = one_line(capsys)
    assert "signal 9" in line and "no scan is to blame" in line and "sub-" in line
    assert not list(tmp_path.glob("out/sub-*")) and not list(tmp_path.glob(".out*"))


def test_too_little_memory_is_said_on_one_line(small, run, tmp_path, capsys, monkeypatch):
    def full(*args, **options):
        raise MemoryError("ANTs could not allocate memory; use a computer with more")

    monkeypatch.setattr(steps, "extract", full)
    code, _ = run(tmp_path / "out", small["scans"])
    assert code == 2 and "use a computer with more" in one_line(capsys)


def one_line(capsys):
    written = capsys.readouterr()
    lines = written.err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("contrast2map: "), written.err
    return lines[0]


def test_unusable_scans_are_reported_on_one_line_and_no_files_are_left(
    small, run, tmp_path, capsys
):
    output, good = tmp_path / "out", small["scans"]
    broken = tmp_path / "broken.nii.gz"
    broken.write_bytes(Path(good["gre"]).read_bytes()[:3000])
    copied = tmp_path / "copied.nii.gz"
    shutil.copy(good["mprage"], copied)
    for scans, words in (
        ({"mprage": good["mprage"], "gre": tmp_path / "no.nii.gz"}, "no.nii.gz: does not exist"),
        ({"mprage": good["mprage"]}, "no model for these scans (mprage); available: mprage + gre"),
        ({"mprage": good["mprage"], "gre": good["mprage"]}, "given as mprage and as gre"),
        ({"mprage": good["mprage"], "gre": copied}, "same image as mprage"),
        ({"mprage": good["mprage"], "gre": broken}, "broken.nii.gz"),
        ({}, "the scans of one head or --bids"),
    ):
        code, _ = run(output, scans)
        assert code == 2
        assert words in one_line(capsys)
        assert not output.exists() and not list(tmp_path.glob(".out*"))


def test_a_foreign_folder_and_existing_maps_are_left_alone_without_force(
    small, run, made, tmp_path, capsys
):
    (tmp_path / "notes.txt").write_text("mine")
    assert run(tmp_path, small["scans"])[0] == 2
    assert "has other contents" in one_line(capsys)
    assert run(made.parents[1], small["scans"])[0] == 2
    assert "--force" in one_line(capsys)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "nowhere", "--output", "out"], "nowhere: no such folder"),
        (["--t1w", "a.nii", "--model", "nowhere", "--output", "out"], "nowhere"),
    ],
)
def test_a_missing_model_is_reported(arguments, words, capsys):
    assert command_line.main(["maps", *arguments]) == 2
    assert words in one_line(capsys)


def test_a_missing_option_is_reported_on_one_line(capsys):
    with pytest.raises(SystemExit) as stopped:
        command_line.main(["maps", "--t1w", "a.nii"])
    assert stopped.value.code == 2
    assert "--output" in one_line(capsys)


def test_a_missing_scan_is_reported_on_one_line(capsys):
    assert command_line.main(["maps", "--output", "out"]) == 2
    assert "the scans of one head or --bids" in one_line(capsys)


def test_an_unknown_contrast_is_reported_with_those_of_the_model(small, capsys):
    with pytest.raises(SystemExit) as stopped:
        command_line.main(
            ["maps", "--t2w", "a.nii", "--model", str(small["root"]), "--output", "out"]
        )
    assert stopped.value.code == 2
    assert "unknown option --t2w; the scans of this model are --mprage, --gre" in one_line(capsys)


def test_help_names_the_scans_of_the_model(small, capsys):
    with pytest.raises(SystemExit) as stopped:
        command_line.main(["maps", "--model", str(small["root"]), "--help"])
    assert stopped.value.code == 0
    words = capsys.readouterr().out
    assert "--mprage PATH" in words and "--gre PATH" in words and "Exit code" in words
