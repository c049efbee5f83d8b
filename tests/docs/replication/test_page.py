"""The page of a finished study: it says who was simulated, and each number is of the tables."""

import re

import pandas as pd
import pytest
import yaml

from contrast2map.report import verdicts
from contrast2map.study import records
from contrast2map.study.terms import QUANTITIES, REGIONS
from contrast2map.tables import layout as tables
from pages.replication import cells as cell_verdicts
from pages.replication import page
from project import ROOT

CONFIG = {"study": "replication", "training": {"n_epochs": 9}, "unet": {"n_filters": 8}}
README = "# x\n\n<!-- replication: renewed -->\nold\n<!-- end of replication -->\n\nmore\n"


def cells(words):
    return pd.DataFrame(
        [
            {"against": "truth", "quantity": quantity, "region": region, "verdict": word}
            for (quantity, region), word in zip(
                [(q, r) for q in QUANTITIES for r in REGIONS], words, strict=True
            )
        ]
    )


@pytest.fixture
def table_1():
    rows = [
        {
            "predictor": predictor,
            "against": against,
            "convention": "paper",
            "region": region,
            "quantity": quantity,
            "metric": metric,
            "n_subjects": 18,
            "mean_over_slices": value + 100 * (against == "truth") + 10 * (metric == "mpe"),
            "published_mean": published,
        }
        for predictor in ("network_x_seed-1", "cohort_mean")
        for against in ("reference", "truth")
        for region in ("excluding_csf", "full_brain")
        for metric in ("mae", "mpe")
        for quantity, value, published in [("T1", 61.84, 52.7), ("T2", 7.38, 5.4)]
    ]
    table = pd.DataFrame(rows)
    other = (table["predictor"] == "cohort_mean") | (table["region"] == "full_brain")
    table.loc[other, "mean_over_slices"] += 1000
    return table


def test_a_simulated_study_says_so_in_title_and_first_sentence():
    title, first = re.search(r"# (.*?)\n\n(.*?)\.", page.opening(CONFIG, CONFIG, 18, True)).groups()
    assert "18 simulated subjects" in title and "are simulated" in first
    assert "simulated" not in page.opening(CONFIG, CONFIG, 18, False)


def test_a_training_that_is_not_the_preset_s_is_named_first():
    assert page.opening(CONFIG, CONFIG, 18, True).endswith(", 8 filters, 9 epochs.")
    preset = CONFIG | {"training": {"n_epochs": 500}, "unet": {"n_filters": 48}}
    assert page.opening(CONFIG, preset, 18, True).endswith(
        ", 8 filters, 9 epochs; the preset has 48 filters, 500 epochs."
    )


def test_tables_and_figures_that_a_study_lacks_are_named():
    layout = tables.Layout("Table 1. Errors", "c", [("", "a")], [["1"]])
    text = page.tables_section({"table_1": [layout]})
    assert "### Table 1. Errors\n" in text
    assert text.endswith("sets of inputs): Table 2, Table S1, Table S2.")
    figures = page.figures_section({"network": "A | diagram"}, "folder", "18 simulated subjects")
    assert r"![A \| diagram](folder/network.png)" in figures
    assert "Figure 2" in figures.rpartition(":")[2] and "Figure 1" not in figures.rpartition(":")[2]


def test_what_compares_sets_of_inputs_is_borrowed_from_another_study():
    own = page.tables_section({}, elsewhere=page.OF_INPUT_SETS)
    assert own.endswith("sets of inputs): Table 1, Table 2.")
    figures = page.figures_section({}, "folder", "18 simulated subjects", page.OF_INPUT_SETS)
    assert figures.rpartition(": ")[2] == "Figure 1, Figure 2, Figure 3."
    layout = tables.Layout("Table S1. By set", "c", [("", "a")], [["1"]])
    config = CONFIG | {
        "study": "smaller",
        "input_sets": [["gre"], ["flair"]],
        "folds": {"n_folds": 3},
        "cohort": {"source": "simulated"},
        "simulation": {"scan": {"voxel_mm": [2.0, 2.0, 3.5]}},
    }
    who, run = "18 simulated subjects", "All that was run."
    judged = [cells(["better"] * 3 + ["equal"] * 5)]
    figures = {"input_sets": "Maps"}
    borrowed = page.input_sets_section(config, who, judged, [layout], figures, "folder", run)
    assert "network of gre: Against the truth, of 8 cells the network beats" in borrowed
    assert "these 2 are of another, smaller study, `smaller`: 18 simulated subjects" in borrowed
    assert "scans of 2 x 2 x 3.5 mm, 8 filters, 9 epochs, 3 folds" in borrowed
    assert "### Table S1. By set\n" in borrowed and "![Maps](folder/input_sets.png)" in borrowed
    anchor = re.search(r"\(#(.*?)\)", borrowed)[1]
    heading = re.findall("^### (.*)$", borrowed, re.MULTILINE)[-1]
    assert heading.lower().replace(" ", "-") == anchor
    assert borrowed.endswith(run)
    assert "Not in this study" not in borrowed


def test_verdicts_are_listed_by_their_word():
    text = page.sentences([verdicts.Verdict("worse", "T1: P < 0.001.")])
    assert text == r"- **Worse.** T1: P \< 0.001."


def test_the_readme_quotes_the_network_s_errors_and_counts_cells(table_1):
    words = ["better"] * 3 + ["equal"] * 4 + ["worse"]
    block = page.readme_block(table_1, cells(words), CONFIG, True)
    assert "18 simulated subjects of study `replication`" in block
    assert "(8 filters, 9 epochs)" in block
    assert re.findall(r"\*\*(.*?)\*\*", block) == ["61.8 ms", "7.4 ms", "3"]
    assert "52.7 ms" in block and "5.4 ms" in block and "Of 8 cells" in block
    assert "against the truth" in block


def test_the_readme_counts_cells_of_the_truth_where_there_are_both(table_1):
    both = [cells(["equal"] * 8), cells(["better"] * 8).assign(against="reference")]
    assert "**0**" in page.readme_block(table_1, pd.concat(both), CONFIG, True)
    block = page.readme_block(table_1, both[1], CONFIG, False)
    assert "**8**" in block and "against the reference" in block and "simulated" not in block


def test_a_block_is_renewed_in_place_and_again():
    once = page.renew_block(README, r"new \1 text" + "\n")
    assert once == README.replace("old\n", r"new \1 text" + "\n")
    assert page.renew_block(once, "old\n") == README


@pytest.mark.parametrize("readme", ["# x\n", README + README])
def test_a_readme_without_one_block_is_an_error(readme):
    with pytest.raises(ValueError, match="not one block"):
        page.renew_block(readme, "new\n")


def test_the_readme_has_the_block():
    assert len(page.BLOCK.findall((ROOT / "README.md").read_text())) == 1


def test_the_readme_is_in_step_with_the_published_page():
    folder = ROOT / "docs" / "replication"
    if not (ROOT / "docs" / "replication.md").is_file():
        pytest.skip("docs/replication.md is not there yet: `make replication-docs` makes it")
    config = yaml.safe_load((folder / "config.yaml").read_text())
    block = page.readme_block(
        records.read([folder / "table_1.csv"]),
        records.read([folder / "cells.csv"]),
        config,
        config["cohort"]["source"] == "simulated",
    )
    assert page.BLOCK.search((ROOT / "README.md").read_text())[2] == block


def test_the_published_page_is_in_step_with_its_tables():
    path = ROOT / "docs" / "replication.md"
    if not path.is_file():
        pytest.skip("docs/replication.md is not there yet: `make replication-docs` makes it")
    text = path.read_text()
    tables_of_cells = sorted(path.parent.glob("replication/*cells.csv"))
    assert tables_of_cells
    for path_to_cells in tables_of_cells:
        for _, judged in records.read([path_to_cells]).groupby("against"):
            assert cell_verdicts.sentence(judged) in text
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).is_file(), target
