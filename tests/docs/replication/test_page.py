"""The page of a finished study, made from the facts of the published one."""

import copy
import re

import pytest
import yaml

from contrast2map.study import records
from contrast2map.study.predictors import BASELINE_NAMES, inputs_of, network
from contrast2map.tables.ablation import layout_errors_by_inputs, layout_rois_by_inputs
from contrast2map.tables.ablation_tests import layout_tests
from contrast2map.tables.errors import layout_errors
from contrast2map.tables.rois import layout_rois
from contrast2map.tables.run_time import layout_run_time
from pages import rendering
from pages.replication import readme, settings
from pages.replication.agreement import format_agreement, format_spread
from pages.replication.cells import format_cells
from project import ROOT

PUBLISHED = rendering.read_facts("replication")
FOLDER = rendering.DOCS / "replication"
NUMBER = re.compile(r"\d+(?:\.\d+)?")
README = "# x\n\n<!-- replication: renewed -->\nold\n<!-- end of replication -->\n\nmore\n"


@pytest.fixture
def facts():
    """Facts of the published page, for a test to change."""
    return copy.deepcopy(PUBLISHED)


def render(facts):
    return rendering.render("replication.md.j2", facts)


def test_a_simulated_study_says_so_in_title_and_first_sentence(facts):
    title, first = re.search(r"# (.*?)\n\n(.*?)\.", render(facts)).groups()
    assert "18 simulated subjects" in title and "are simulated" in first
    facts |= {"simulated": False, "population": "18 subjects"}
    opening = render(facts).split("\n## ")[0]
    assert "18 subjects" in opening and "simulated" not in opening
    run = render(facts).split("## What was run\n")[1]
    assert "| Heads |" not in run and "| Simulated scans |" not in run


def test_a_training_that_is_not_the_preset_s_is_named_first(facts):
    facts["run"] |= {"networks": "8 filters", "networks_of_preset": "48 filters"}
    assert "8 filters; the preset has 48 filters." in render(facts).split("\n## ")[0]
    facts["run"]["networks"] = "48 filters"
    assert render(facts).split("\n## ")[0].endswith("[below](#what-was-run), 48 filters.\n")


def test_tables_and_figures_that_a_study_lacks_are_named(facts):
    for kept in ({}, {"other": None}):
        facts |= kept
        for name in ("table_1", "network"):
            facts["tables"].pop(name, None)
            facts["figures"].pop(name, None)
        tables, figures = re.findall(r"^Not in this study.*: (.*)\.$", render(facts), re.MULTILINE)
        sets = kept == {"other": None}
        assert tables == "Table 1" + ", Table S1, Table S2" * sets
        assert figures == "Figure 1" + ", Figure S1, Figure S2" * sets


def test_nothing_is_called_missing_if_another_study_provides_it(facts):
    assert "Not in this study" not in render(facts)


def test_what_compares_sets_of_inputs_is_borrowed_from_another_study(facts):
    text = render(facts)
    borrowed = text.split("\n## Sets of inputs\n")[1].split("\n## ")[0]
    assert "`replication_coarse`: 18 simulated subjects" in borrowed
    assert "2 × 2 × 2 mm, 8 filters, 30 epochs, 3 folds" in borrowed
    headings = re.findall("^### (.*)$", borrowed, re.MULTILINE)
    assert {each.split(".")[0] for each in headings} >= {"Table S1", "Table S2", "Figure S1"}
    anchor = re.search(r"\(#(.*?)\)", borrowed)[1]
    assert headings[-1].lower().replace(" ", "-") == anchor
    assert facts["other"]["run"]["sha256"] in borrowed
    facts["other"] = None
    assert "## Sets of inputs" not in render(facts)


def test_a_run_is_described_by_its_files(facts):
    run = facts["run"]
    run["trainings"] |= {"n_lost": 2, "resumed": {}, "n_epochs": [[1, 2], [5, 9]]}
    run["crate"] |= {"commit": "", "dirty": True}
    run["differences"] = []
    text = render(facts).split("\n## What was run\n")[1].split("\n## ")[0]
    assert "| 1 network for 2 epochs; 5 networks for 9 epochs |" in text
    assert "| 0 of 6, according to the log of their last start; 2 logs missing |" in text
    code = f"contrast2map {run['crate']['version']}, commit unknown with uncommitted changes"
    assert code in text
    presets = "presets" if len(run["presets"]) > 1 else "preset"
    assert f"It equals the current {presets} {', '.join(run['presets'])}" in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n_leaked": 2}, "2 of them belong to subjects"),
        ({"passed": False}, "(tests/artefacts) did not pass."),
        ({"counted": None}, "passed; their log is missing."),
    ],
)
def test_the_audit_trail_hides_no_failure(facts, changed, words):
    assert "none of them belongs" in render(facts) and "passed: 25 passed." in render(facts)
    facts["audit"] |= changed
    assert words in render(facts)


def test_answers_are_listed_by_their_word(facts):
    facts["answers"] = [["worse", "T1: P < 0.001."]]
    assert "\n" + r"- **Worse.** T1: P \< 0.001." + "\n" in render(facts)


def test_the_readme_quotes_the_network_s_errors_and_counts_cells(facts):
    facts["cells"][0]["named"]["better"] = ["T1 of WM", "T2 of WM", "T2 of the thalamus"]
    block = rendering.render("readme_block.md.j2", facts)
    assert f"18 simulated subjects of study `{facts['study']}`" in block
    assert facts["run"]["networks"] in block and "of 8 cells" in block
    errors = [f"{facts['errors_ms'][quantity]['network']} ms" for quantity in ("T1", "T2")]
    assert re.findall(r"\*\*(.*?)\*\*", block) == [*errors, "3"]
    assert "52.7 ms" in block and "5.4 ms" in block and "Against the truth" in block
    facts["cells"] = facts["cells"][1:]
    assert "Against the reference" in rendering.render("readme_block.md.j2", facts)


def test_a_block_is_renewed_in_place_and_again(facts):
    facts["study"] = r"new \1 text"
    once = readme.renew(README, facts)
    assert r"study `new \1 text`" in once and "old" not in once
    before, after = README.split("old\n")
    assert once.startswith(before) and once.endswith(after)
    assert readme.renew(once, facts) == once


@pytest.mark.parametrize("text", ["# x\n", README + README])
def test_a_readme_without_one_block_is_an_error(facts, text):
    with pytest.raises(ValueError, match="expected one block"):
        readme.renew(text, facts)


def test_the_readme_is_in_step_with_the_published_page():
    text = (ROOT / "README.md").read_text()
    assert readme.renew(text, PUBLISHED) == text


@pytest.mark.parametrize(
    ("facts_of_study", "prefix"), [(PUBLISHED, ""), (PUBLISHED["other"], "input_sets_")]
)
def test_the_published_cells_and_settings_are_those_of_the_published_files(facts_of_study, prefix):
    cells = records.read([FOLDER / f"{prefix}cells.csv"])
    by_reference = [records.where(cells, against=name) for name in ("truth", "reference")]
    assert [format_cells(each) for each in by_reference] == facts_of_study["cells"]
    config = yaml.safe_load((FOLDER / f"{prefix}config.yaml").read_text())
    assert settings.to_yaml(config) == (FOLDER / f"{prefix}config.yaml").read_text()
    run = facts_of_study["run"]
    assert run["n_input_sets"] == len(config["input_sets"]) and run["seed"] == config["seed"]


def test_the_published_agreement_is_that_of_the_published_table():
    agreement = records.read([FOLDER / "agreement.csv"])
    own = next(name for name in agreement["predictor"] if inputs_of(name))
    names = {"Network": own, "Tissue mean": "cohort_mean", "Reference maps": "reference"}
    for found in PUBLISHED["agreement"]:
        known = format_agreement(agreement, names[found["predictor"]], found["against"])
        assert {key: found[key] for key in known} == known
    table_2 = records.read([FOLDER / "table_2.csv"])
    assert PUBLISHED["spread"] == format_spread(table_2, agreement, own, "cohort_mean")


def test_the_published_tables_are_those_of_the_published_csvs():
    csvs = {path.stem: records.read([path]) for path in FOLDER.glob("*.csv")}
    config = yaml.safe_load((FOLDER / "input_sets_config.yaml").read_text())
    networks = [network("+".join(inputs), 1) for inputs in config["input_sets"]]
    arguments = networks[:1] + [*BASELINE_NAMES], PUBLISHED["population"]
    of_sets = networks + [*BASELINE_NAMES], PUBLISHED["population"]
    layouts = {
        "table_1": layout_errors(csvs["table_1"], *arguments),
        "table_2": layout_rois(csvs["table_2"], networks[0], PUBLISHED["population"]),
        "table_s1": layout_errors_by_inputs(csvs["table_s1"], *of_sets),
        "table_s2": layout_rois_by_inputs(csvs["table_s2"], *of_sets),
        "ablation_tests": layout_tests(csvs["ablation_tests"], PUBLISHED["population"], 1),
        "run_time": layout_run_time(csvs["run_time"]),
    }
    for name, layout in layouts.items():
        stored = (PUBLISHED["tables"] | PUBLISHED["other"]["tables"])[name][0]
        cells = list(zip(sum(layout.rows, []), sum(stored["rows"], []), strict=True))
        # The page was rounded once, the numbers of a CSV file twice.
        different = [pair for pair in cells if pair[0] != pair[1]]
        assert len(different) <= 0.05 * len(cells), name
        for pair in different:
            words, printed_words = (NUMBER.sub("", cell) for cell in pair)
            assert words == printed_words, name
            numbers = map(NUMBER.findall, pair)
            for ours, printed in zip(*numbers, strict=True):
                step = 10 ** -len(printed.partition(".")[2])
                assert float(ours) == pytest.approx(float(printed), abs=1.01 * step), name


def test_the_links_of_the_published_page_lead_to_files():
    text = (rendering.DOCS / "replication.md").read_text()
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert len(targets) > 20
    assert all((rendering.DOCS / target).is_file() for target in targets)
