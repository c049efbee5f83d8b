"""The checklist says what the run knows, and what its authors must write."""

import pandas as pd
import pytest
import yaml

from contrast2map.report import claim, claim_answers
from project import ROOT

ITEMS = yaml.safe_load((ROOT / "report" / "claim.yaml").read_text())
NETWORK = "network_mprage+gre+flair_seed-1"


def facts(config, simulated=True):
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
    return claim_answers.Facts(config, subjects, errors, by_subject, leakage, NETWORK, simulated)


def status_of(table, item):
    return table.set_index("item").loc[item, "status"]


def test_all_44_items_are_there_once():
    claim.check(ITEMS)


@pytest.mark.parametrize("simulated", [True, False])
def test_every_item_is_answered_or_open_or_not_applicable(config, simulated):
    table = claim.fill_in(ITEMS, facts(config, simulated))
    assert len(table) == 44 and set(table["status"]) <= set(claim.STATUSES)
    for row in table.to_dict("records"):
        assert bool(row["answer"]) == (row["status"] in (claim.ANSWERED, claim.IN_PART)), row
        assert bool(row["to_write"]) == (row["status"] in (claim.OPEN, claim.IN_PART)), row


def test_what_concerns_persons_is_open_only_where_persons_were_scanned(config):
    simulated, in_vivo = (claim.fill_in(ITEMS, facts(config, each)) for each in (True, False))
    for item in (5, 11, 18, 34):
        assert status_of(simulated, item) == claim.NOT_APPLICABLE
        assert status_of(in_vivo, item) == claim.OPEN
    assert status_of(simulated, 36) == claim.ANSWERED and status_of(in_vivo, 36) == claim.IN_PART
    assert "simulat" not in " ".join(in_vivo["answer"]).lower()


def test_nobody_but_the_authors_can_write_title_aims_implications_and_funding(config):
    table = claim.fill_in(ITEMS, facts(config))
    assert {status_of(table, item) for item in (1, 2, 3, 4, 15, 41, 44)} == {claim.OPEN}


def test_answers_carry_the_numbers_of_the_run(config):
    answers = claim.fill_in(ITEMS, facts(config)).set_index("item")["answer"]
    assert answers[35] == "3 listed, 2 included, 1 excluded: sub-02 (input gate): no FLAIR."
    assert "T1 50.0 ms (cohort mean 70.0 ms)" in answers[37]
    assert "T2 62.5 ms (sub-03)" in answers[39]
    assert "Groups: MS 1, healthy 1." in answers[36]
    assert "2-fold" in answers[19] and "1, 1 subjects held out" in answers[19]
    assert "TR 1900 ms" in answers[13]


def test_a_leak_is_not_hidden(config):
    leaking = facts(config)._replace(leakage=pd.DataFrame({"n_leaked": [0, 3]}))
    assert "3 files were of a held-out subject" in claim.fill_in(ITEMS, leaking)["answer"][19]


def test_every_answer_is_a_sentence_of_its_own(config):
    for each in ITEMS:
        if "answer" in each:
            answer = claim.answer_of(each["answer"])(facts(config))
            assert answer[0].isupper() or answer[0].isdigit(), answer
            assert answer.endswith("."), answer


def test_the_page_counts_what_is_open(config):
    table = claim.fill_in(ITEMS, facts(config))
    layout = claim.layout_checklist(table)
    n_open = (table["status"] == claim.OPEN).sum()
    assert f"{n_open} open" in layout.caption and len(layout.rows) == 44


def test_a_list_that_lost_an_item_is_refused():
    with pytest.raises(ValueError, match="from 1 to 44"):
        claim.check(ITEMS[1:])
    broken = [dict(each) for each in ITEMS]
    broken[4] = {"item": 5, "section": "s", "asks": "a"}
    with pytest.raises(ValueError, match="item 5 has neither"):
        claim.check(broken)
    broken[4] = {"item": 5, "section": "s", "asks": "a", "wrong": 1}
    with pytest.raises(ValueError, match="unknown key wrong"):
        claim.check(broken)
