"""The page of messages lists those that the code writes, each with its remedy."""

import pytest
import yaml

import render_pages
from pages import messages, rendering, troubleshooting

SOURCE = """
LIMIT = 16
REMEDY = "convert it again"

def check(path, value, unit):
    problem = f"has {value} voxels"
    if unit:
        problem = f"has {value} {unit}"
    found = [fail(path, problem, REMEDY)]
    problem = f"at least {LIMIT} are needed"
    found.append(warn(path, problem=problem, remedy="none" if value else "use another scan"))
    where = f"config: {value}"
    if value is None:
        raise ValueError(f"{where}: is null; set it")
    if value < 0:
        raise ValueError("a fault of the program")
    raise NotFound(
        f"{path}: a message over "
        "two lines; and a remedy"
    ) from None
"""


@pytest.fixture(scope="module")
def found():
    return {(m.problem, m.remedy, m.effect) for m in messages.of_source(SOURCE, "module.py")}


def test_findings_have_all_their_texts(found):
    assert {each for each in found if each[2] == messages.FAILS} == {
        ("has … voxels", "convert it again", messages.FAILS),
        ("has …", "convert it again", messages.FAILS),
    }
    assert {each for each in found if each[2] == messages.WARNS} == {
        ("at least 16 are needed", "none", messages.WARNS),
        ("at least 16 are needed", "use another scan", messages.WARNS),
    }


def test_errors_with_a_remedy_are_messages_and_others_are_not(found):
    assert {each for each in found if each[2] == messages.STOPS} == {
        ("config: …: is null", "set it", messages.STOPS),
        ("…: a message over two lines", "and a remedy", messages.STOPS),
    }


@pytest.mark.parametrize("name", render_pages.OF_CODE)
def test_a_page_of_the_code_is_up_to_date(name):
    stored = (rendering.DOCS / f"{name}.md").read_text()
    # Pythons break the lines of a usage differently.
    assert stored.split() == render_pages.of_code(name).split(), "run `make pages`"


def test_messages_of_each_kind_are_found():
    sections = troubleshooting.facts()["sections"]
    listed = {(row["problem"], row["effect"]) for rows in sections.values() for row in rows}
    assert ("is in … (median …), not in seconds", "excluded") in listed
    assert ("there is no …", "excluded") in listed
    assert ("is empty", "excluded") in listed
    assert ("…: unknown key '…'", "") in listed
    assert ("too few usable slices", "") in listed
    assert ("no brain was found (…)", "no maps") in listed
    assert min(map(len, sections.values())) > 8


def test_a_cause_of_a_message_that_no_longer_exists_is_an_error(tmp_path, monkeypatch):
    causes = tmp_path / "causes.yaml"
    causes.write_text(yaml.safe_dump({"files": {"no such message": "none"}}))
    monkeypatch.setattr(troubleshooting, "CAUSES", causes)
    with pytest.raises(KeyError, match="no such message"):
        troubleshooting.facts()
