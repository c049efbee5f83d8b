"""A folder of results becomes a crate; the checklist is written next to the report."""

import json
import os

import pandas as pd
import pytest
import yaml

from describe_run import describe_run
from project import ROOT, STYLE
from write_checklist import write_checklist


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    for name in ("report/index.html", "tables/a.html", "tables/a.csv", "tables/stale.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    for name, text, ended in (
        ("logs/simulate_subject/sub-01.log", "", 1000),
        ("logs/write_report.log", "", 5000),
        ("benchmarks/train_unet/a.tsv", "s\tmax_rss\tcpu_time\n300\t1\t1\n", 1200),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        os.utime(folder / name, (ended, ended))
    for subject, engine, version in (
        ("01", "fsl", "FSL 6.0.7.4"),
        ("02", "fsl", "FSL 6.0.7.4"),
        ("03", "embedded", "deformable surface (contrast2map)"),
    ):
        path = folder / f"preprocessed/sub-{subject}/brain_extraction.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"brain_extraction": {"engine": engine, "version": version}}))
    return folder


def test_results_are_described_with_the_workflow_that_made_them(results, study):
    describe_run(
        parts={"report/index.html": "The report", "tables/": "Tables"},
        files={"tables/": [results / "tables/a.html"]},
        config=study,
        engine="9.27.1",
        project=ROOT,
        simulated=True,
        path_to_crate=results / "ro-crate-metadata.json",
        path_to_readme=results / "README.md",
        path_to_workflow=results / "workflow",
    )
    written = json.loads((results / "ro-crate-metadata.json").read_text())
    graph = {entity["@id"]: entity for entity in written["@graph"]}
    for name, entity in graph.items():
        if entity["@type"] == "File":
            assert (results / name).is_file(), name
            assert int(entity.get("contentSize", 0)) == (results / name).stat().st_size or (
                name == "report/index.html"
            )
    programs = [each for each in graph.values() if each.get("name") == "FSL"]
    assert [each["softwareVersion"] for each in programs] == ["6.0.7.4"]
    assert {"@id": programs[0]["@id"]} in graph["workflow/Snakefile"]["softwareRequirements"]
    assert "tables/a.csv" in graph and "tables/stale.csv" not in graph
    assert graph["#run"]["startTime"] == "1970-01-01T00:15:00+00:00"
    assert graph["#run"]["endTime"] == "1970-01-01T01:23:20+00:00"
    assert yaml.safe_load((results / "workflow/config.yaml").read_text()) == study
    assert "rule train_unet:" in (results / "workflow/rules/train.smk").read_text()
    assert "no person was scanned" in (results / "README.md").read_text()


def test_the_checklist_is_written_as_page_and_table(tmp_path, study):
    def write(name, rows):
        pd.DataFrame(rows).to_csv(tmp_path / name, index=False)
        return tmp_path / name

    of_main = {"against": "reference", "region": "excluding_csf", "convention": "paper"}
    rows = [
        {"predictor": name, "quantity": quantity, "metric": "mae", "mean_over_slices": 9.0}
        | {"subject": "01", "mae_ms": 9.0}
        | of_main
        for name in ("n", "cohort_mean")
        for quantity in ("T1", "T2")
    ]
    subject = {"subject": "01", "group": "MS", "included": True, "fold": "fold_0"}
    write_checklist(
        inputs={
            "checklist": ROOT / "report/claim.yaml",
            "style": STYLE,
            "table_1": write("table_1.csv", rows),
            "errors_by_subject": write("errors_by_subject.csv", rows),
            "subjects": write("subjects.csv", [subject | {"stage": None, "reason": None}]),
            "leakage": write("leakage.csv", [{"n_leaked": 0}]),
        },
        config=study,
        network="n",
        simulated=True,
        path_to_table=tmp_path / "claim.csv",
        path_to_page=tmp_path / "claim.html",
    )
    assert len(pd.read_csv(tmp_path / "claim.csv")) == 44
    page = (tmp_path / "claim.html").read_text()
    assert "SIMULATED" in page and "Answered by this run" in page and "1 included" in page
