"""The checklist has what the run can answer, and what its authors must write."""

import re

import pandas as pd
import pytest
import yaml

from contrast2map.report import claim_checklist
from contrast2map.study.groups import UNGROUPED
from contrast2map.tables import seeds
from project import ROOT

ITEMS = yaml.safe_load((ROOT / "report" / "claim.yaml").read_text())
TEMPLATES = ("index", "supplement", "methods", "provenance", "software")
NETWORK = "network_mprage+gre+flair_seed-1"


def known(config, simulated=True, **others):
    """What the answers quote, of a study of three subjects, one of them excluded."""
    errors = pd.DataFrame(
        {"predictor": name, "against": "reference", "region": "excluding_csf",
         "convention": "paper", "quantity": quantity, "metric": "mae", "mean_over_slices": value}
        for name, value in ((NETWORK, 50.0), ("cohort_mean", 70.0))
        for quantity in ("T1", "T2")
    )  # fmt: skip
    by_subject = pd.DataFrame(
        {"predictor": NETWORK, "against": "reference", "region": "excluding_csf",
         "convention": "paper", "quantity": quantity, "subject": subject, "mae_ms": error_ms}
        for quantity in ("T1", "T2")
        for subject, error_ms in (("01", 40.0), ("03", 62.5))
    )  # fmt: skip
    subjects = pd.DataFrame(
        {
            "subject": ["01", "02", "03"],
            "group": ["MS", "MS", "healthy"],
            "included": [True, False, True],
            "stage": [None, "input gate", None],
            "fold": ["fold_0", None, "fold_1"],
            "reason": [None, "no FLAIR", None],
        }
    )
    leakage = pd.DataFrame({"fold": ["fold_0", "fold_1"], "n_leaked": [0, 0]})
    tables = {"subjects": subjects, "errors": errors, "errors_by_subject": by_subject}
    tables |= {"leakage": leakage} | others
    return claim_checklist.settings(config) | claim_checklist.results(
        **tables, network=NETWORK, simulated=simulated
    )


def filled(config, simulated=True, **others):
    return claim_checklist.fill_in(ITEMS, known(config, simulated, **others), simulated)


def status_of(table, item):
    return table.set_index("item").loc[item, "status"]


def test_all_44_items_are_there_once():
    claim_checklist.check(ITEMS)


@pytest.mark.parametrize("simulated", [True, False])
def test_every_item_is_answered_or_open_or_not_applicable(config, simulated):
    table = filled(config, simulated)
    assert len(table) == 44 and set(table["status"]) <= set(claim_checklist.STATUSES)
    for row in table.to_dict("records"):
        assert bool(row["answer"]) == (
            row["status"] in (claim_checklist.ANSWERED, claim_checklist.IN_PART)
        ), row
        assert bool(row["to_write"]) == (
            row["status"] in (claim_checklist.OPEN, claim_checklist.IN_PART)
        ), row


def test_what_concerns_people_is_open_only_if_people_were_scanned(config):
    config["training"]["start"] = "scratch"  # the pretrained network learned from simulated scans
    simulated, in_vivo = (filled(config, each) for each in (True, False))
    for item in (5, 11, 18, 34):
        assert status_of(simulated, item) == claim_checklist.NOT_APPLICABLE
        assert status_of(in_vivo, item) == claim_checklist.OPEN
    assert (
        status_of(simulated, 36) == claim_checklist.ANSWERED
        and status_of(in_vivo, 36) == claim_checklist.IN_PART
    )
    assert "simulat" not in " ".join(in_vivo["answer"]).lower()


def test_only_the_authors_can_write_title_aims_implications_and_funding(config):
    table = filled(config)
    assert {status_of(table, item) for item in (1, 2, 3, 4, 15, 41, 44)} == {claim_checklist.OPEN}


def test_answers_carry_the_numbers_of_the_run(config):
    answers = filled(config).set_index("item")["answer"]
    assert answers[35] == "3 listed, 2 included, 1 excluded: sub-02 (input gate): no FLAIR."
    assert "T1 50.0 ms (tissue mean 70.0 ms); T2 50.0 ms" in answers[37]
    assert "T2 62.5 ms (sub-03)" in answers[39]
    assert "Groups: MS 1, healthy 1." in answers[36]
    assert "2-fold" in answers[19] and "held-out subjects per fold: 1, 1" in answers[19]
    assert "TR 1900 ms" in answers[13]


def test_a_cohort_without_groups_names_no_group(config):
    subjects = pd.DataFrame({"subject": ["01", "02"], "group": UNGROUPED, "included": True})
    subjects["fold"], subjects["stage"], subjects["reason"] = ["fold_0", "fold_1"], None, None
    for simulated in (True, False):
        answer = filled(config, simulated, subjects=subjects).set_index("item")["answer"][36]
        assert answer.startswith("The subjects have no groups.") and f"{UNGROUPED} " not in answer


def test_age_and_sex_are_those_of_the_included_subjects(config):
    rows = [{"participant_id": f"sub-0{n}", "age": f"{30 + n}", "sex": "F"} for n in (1, 2, 3)]
    answer = filled(config, simulated=False, participants=rows).set_index("item")["answer"][36]
    assert answer.endswith("Age 32.0 ± 1.4 years (31 to 33). Sex: 2 female.")


def headings():
    """Headings of the report and its supplement, and the title of the table of seeds."""
    texts = [(ROOT / "report" / f"{name}.html.j2").read_text() for name in TEMPLATES]
    return [*re.findall(r"<h[23][^>]*>(.*?)</h", "".join(texts)), seeds.TITLE]


@pytest.mark.parametrize("training_seeds", [[1], [1, 2]])
@pytest.mark.parametrize("input_sets", [[["mprage"]], [["mprage"], ["gre"]]])
def test_each_section_named_is_one_of_this_study(config, training_seeds, input_sets):
    config["training"]["seeds"], config["input_sets"] = training_seeds, input_sets
    table = filled(config).set_index("item")
    for where in filter(None, table["where"]):
        for name in where.split(", "):
            assert any(name in heading for heading in headings()), where
    where = table.loc[30, "where"]
    assert ("Table S1" in where) == (len(input_sets) > 1)
    assert (seeds.TITLE in where) == (len(training_seeds) > 1)


def test_a_single_network_per_fold_is_not_counted_in_the_plural(config):
    config["input_sets"] = config["input_sets"][:1]
    answer = filled(config).set_index("item").loc[26, "answer"]
    assert answer.endswith("One network per fold was trained.") and "first seed" not in answer


def test_a_leak_is_not_hidden(config):
    table = filled(config, leakage=pd.DataFrame({"n_leaked": [0, 3]})).set_index("item")
    assert re.search(r"each of 2 fits .* 3 belong to", table.loc[20, "answer"])


@pytest.mark.parametrize("simulated", [True, False])
def test_every_answer_is_made_of_whole_sentences(config, simulated):
    for answer in filter(None, filled(config, simulated)["answer"]):
        assert answer[0].isupper() or answer[0].isdigit(), answer
        assert answer.endswith(".") and ".." not in answer and not set("{}") & set(answer), answer


def test_an_answer_that_quotes_something_unknown_is_an_error(config):
    items = [dict(each) for each in ITEMS]
    items[0] |= {"answer": "{nothing}."}
    with pytest.raises(KeyError, match="nothing"):
        claim_checklist.fill_in(items, known(config), True)


@pytest.mark.parametrize(
    ("path", "value", "item", "words"),
    [
        (("training", "n_epochs"), 77, 25, "77 epochs"),
        (("training", "seeds"), [1, 2, 3], 26, "6 networks per fold"),
        (("unet", "n_filters"), 47, 22, "47 filters"),
        (("cohort", "excluded_slices"), {"01": [3, 4]}, 10, "2 excluded by hand"),
        (("cohort", "ratings"), "ratings.tsv", 8, "by a rater"),
        (("evaluation", "n_bootstrap_draws"), 123, 29, "123 bootstrap draws"),
    ],
)
def test_answers_follow_the_settings(config, path, value, item, words):
    assert words not in filled(config).set_index("item").loc[item, "answer"]
    config["training"]["start"] = "scratch"
    config[path[0]][path[1]] = value
    assert words in filled(config).set_index("item").loc[item, "answer"]


def test_the_page_counts_what_is_open(config):
    table = filled(config)
    layout = claim_checklist.layout_checklist(table)
    n_open = (table["status"] == claim_checklist.OPEN).sum()
    assert f"{n_open} open" in layout.caption and len(layout.rows) == 44


def test_a_list_that_lost_an_item_is_refused():
    with pytest.raises(ValueError, match="from 1 to 44"):
        claim_checklist.check(ITEMS[1:])
    broken = [dict(each) for each in ITEMS]
    broken[4] = {"item": 5, "section": "s", "asks": "a"}
    with pytest.raises(ValueError, match="item 5 has neither"):
        claim_checklist.check(broken)
    broken[4] = {"item": 5, "section": "s", "asks": "a", "wrong": 1}
    with pytest.raises(ValueError, match="unknown key wrong"):
        claim_checklist.check(broken)
