"""A study whose BET cannot start: no subject is excluded, and after its repair the study ends.

FSL is not installed here; shell scripts replace its BET. The repaired one answers by the embedded
engine, so that the tables must be those of the embedded engine's study.
"""

import sys

import pandas as pd
import pytest

from project import ROOT
from small_studies import TINY, require_same_tables

BROKEN = """echo "bet2: error while loading shared libraries: libfsl-newimage.so" >&2
exit 127"""
REPAIRED = f"""PYTHONPATH="{ROOT / "workflow_scripts"}" "{sys.executable}" - "$1" "$2" <<END
import sys
import nibabel
from contrast2map.preprocessing.brain_extraction import extract_brain
extraction = extract_brain(nibabel.load(sys.argv[1]), "embedded")
nibabel.save(extraction.mask, sys.argv[2] + "_mask.nii.gz")
END"""
SUBJECTS = ("sub-01", "sub-02", "sub-03", "sub-04")
ENGINE = "preprocessing: {brain_extraction: {engine: fsl}}\n"

pytestmark = pytest.mark.slow


@pytest.fixture
def install_bet(tmp_path, monkeypatch):
    """Function that installs a shell script as FSL's BET."""
    for name in ("bin", "etc"):
        (tmp_path / name).mkdir()
    (tmp_path / "etc" / "fslversion").write_text("6.0.7.4:a1b2c3d\n")
    monkeypatch.setenv("FSLDIR", str(tmp_path))

    def install(script):
        path = tmp_path / "bin" / "bet"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    return install


def statuses(folder):
    """Status of each subject in the summary of the last run."""
    summary = pd.read_csv(folder / "results/tiny/run_summary.tsv", sep="\t", dtype=str)
    return dict(zip(summary["what"], summary["status"], strict=True))


def test_a_repaired_tool_runs_the_study_to_its_end(install_bet, copy_project, snakemake, study):
    folder = copy_project("repaired")
    (folder / "fsl.yaml").write_text(ENGINE)
    options = (*TINY, "fsl.yaml", "--keep-going")

    install_bet(BROKEN)
    failed = snakemake(folder, *options)
    assert failed.returncode != 0
    assert "libfsl-newimage.so" in failed.stderr
    assert statuses(folder) == dict.fromkeys(SUBJECTS, "failed")

    install_bet(REPAIRED)
    ended = snakemake(folder, *options)
    assert ended.returncode == 0, ended.stderr[-5000:]
    assert statuses(folder) == dict.fromkeys(SUBJECTS, "finished")
    # Quality control may warn of the other engine.
    require_same_tables(study, folder, but=["subjects.csv"])
