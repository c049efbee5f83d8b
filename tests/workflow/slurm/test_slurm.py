"""The small study on a real Slurm, with a killed job, a lost node and too little memory."""

import csv
import re
import subprocess
import time

import cluster as slurm
import pytest

from small_studies import THREADS, command, environment, require_same_tables

TIMEOUT_S = 2400
# A training of the small study takes about 800 MB: its first try is killed for it.
TIGHT = ("--set-resources", "train_unet:mem_mb=450 * attempt")
# What a cluster of one machine allows to be quicker than a real one does.
IMPATIENT = (
    *("--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "5"),
    *("--seconds-between-status-checks", "3"),
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A running cluster."""
    if why := slurm.missing():
        pytest.skip(f"no Slurm: {why}")
    found = slurm.Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        try:
            found.start()
        except RuntimeError as error:  # containers may forbid what slurmd needs
            pytest.skip(f"no Slurm: {error}")
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def faults():
    """What was done to the study's jobs, in words."""
    return []


@pytest.fixture(scope="module")
def on_slurm(cluster, faults, copy_project):
    """Folder of the small study that ran on Slurm, through the profile, with faults on the way."""
    folder = copy_project("slurm")
    profile = ("--profile", "profiles/slurm", *IMPATIENT, *TIGHT, *THREADS)
    started = time.monotonic()
    with open(folder / "run.log", "w") as log:
        process = subprocess.Popen(
            command(*profile, "--configfile", "tests/config/tiny.yaml"),
            cwd=folder,
            env=environment(),
            stdout=log,
            stderr=log,
        )
        try:
            while process.poll() is None:
                assert time.monotonic() - started < TIMEOUT_S, cluster.jobs()
                disturb(cluster, faults)
                time.sleep(1)
        finally:
            process.kill()
    assert process.returncode == 0, (folder / "run.log").read_text()[-5000:]
    return folder


def disturb(cluster, faults):
    """Cancel the first preprocessing that runs; lose the node under a later one."""
    running = [
        number
        for number, state, rules in cluster.jobs()
        if state == "RUNNING" and "preprocessing" in rules
    ]
    if not faults and running:
        cluster.call("scancel", running[0])
        faults.append(f"cancelled {running[0]}")
    elif len(faults) == 1 and running and running[-1] not in faults[0]:
        cluster.call("scontrol", "update", f"nodename={cluster.node}", "state=down", "reason=test")
        faults.append(f"node {cluster.state()} under {running[-1]}")
        time.sleep(5)
        cluster.call("scontrol", "update", f"nodename={cluster.node}", "state=resume")


def test_all_faults_happened(on_slurm, faults):
    assert faults[0].startswith("cancelled") and faults[1].startswith("node down")
    text = (on_slurm / "run.log").read_text()
    assert "CANCELLED" in text
    tries = re.findall(r"Error in rule train_unet", text)
    assert len(tries) >= 4, "each training's first try lacks memory"


def test_the_study_ends_with_the_tables_of_the_local_run(study, on_slurm):
    require_same_tables(study, on_slurm)


def test_a_subjects_preprocessing_is_one_job(on_slurm):
    text = (on_slurm / "run.log").read_text()
    submitted = re.findall(r"slurm_logs/group_preprocessing[^/]*/(\d+)\.log", text)
    assert 4 <= len(set(submitted)) <= 8, "four subjects, and what was killed again"


def test_a_job_that_was_killed_and_finished_later_has_not_failed(on_slurm):
    with open(on_slurm / "results/tiny/run_summary.tsv", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert [row["status"] for row in rows] == ["finished"] * 4
    assert "tiny: 4 subjects: 4 finished." in (on_slurm / "run.log").read_text()
    assert not (on_slurm / "results/tiny/checkpoints").exists()


def test_a_job_requests_its_gpu_and_memory(on_slurm):
    text = (on_slurm / "run.log").read_text()
    assert "Auto-selected partition 'gpu' for job train_unet" in text
    assert re.search(r"Auto-selected partition 'cpu' for job preprocessing", text)
