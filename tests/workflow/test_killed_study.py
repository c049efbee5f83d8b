"""A study that was killed three times ends as an undisturbed one."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from small_studies import NETWORKS, TINY, command, environment

pytestmark = pytest.mark.slow  # a whole study of its own

# Where a run is killed: as soon as this file is there.
MOMENTS = {
    "simulation": "results/tiny/logs/simulate_subject/sub-01.log",
    "training": f"results/tiny/checkpoints/{NETWORKS[0]}/fold_1/state.npz",
    "report": "results/tiny/logs/write_report.log",
}


@pytest.fixture(scope="module")
def killed_study(study, tmp_path_factory, snakemake):
    """Folder of a study that lost a subject and was killed in simulation, training and report."""
    folder = tmp_path_factory.mktemp("killed") / "study"
    shutil.copytree(study, folder)
    results = folder / "results/tiny"
    for path in [*results.glob("cohort/**/sub-01"), results / "preprocessed/sub-01"]:
        shutil.rmtree(path)
    for name in ("logs", "training", "predictions", "evaluation", "tables", "figures", "models"):
        shutil.rmtree(results / name)
    (results / "report/index.html").unlink()
    for moment, path in MOMENTS.items():
        run_until_killed(folder, folder / path, moment)
    result = snakemake(folder, *TINY)
    assert result.returncode == 0, result.stderr[-5000:]
    return folder


def run_until_killed(folder, path, moment, timeout_s=900):
    """Start the study; SIGKILL it and all its jobs as soon as a file exists."""
    with open(folder / f"killed_in_{moment}.log", "w") as log:
        process = subprocess.Popen(
            command(*TINY),
            cwd=folder,
            env=environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started = time.monotonic()
    while not path.exists():
        assert process.poll() is None, f"ended before {moment}: {log.name}"
        assert time.monotonic() - started < timeout_s
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def relative_files(folder, pattern):
    return sorted(path.relative_to(folder) for path in folder.rglob(pattern) if path.is_file())


def test_a_killed_study_ends_with_the_tables_of_an_undisturbed_one(study, killed_study):
    folder = Path("results/tiny/tables")
    tables = relative_files(study / folder, "*.csv")
    assert len(tables) >= 3
    assert tables == relative_files(killed_study / folder, "*.csv")
    for name in tables:
        if name.name == "run_time.csv":  # no two runs take the same time
            continue
        assert (study / folder / name).read_text() == (killed_study / folder / name).read_text()


def test_a_killed_training_resumed_and_no_checkpoint_is_left(study, killed_study):
    log = (
        killed_study
        / f"results/tiny/logs/train_unet/{NETWORKS[0].removeprefix('network_')}/fold_1.log"
    )
    assert re.search(r"resuming after epoch \d+ from ", log.read_text())
    for folder in (study, killed_study):
        assert not (folder / "results/tiny/checkpoints").exists()


def test_the_same_seed_gives_identical_bytes_of_cohort_masks_and_folds(study, killed_study):
    compared = 0
    for part in ("cohort", "preprocessed", "folds"):
        folder = Path("results/tiny") / part
        names = relative_files(study / folder, "*")
        assert names == relative_files(killed_study / folder, "*")
        for name in names:
            if name.suffix != ".png":
                ours, theirs = study / folder / name, killed_study / folder / name
                assert ours.read_bytes() == theirs.read_bytes(), name
                compared += 1
    assert compared > 80
