"""The RO-Crate of a run states what is known and invents nothing."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from contrast2map.workflow import run_crate

PARTS = {"report/index.html": "The report", "tables/": "Tables", "models/a+b/": "Networks"}
FILES = {
    "workflow/": {"workflow/Snakefile": 10, "workflow/config.yaml": 20, "workflow/rules/a.smk": 3},
    "tables/": {"tables/b.csv": 2, "tables/a.html": 1},
}


@pytest.fixture
def described():
    def describe(**changed):
        facts = {
            "study": "demo",
            "parts": PARTS,
            "files": FILES,
            "software": {"numpy": {"version": "2.3.5", "url": "https://numpy.org"}},
            "engine": "9.27.1",
            "version": "0.1.0",
            "started": 1.7e9,
            "ended": 1.7e9 + 60.4,
            "simulated": True,
        }
        crate = run_crate.describe(**facts | changed)
        return {entity["@id"]: entity for entity in crate.metadata.generate()["@graph"]}

    return describe


def test_the_run_has_the_workflow_the_configuration_and_the_results(described):
    graph = described()
    run = graph["#run"]
    assert run["instrument"] == {"@id": "workflow/Snakefile"}
    assert run["object"] == {"@id": "workflow/config.yaml"}
    assert [each["@id"] for each in run["result"]] == [
        "report/index.html", "tables/", "models/a%2Bb/"
    ]  # fmt: skip
    assert graph["./"]["mainEntity"] == {"@id": "workflow/Snakefile"}
    assert datetime.fromisoformat(run["startTime"]) < datetime.fromisoformat(run["endTime"])
    assert run["endTime"] == "2023-11-14T22:14:20+00:00"


def test_each_file_is_listed_with_its_type_in_its_folder(described):
    graph = described()
    assert graph["tables/b.csv"]["encodingFormat"] == "text/csv"
    assert graph["tables/b.csv"]["contentSize"] == "2"
    assert [each["@id"] for each in graph["tables/"]["hasPart"]] == [
        "tables/a.html",
        "tables/b.csv",
    ]
    whole = {each["@id"] for each in graph["./"]["hasPart"]}
    assert whole >= {"tables/b.csv", "workflow/rules/a.smk", "README.md", "models/a%2Bb/"}


def test_each_input_and_output_is_an_example_of_a_parameter(described):
    graph = described()
    workflow = graph["workflow/Snakefile"]
    for parameter in [workflow["input"], *workflow["output"]]:
        entity = graph[parameter["@id"]]
        example = graph[entity["workExample"]["@id"]]
        assert example["exampleOfWork"] == parameter
        assert entity["additionalType"] == example["@type"]


def test_agent_author_and_licence_of_the_results_are_not_invented(described):
    graph = described()
    assert "agent" not in graph["#run"] and "author" not in graph["./"]
    assert graph[graph["./"]["license"]["@id"]]["name"] == "Not stated"


def test_the_description_is_reproducible(described):
    assert described() == described()


@pytest.mark.parametrize(("simulated", "words"), [(True, "no person was scanned"), (False, "BIDS")])
def test_crate_and_readme_state_the_population(described, simulated, words):
    assert words in described(simulated=simulated)["./"]["description"]
    assert words in run_crate.readme("demo", PARTS, simulated)


def test_the_readme_links_to_each_part():
    text = run_crate.readme("demo", PARTS, True)
    assert "[models/a+b/](models/a%2Bb/): Networks" in text and "(report/index.html)" in text


def test_a_run_lasts_from_its_first_to_its_last_job():
    assert run_crate.period([(100.0, 30.0), (110.0, 0.0), (90.0, 5.0)]) == (70.0, 110.0)


def test_the_crate_is_written_as_json(tmp_path, described):
    crate = run_crate.describe(
        study="demo", parts=PARTS, files=FILES, software={}, engine="9", version="0",
        started=0, ended=1, simulated=False,
    )  # fmt: skip
    crate.metadata.write(Path(tmp_path))
    written = json.loads((tmp_path / "ro-crate-metadata.json").read_text())
    assert written["@context"] == "https://w3id.org/ro/crate/1.1/context"
