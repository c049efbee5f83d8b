"""The RO-Crate of a run conforms to its profiles, by their validator, without a network.

The validator is in an environment of its own (`make test-crate`): `.venv/crate`, or the one whose
Python CONTRAST2MAP_CRATE_PYTHON names.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from describe_run import describe_run
from project import ROOT

PYTHON = Path(os.environ.get("CONTRAST2MAP_CRATE_PYTHON", ROOT / ".venv/crate/bin/python"))
PARTS = {
    "report/index.html": "The report",
    "tables/": "Tables",
    "figures/": "Figures",
    "models/mprage+flair/": "Networks",
}
# What the profiles recommend and nobody told the program: who ran it, who publishes it, where the
# program can be had. A workflow inside a crate can not have an absolute URI either; and what
# Bioschemas asks for of a workflow includes these.
UNKNOWN = {
    "process-run-crate-0.5_3.2": "url",
    "process-run-crate-0.5_5.1": "absolute URI",
    "process-run-crate-0.5_8.6": "agent",
    "ro-crate-1.1_22.2": "author",
    "ro-crate-1.1_22.3": "publisher",
    "workflow-ro-crate-1.0_8.1": "Bioschemas",
}


@pytest.fixture(scope="module")
def crate(tmp_path_factory):
    """Folder of results, small and made up, with their crate."""
    folder = tmp_path_factory.mktemp("crate") / "results"
    for name in ("report/index.html", "tables/a.html", "tables/a.csv", "figures/b.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    for name in ("models/mprage+flair", "logs"):
        (folder / name).mkdir(parents=True)
    (folder / "logs" / "write_report.log").write_text("")
    describe_run(
        parts=PARTS,
        files={"tables/": [folder / "tables/a.html"], "figures/": [folder / "figures/b.png"]},
        config=yaml.safe_load((ROOT / "config/config.yaml").read_text()),
        engine="9.27.1",
        project=ROOT,
        simulated=True,
        path_to_crate=folder / "ro-crate-metadata.json",
        path_to_readme=folder / "README.md",
        path_to_workflow=folder / "workflow",
    )
    return folder


@pytest.fixture(scope="module")
def issues(crate, tmp_path_factory):
    """Function that validates the crate; a list of pairs of check and message."""
    if not PYTHON.exists():
        pytest.skip("no validator: make test-crate")
    folder = tmp_path_factory.mktemp("validator")
    fill = [PYTHON, Path(__file__).with_name("fill_cache.py"), folder / "cache"]
    subprocess.run(fill, check=True)

    def validate(profile, level):
        command = [PYTHON.with_name("rocrate-validator"), "--no-interactive", "validate"]
        command += ["--offline", "--cache-path", folder / "cache", "--profile-identifier", profile]
        command += ["--requirement-severity", level, "--verbose", "--no-paging"]
        command += ["--output-format", "json", "--output-file", folder / "found.json", crate]
        subprocess.run(command, capture_output=True, env=os.environ | {"HOME": str(folder)})
        found = json.loads((folder / "found.json").read_text())["issues"]
        return [(each["check"]["identifier"], each["message"]) for each in found]

    return validate


@pytest.mark.parametrize(
    "profile", ["process-run-crate", "workflow-ro-crate", "workflow-run-crate"]
)
def test_the_crate_meets_all_requirements(issues, profile):
    assert issues(profile, "required") == []


def test_the_crate_lacks_only_recommendations_that_are_unknown_to_the_program(issues):
    found = issues("workflow-run-crate", "recommended")
    assert {check for check, _ in found} == set(UNKNOWN)
    for check, message in found:
        assert UNKNOWN[check] in message


def test_the_validator_finds_a_missing_file(issues, crate):
    path = crate / "tables" / "a.csv"
    path.rename(path.with_suffix(".away"))
    try:
        assert any("a.csv" in message for _, message in issues("workflow-run-crate", "required"))
    finally:
        path.with_suffix(".away").rename(path)
