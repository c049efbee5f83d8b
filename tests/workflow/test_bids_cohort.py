"""A realistic BIDS cohort: bad subjects are excluded with reasons, and the study continues."""

import csv
import gzip
import json
import shutil
from pathlib import Path

import nibabel
import numpy as np
import pytest
import yaml

from project import ROOT

pytestmark = pytest.mark.slow  # a whole study of its own

GOOD = ("01", "02", "03", "04")
TARGETS = (
    "results/in_vivo/folds/folds.tsv",
    "results/in_vivo/tables/subjects.csv",
    "results/in_vivo/quality/index.html",
)
OWN = "derivatives/own/sub-{subject}/anat/sub-{subject}"
# Numbers of the truth's labels.
PROVIDED = {
    "brain_mask": f"{OWN}_desc-brain_mask.nii.gz",
    "tissue_segmentation": {"file": f"{OWN}_dseg.nii.gz", "csf": 1, "gm": 2, "wm": 3},
    "structure_segmentation": {"file": f"{OWN}_dseg.nii.gz", "putamen": 4, "thalamus": 5},
    "transforms": {"gre": f"{OWN}_from-mprage_to-gre_xfm.txt"},
}


@pytest.fixture(scope="module")
def folder(study, copy_project):
    """A project with the tiny study's scans as somebody's BIDS cohort, and with bad ones beside."""
    folder = copy_project("in_vivo")
    cohort = folder / "cohort"
    shutil.copytree(study / "results/tiny/cohort", cohort)
    for label in ("01", "02"):
        bring_own(cohort, label)
    shutil.rmtree(cohort / "derivatives/truth")
    for label in ("05", "06", "07", "08"):
        copy_subject(cohort, "03", label)
    spoil_units(reference(cohort, "05", "T1"))
    truncate(scan(cohort, "06", "FLAIR"))
    scan(cohort, "07", "acq-gre_T1w").unlink()
    swap(scan(cohort, "08", "acq-gre_T1w"), scan(cohort, "08", "FLAIR"))
    move_to_session(cohort, "04", "1")
    with open(cohort / "participants.tsv", "a") as table:
        table.writelines(f"sub-{label}\thealthy\n" for label in ("05", "06", "07", "08", "09"))
    tiny = yaml.safe_load((ROOT / "tests/config/tiny.yaml").read_text())
    in_vivo = tiny | {"study": "in_vivo"}
    in_vivo["cohort"] = {"source": "bids", "path": "cohort", "provided": PROVIDED}
    (folder / "in_vivo.yaml").write_text(yaml.safe_dump(in_vivo))
    return folder


@pytest.fixture(scope="module")
def finished(folder, snakemake):
    """The same folder once the subjects were judged and split."""
    result = run(snakemake, folder)
    assert result.returncode == 0, result.stderr[-5000:]
    return folder


def run(snakemake, folder, *configs):
    return snakemake(folder, "--cores", "2", *TARGETS, "--configfile", "in_vivo.yaml", *configs)


def scan(cohort, label, name):
    return cohort / f"sub-{label}/anat/sub-{label}_{name}.nii.gz"


def reference(cohort, label, quantity):
    return scan(cohort / "derivatives/reference", label, f"{quantity}map")


def copy_subject(cohort, source, label):
    """Another subject made of one: each image a little brighter, so that it is not the same."""
    for path in sorted(cohort.rglob(f"sub-{source}_*.nii.gz")):
        image = nibabel.load(path)
        values = image.get_fdata(dtype=np.float32) * (1 + 0.001 * int(label))
        copy = str(path).replace(f"sub-{source}", f"sub-{label}")
        (cohort / copy).parent.mkdir(parents=True, exist_ok=True)
        nibabel.save(nibabel.Nifti1Image(values, image.affine), copy)


def bring_own(cohort, label):
    """What a user would bring, of the truth: brain, tissue, structures, and the GRE's movement."""
    truth = f"{cohort}/derivatives/truth/sub-{label}/anat/sub-{label}"
    own = f"{cohort}/{OWN.format(subject=label)}"
    Path(own).parent.mkdir(parents=True)
    shutil.copy(f"{truth}_desc-brain_mask.nii.gz", f"{own}_desc-brain_mask.nii.gz")
    shutil.copy(f"{truth}_space-orig_dseg.nii.gz", f"{own}_dseg.nii.gz")
    movement = json.loads(Path(f"{truth}_desc-movement_xfm.json").read_text())
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])  # ITK's world is left-posterior-superior
    matrix = flip @ np.array(movement["Matrices"]["gre"]) @ flip
    parameters = " ".join(map(str, [*matrix[:3, :3].ravel(), *matrix[:3, 3]]))
    Path(f"{own}_from-mprage_to-gre_xfm.txt").write_text(
        "#Insight Transform File V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\n"
        f"Parameters: {parameters}\nFixedParameters: 0 0 0\n"
    )


def spoil_units(path):
    image = nibabel.load(path)
    milliseconds = image.get_fdata(dtype=np.float32) * 1000
    nibabel.save(nibabel.Nifti1Image(milliseconds, image.affine), path)


def truncate(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def swap(one, other):
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


def move_to_session(cohort, label, session):
    for path in sorted(cohort.rglob(f"sub-{label}_*.nii.gz")):
        name = path.name.replace(f"sub-{label}_", f"sub-{label}_ses-{session}_")
        target = path.parents[1] / f"ses-{session}" / "anat" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def rows(path, delimiter=","):
    with open(path, newline="") as table:
        return {row["subject"]: row for row in csv.DictReader(table, delimiter=delimiter)}


def test_good_subjects_are_split_into_folds_and_bad_ones_are_excluded_with_reasons(finished):
    assert set(rows(finished / "results/in_vivo/folds/folds.tsv", "\t")) == set(GOOD)
    subjects = rows(finished / "results/in_vivo/tables/subjects.csv")
    expected = {
        "05": ("input gate", "sub-05_T1map.nii.gz", "milliseconds"),
        "06": ("input gate", "sub-06_FLAIR.nii.gz", "cannot be read"),
        "07": ("input gate", "sub-07_acq-gre_T1w.nii.gz", "there is no"),
        "08": ("quality control", "", "swapped"),
        "09": ("input gate", "sub-09_acq-mprage_T1w.nii.gz", "folder sub-09 "),
    }
    assert {s for s, row in subjects.items() if row["included"] == "False"} == set(expected)
    for subject, (stage, file, words) in expected.items():
        assert subjects[subject]["stage"] == stage
        assert file in subjects[subject]["reason"] and words in subjects[subject]["reason"]


def test_a_provided_file_is_used_for_its_subject_only(finished):
    for label in GOOD:
        folder = finished / f"results/in_vivo/preprocessed/sub-{label}"
        is_own = label in ("01", "02")
        for step in ("brain_extraction", "tissue_segmentation"):
            engine = json.loads((folder / f"{step}.json").read_text())[step]["engine"]
            assert (engine == "provided") == is_own, (label, step)
        registration = json.loads((folder / "registration.json").read_text())
        assert registration["gre"]["provided"] == is_own and not registration["flair"]["provided"]
    folder = finished / "results/in_vivo/preprocessed/sub-01"
    own = nibabel.load(finished / f"cohort/{OWN.format(subject='01')}_desc-brain_mask.nii.gz")
    used = nibabel.load(folder / "brain_mask.nii.gz")
    assert np.array_equal(np.asarray(own.dataobj) > 0, np.asarray(used.dataobj) > 0)
    structures = np.asarray(nibabel.load(folder / "structure_dseg.nii.gz").dataobj)
    assert set(np.unique(structures)) == {0, 1, 2}


def test_nothing_is_made_of_a_subject_that_the_input_gate_excluded(finished):
    names = {path.name for path in (finished / "results/in_vivo/preprocessed").iterdir()}
    assert names == {f"sub-{label}" for label in (*GOOD, "08")}
    for path in (finished / "results/in_vivo").rglob("*.nii.gz"):
        assert gzip.decompress(path.read_bytes())


def test_the_quality_control_page_shows_excluded_subjects_too(finished):
    page = (finished / "results/in_vivo/quality/index.html").read_text()
    assert all(f"sub-0{number}" in page for number in range(1, 10))
    judged = json.loads((finished / "results/in_vivo/preprocessed/sub-01/quality.json").read_text())
    assert judged["verdict"] != "fail"


def test_a_rating_excludes_a_subject(finished, snakemake):
    (finished / "ratings.tsv").write_text(
        "subject\trating\trater\tcomment\n02\texclude\tme\tmoved\n01\tinclude\tme\t\n"
    )
    (finished / "rated.yaml").write_text("cohort: {ratings: ratings.tsv}\n")
    result = run(snakemake, finished, "rated.yaml")
    assert result.returncode == 0, result.stderr[-3000:]
    row = rows(finished / "results/in_vivo/tables/subjects.csv")["02"]
    assert (row["included"], row["stage"], row["reason"]) == ("False", "rating", "moved")
    assert set(rows(finished / "results/in_vivo/folds/folds.tsv", "\t")) == {"01", "03", "04"}


def test_a_strict_study_stops_and_names_the_bad_subjects(finished, snakemake):
    (finished / "strict.yaml").write_text("cohort: {strict: true}\n")
    result = run(snakemake, finished, "strict.yaml")
    assert result.returncode != 0
    log = (finished / "results/in_vivo/logs/check_dataset.log").read_text().strip()
    assert "sub-06" in log.splitlines()[-1] and "cannot be read" in log.splitlines()[-1]


def test_a_dry_run_plans_the_whole_study_before_any_subject_is_checked(folder, snakemake):
    (folder / "fresh.yaml").write_text("study: fresh\n")
    result = snakemake(folder, "--dry-run", "--configfile", "in_vivo.yaml", "fresh.yaml")
    # Some files are missing, so the plan cannot be for everyone listed.
    assert result.returncode == 0, result.stderr[-3000:]
    assert "train_unet" in result.stdout and "write_report" in result.stdout


def test_a_dry_run_with_too_few_complete_subjects_names_the_input_gate(folder, snakemake):
    reference = 'reference: {T1: "derivatives/nowhere/sub-{subject}_T1map.nii.gz"}\n'
    (folder / "nowhere.yaml").write_text(f"study: nowhere\n{reference}")
    result = snakemake(folder, "--dry-run", "--configfile", "in_vivo.yaml", "nowhere.yaml")
    assert result.returncode != 0 and "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("cohort: ")]
    assert "0 of " in line and "results/nowhere/tables/input_gate.csv" in line
