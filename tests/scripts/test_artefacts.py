"""The tests of a study's results pass on correct results and fail on each kind of fault."""

import json
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import nibabel
import numpy as np
import pandas as pd
import pytest

from contrast2map.study import file_lists
from evaluate_maps import evaluate_maps
from project import ROOT
from table_files import files_of
from tabulate_agreement import tabulate_agreement
from tabulate_errors import tabulate_errors
from volume_files import save, save_flipped, write_selection

PUBLISHED = ROOT / "config" / "published_tables.csv"
ARTEFACTS = ROOT / "tests" / "artefacts"
SHAPE = (16, 18, 5)
AFFINE = np.diag([2.0, 2.0, 3.0, 1.0])
FOLD_OF = {"01": "fold_0", "02": "fold_1", "03": "fold_0"}
PREDICTORS = ["network_mprage+flair_seed-1", "cohort_mean"]
SELECTED = [1, 2, 3]
SCALES_S = {"T1": 1.0, "T2": 0.1}
# Runs the rule's script as Snakemake does: in a separate process, with an object `snakemake`.
JOB = """
import json, runpy, sys
from types import SimpleNamespace
path, inputs, log = sys.argv[1:]
job = SimpleNamespace(input=json.loads(inputs), log=[log])
runpy.run_path(path, init_globals={"snakemake": job}, run_name="__main__")
"""


def map_path(folder, predictor, subject, quantity="T1", fold=None):
    anat = folder / "predictions" / predictor / (fold or FOLD_OF[subject]) / f"sub-{subject}/anat"
    return anat / f"sub-{subject}_{quantity}map.nii.gz"


def preprocess(folder, rng):
    """Maps, masks and slices of every subject; paths as {name: {subject: path}}."""
    brain = np.zeros(SHAPE, bool)
    brain[3:13, 3:15] = True
    inner = brain.copy()
    inner[:, 3:6] = False
    rois = np.zeros(SHAPE)
    for label in (1, 2, 3, 4):
        rois[2 * label + 2 : 2 * label + 4, 8:10] = label
    paths = {}
    for subject in FOLD_OF:
        place = folder / "preprocessed" / f"sub-{subject}"
        values = {"full_brain": brain, "excluding_csf": inner, "roi": rois}
        for quantity, scale_s in SCALES_S.items():
            values[quantity] = scale_s * brain * rng.uniform(0.8, 1.2, SHAPE)
            values[quantity][5, 9, 2] = 0  # the reference has no value there
        for name, voxels in values.items():
            path = save(voxels, place / f"{name}.nii.gz", AFFINE)
            paths.setdefault(name, {})[subject] = str(path)
        table = write_selection(place / "slice_selection.tsv", SHAPE[2], SELECTED)
        paths.setdefault("slice_selection", {})[subject] = str(table)
    return paths, brain


def predict(folder, brain, rng):
    """Maps of every predictor, subject and quantity."""
    for predictor, subject, (quantity, scale_s) in product(PREDICTORS, FOLD_OF, SCALES_S.items()):
        predicted_s = np.zeros(SHAPE)
        predicted_s[..., SELECTED] = (scale_s * brain * rng.uniform(0.8, 1.2, SHAPE))[..., SELECTED]
        save_flipped(predicted_s, map_path(folder, predictor, subject, quantity), AFFINE)


def evaluate(folder, paths):
    """Slice errors and region means of every predictor and fold, from the study's script."""
    (folder / "evaluation").mkdir()
    written = {"slice_errors": [], "roi_means": []}
    for predictor, fold in product(PREDICTORS, sorted(set(FOLD_OF.values()))):
        outputs = {
            kind: folder / "evaluation" / f"{predictor}_{fold}_{kind}.csv" for kind in written
        }
        held_out = {
            name: {subject: path for subject, path in of.items() if FOLD_OF[subject] == fold}
            for name, of in paths.items()
        }
        evaluate_maps(
            path_to_predictions=folder / "predictions" / predictor / fold,
            paths=held_out | {"true_T1": {}, "true_T2": {}, "lesions": {}},
            about={
                "groups": dict.fromkeys(FOLD_OF, "MS"),
                "predictor": predictor,
                "fold": fold,
            },
            erosion_voxels=1,
            path_to=outputs | {"lesions": folder / "evaluation" / "lesions.csv"},
        )
        for kind, path in outputs.items():
            written[kind].append(str(path))
    return written


def table_2(paths):
    """Region means of every predictor and the published ones."""
    means = pd.concat(pd.read_csv(path, dtype={"subject": str}) for path in paths)
    table = means.groupby(["predictor", "quantity", "region"])[["predicted_ms", "reference_ms"]]
    table = table.mean().rename(columns=lambda name: name.replace("_ms", "_mean_ms")).reset_index()
    published = pd.read_csv(PUBLISHED).query("table == 2").drop(columns=["table", "metric", "unit"])
    names = {name: f"published_{name}_ms" for name in published.columns[2:]}
    published = published.rename(columns=names | {"p_value": "published_p_value"})
    return table.merge(published, on=["quantity", "region"])


def tabulate(folder, evaluated):
    """The study's tables from its scripts; paths by name."""
    names = ("table_1", "table_2", "errors_by_subject", "leakage", "agreement")
    (folder / "tables").mkdir()
    tables = {name: str(folder / "tables" / f"{name}.csv") for name in names}
    tabulate_errors(
        paths_to_slice_errors=evaluated["slice_errors"],
        path_to_published=PUBLISHED,
        predictors=PREDICTORS,
        simulated=False,
        outputs=files_of(folder / "tables", "table_1"),
        path_to_errors_by_subject=tables["errors_by_subject"],
    )
    tabulate_agreement(
        paths_to_roi_means=evaluated["roi_means"],
        shown_predictors=PREDICTORS,
        simulated=False,
        margins_percent=dict.fromkeys(SCALES_S, 2),
        n_bootstrap_draws=20,
        seed=1,
        outputs=files_of(folder / "tables", "agreement"),
    )
    table_2(evaluated["roi_means"]).to_csv(tables["table_2"], index=False, float_format="%.6g")
    pd.DataFrame(
        {
            "fold": fold,
            "predictor": predictor,
            "n_training_subjects": sum(each != fold for each in FOLD_OF.values()),
            "validation_subjects": "",
            "n_files": 3,
            "held_out_subjects": " ".join(s for s in FOLD_OF if FOLD_OF[s] == fold),
            "n_leaked": 0,
        }
        for predictor, fold in product(PREDICTORS, sorted(set(FOLD_OF.values())))
    ).to_csv(tables["leakage"], index=False)
    return tables


@pytest.fixture(scope="module")
def right_study(tmp_path_factory):
    """A small study whose results are consistent."""
    folder, rng = tmp_path_factory.mktemp("study"), np.random.default_rng(3)
    paths, brain = preprocess(folder, rng)
    predict(folder, brain, rng)
    evaluated = evaluate(folder, paths)
    tables = tabulate(folder, evaluated)
    rows = "".join(f"{subject}\tMS\t{fold}\n" for subject, fold in FOLD_OF.items())
    (folder / "folds.tsv").write_text("subject\tgroup\tfold\n" + rows)
    shutil.copy(PUBLISHED, folder / "published_tables.csv")
    roles = {"full_brain": "brain"}
    volumes = {roles.get(name, name): files.values() for name, files in paths.items()}
    file_lists.write(volumes, folder / "volumes.json")
    inputs = tables | {
        "volumes": [str(folder / "volumes.json")],
        "slice_errors": evaluated["slice_errors"],
        "predictions": [
            str(folder / "predictions" / predictor / fold)
            for predictor, fold in product(PREDICTORS, sorted(set(FOLD_OF.values())))
        ],
        "folds": str(folder / "folds.tsv"),
        "published": str(folder / "published_tables.csv"),
    }
    (folder / "inputs.json").write_text(json.dumps(inputs))
    return folder


@pytest.fixture
def study(right_study, tmp_path):
    """A copy of the small study for a test to alter."""
    return Path(shutil.copytree(right_study, tmp_path / "study"))


def run(folder, right_folder, artefacts=ARTEFACTS):
    """Run the rule's script on a study; returns its exit code and the log."""
    for path in (folder / "inputs.json", folder / "volumes.json"):
        path.write_text(path.read_text().replace(str(right_folder), str(folder)))
    inputs = (folder / "inputs.json").read_text()
    log = folder / "log.txt"
    done = subprocess.run(
        [sys.executable, "-c", JOB, artefacts / "run.py", inputs, log],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT / "workflow_scripts"), "PATH": "", "OMP_NUM_THREADS": "1"},
    )
    return done.returncode, log.read_text()


def change_map(path, spoil):
    image = nibabel.load(path)
    voxels = image.get_fdata(dtype=np.float32).copy()
    spoil(voxels)
    nibabel.save(nibabel.Nifti1Image(voxels, image.affine), path)


def change_cell(folder, table, column, factor=1.001, row=0, where=None):
    path = folder / "tables" / f"{table}.csv"
    frame = pd.read_csv(path, dtype={"subject": str})
    if where:
        row = frame.index[(frame[list(where)] == pd.Series(where)).all(axis=1)][0]
    frame[column] = frame[column].astype(float)
    frame.loc[row, column] *= factor
    frame.to_csv(path, index=False)


def put(position, value):
    """Function that sets a voxel of a map."""
    return lambda voxels: voxels.__setitem__(position, value)


def to_milliseconds(voxels):
    voxels *= 1000


def spoil_map(spoil):
    """Function that alters one T1 map of a study."""
    return lambda folder: change_map(map_path(folder, PREDICTORS[0], "02"), spoil)


def predict_twice(folder):
    path = map_path(folder, PREDICTORS[1], "02", fold="fold_0")
    path.parent.mkdir(parents=True)
    shutil.copy(map_path(folder, PREDICTORS[1], "02"), path)


def predict_in_the_wrong_fold(folder):
    path = map_path(folder, PREDICTORS[1], "02", fold="fold_0")
    path.parent.parent.mkdir(parents=True)
    shutil.move(map_path(folder, PREDICTORS[1], "02").parent, path.parent)


def forget_a_map(folder):
    map_path(folder, PREDICTORS[0], "03", "T2").unlink()


def hold_out_twice(folder):
    with open(folder / "folds.tsv", "a") as file:
        file.write("01\tMS\tfold_1\n")


def leak(folder):
    path = folder / "tables" / "leakage.csv"
    frame = pd.read_csv(path)
    frame.loc[1, "n_leaked"] = 2
    frame.to_csv(path, index=False)


def check_no_leaks_of_one_fit(folder):
    path = folder / "tables" / "leakage.csv"
    pd.read_csv(path).iloc[1:].to_csv(path, index=False)


def alter(table, column, row=0, where=None):
    """Function that alters one cell of a table of a study: of a row, or of the first such row."""
    return lambda folder: change_cell(folder, table, column, row=row, where=where)


PAPER = {"convention": "paper"}
FAULTS = {
    "test_every_voxel_of_every_map_is_finite": [
        spoil_map(put((6, 6, 2), np.nan)),
        spoil_map(put((6, 6, 2), np.inf)),
    ],
    "test_no_voxel_of_any_map_is_below_zero": [spoil_map(put((6, 6, 2), -0.01))],
    "test_few_voxels_of_every_map_exceed_the_relaxation_time_of_water": [
        spoil_map(to_milliseconds),
        spoil_map(put((5, slice(3, 11), 2), 5.1)),  # 8 of 10 x 12 x 3 voxels: 2.2 %
        lambda folder: change_map(
            map_path(folder, PREDICTORS[1], "03", "T2"), put((5, slice(3, 11), 2), 3.1)
        ),
    ],
    "test_every_map_has_nonzero_values": [spoil_map(put(..., 0))],
    "test_every_map_is_zero_outside_the_brain_and_the_selected_slices": [
        spoil_map(put((0, 0, 2), 1.0)),
        spoil_map(put((6, 6, 0), 1.0)),
    ],
    "test_each_predictor_predicts_each_map_of_each_subject_exactly_once": [
        predict_twice,
        forget_a_map,
    ],
    "test_each_map_comes_from_the_fold_that_holds_its_subject_out": [
        predict_twice,
        predict_in_the_wrong_fold,
    ],
    "test_each_subject_is_held_out_by_one_fold": [hold_out_twice],
    "test_no_fit_read_a_file_of_a_held_out_subject": [leak],
    "test_every_fit_was_checked_for_leaks": [check_no_leaks_of_one_fit],
    "test_errors_of_every_subject_agree_with_its_maps[full_brain-mae_ms]": [
        spoil_map(put((6, 3, 2), 1.5)),
    ],
    "test_errors_of_every_subject_agree_with_its_maps[excluding_csf-mae_ms]": [
        spoil_map(put((6, 6, 2), 1.5)),
        alter("errors_by_subject", "mae_ms", where={"region": "excluding_csf"}),
    ],
    "test_errors_of_every_subject_agree_with_its_maps[excluding_csf-mpe_percent]": [
        alter("errors_by_subject", "mpe_percent", where={"region": "excluding_csf"}),
    ],
    "test_errors_of_every_subject_agree_with_its_maps[full_brain-mpe_percent]": [
        alter("errors_by_subject", "mpe_percent", where={"region": "full_brain"}),
    ],
    "test_errors_of_every_subject_agree_with_its_maps[full_brain-psnr_db]": [
        alter("errors_by_subject", "psnr_db", where=PAPER | {"region": "full_brain"}),
    ],
    "test_errors_of_every_subject_agree_with_its_maps[excluding_csf-psnr_db]": [
        alter("errors_by_subject", "psnr_db", where=PAPER | {"region": "excluding_csf"}),
    ],
    "test_bias_and_sd_of_single_tissues_agree_with_the_maps[mean]": [
        alter("agreement", "bias_ms", where={"region": "thalamus"}),
        spoil_map(put((4, 8, 2), 1.5)),
    ],
    "test_bias_and_sd_of_single_tissues_agree_with_the_maps[std]": [
        alter("agreement", "sd_ms", where={"predictor": "cohort_mean"}),
    ],
    "test_means_of_table_2_agree_with_the_maps[predicted]": [
        spoil_map(put((4, 8, 2), 1.5)),
        alter("table_2", "predicted_mean_ms"),
    ],
    "test_means_of_table_2_agree_with_the_maps[reference]": [
        alter("table_2", "reference_mean_ms", row=5),
    ],
    "test_means_of_table_1_agree_with_the_slices": [alter("table_1", "mean_over_slices", row=7)],
    "test_means_of_table_1_over_subjects_agree_with_the_subjects": [
        alter("table_1", "mean_over_subjects", row=2)
    ],
    "test_published_errors_of_table_1_are_unchanged": [
        alter("table_1", "published_mean"),
        alter("table_1", "published_sd", row=9),
    ],
    "test_published_values_of_table_2_are_unchanged": [
        alter("table_2", f"published_{name}")
        for name in ("dl_mean_ms", "dl_sd_ms", "reference_mean_ms", "reference_sd_ms", "p_value")
    ],
}


def test_correct_results_pass(right_study):
    code, log = run(right_study, right_study)
    assert code == 0, log
    assert "failed" not in log and "error" not in log.lower().replace("errors_", "")
    files = ARTEFACTS.glob("test_*.py")
    named = {name.split("[")[0] for name in FAULTS}
    for path in files:
        for line in path.read_text().splitlines():
            if line.startswith("def test_"):
                name = line.removeprefix("def ").partition("(")[0]
                assert f"::{name}" in log, f"{name} did not run"
                assert name in named or "grid" in name, f"{name} was never seen to fail"


@pytest.mark.parametrize(
    "name, spoil",
    [
        pytest.param(name, spoil, id=f"{name.removeprefix('test_')}-{index}")
        for name, spoils in FAULTS.items()
        for index, spoil in enumerate(spoils)
    ],
)
def test_each_fault_is_found_by_its_test(study, right_study, name, spoil):
    spoil(study)
    code, log = run(study, right_study)
    assert code != 0
    failures = [line for line in log.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert any(name in line for line in failures), log


def test_a_map_with_one_voxel_above_the_relaxation_time_of_water_passes(study, right_study):
    spoil_map(put((6, 6, 2), 40.0))(study)
    _, log = run(study, right_study)  # other tests fail: the tables do not know the voxel
    name = "test_few_voxels_of_every_map_exceed_the_relaxation_time_of_water"
    assert [line.split()[0] for line in log.splitlines() if line.endswith(name)] == ["PASSED"]


def test_a_map_on_another_grid_is_found(study, right_study):
    path = map_path(study, PREDICTORS[0], "02")
    image = nibabel.load(path)
    nibabel.save(nibabel.Nifti1Image(image.get_fdata(dtype=np.float32)[:-1], image.affine), path)
    code, log = run(study, right_study)
    assert code != 0
    assert "test_every_map_is_on_the_grid_of_its_reference" in log.partition("short test")[2]


def test_nothing_is_written_next_to_the_tests(right_study, tmp_path):
    ignore = shutil.ignore_patterns("__pycache__")
    folder = Path(shutil.copytree(ARTEFACTS, tmp_path / "tests" / "artefacts", ignore=ignore))
    before = set(tmp_path.rglob("*"))
    code, _ = run(right_study, right_study, folder)
    assert code == 0
    assert set(tmp_path.rglob("*")) == before


def test_the_projects_own_test_run_does_not_collect_the_artefact_tests():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/artefacts", "--collect-only", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "no tests collected" in done.stdout
