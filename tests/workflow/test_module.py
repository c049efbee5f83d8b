"""Another workflow loads the study as a Snakemake module, from another folder."""

import os
import re
import shutil

import pytest

from contrast2map.workflow import new_study
from project import ROOT
from small_studies import TINY

CORES = ("--cores", "1")
SNAKEFILE = """
configfile: "{project}/config/config.yaml"
configfile: "mine.yaml"

module contrast2map:
    snakefile: "{project}/Snakefile"
    config: config

use rule * from contrast2map{renamed}

onstart:
    contrast2map.onstart()

onsuccess:
    contrast2map.onsuccess()

onerror:
    contrast2map.onerror()
"""


@pytest.fixture(scope="module")
def project(copy_project):
    return copy_project("project")


@pytest.fixture
def another_workflow(project, tmp_path):
    """Function that makes the folder of a workflow that loads the tiny study as a module."""

    def make(renamed=""):
        path = os.path.relpath(project, tmp_path)
        (tmp_path / "Snakefile").write_text(SNAKEFILE.format(project=path, renamed=renamed))
        shutil.copy(project / "tests/config/tiny.yaml", tmp_path / "mine.yaml")
        return tmp_path

    return make


def planned(result, prefix=""):
    assert result.returncode == 0, result.stderr[-3000:]
    found = re.findall(rf"^{prefix}(\w+) +(\d+)$", result.stdout, re.MULTILINE)
    return {rule: n for rule, n in found if rule != "total"}


@pytest.mark.parametrize(("renamed", "prefix"), [("", ""), (" as study_*", "study_")])
def test_a_module_plans_the_jobs_of_the_study(
    renamed, prefix, project, another_workflow, snakemake
):
    own = planned(snakemake(project, "--dry-run", *TINY))
    result = snakemake(another_workflow(renamed), "--dry-run", *CORES)
    assert planned(result, prefix) == own and len(own) > 40


def test_a_module_runs_its_jobs_and_writes_the_summary_of_the_run(another_workflow, snakemake):
    folder = another_workflow()
    (folder / "results/tiny/input_gate").mkdir(parents=True)  # as of a run that has come this far
    (folder / "results/tiny/report").mkdir()
    (folder / "results/tiny/report/index.html").touch()
    result = snakemake(folder, *CORES, "--", "results/tiny/cohort/participants.tsv")
    assert result.returncode == 0, result.stderr[-3000:]
    assert (folder / "results/tiny/cohort/dataset_description.json").is_file()
    assert "results/tiny/run_summary.tsv" in result.stderr
    assert "Report: results/tiny/report/index.html" in result.stderr
    assert (folder / "results/tiny/run_summary.tsv").is_file()


def test_a_module_without_the_defaults_ends_in_one_line_that_names_a_key(
    another_workflow, snakemake
):
    folder = another_workflow()
    path = folder / "Snakefile"
    path.write_text(re.sub(r'configfile: ".*/config.yaml"\n', "", path.read_text()))
    result = snakemake(folder, "--dry-run", *CORES)
    assert result.returncode != 0
    assert "missing key" in result.stderr.strip().splitlines()[-1]


def test_a_new_study_plans_the_jobs_of_its_preset(project, tmp_path, snakemake):
    folder = tmp_path / "somewhere else" / "tiny"
    new_study.create(folder, [str(ROOT / "tests/config/tiny.yaml")])
    own = planned(snakemake(project, "--dry-run", *TINY))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert planned(snakemake(folder, "--dry-run", *CORES)) == own
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_new_study_without_its_cohort_ends_in_one_line_that_names_it(tmp_path, snakemake):
    folder = tmp_path / "study"
    new_study.create(folder, ["paper"])
    result = snakemake(folder, "--dry-run", *CORES)
    assert result.returncode != 0
    assert "cohort/participants.tsv" in result.stderr.strip().splitlines()[-1]


def test_a_new_study_stops_at_its_start_if_a_program_is_missing(tmp_path, snakemake):
    folder = tmp_path / "study"
    new_study.create(folder, [str(ROOT / "tests/config/tiny.yaml")])
    engine = "preprocessing={brain_extraction: {engine: deepbet}}"
    result = snakemake(folder, *CORES, "--config", engine)
    assert result.returncode != 0
    assert "deepbet" in result.stderr.strip().splitlines()[-1]
    assert not (folder / "results/study/cohort").exists()
