"""The committed pages are their templates filled with their stored facts."""

import jinja2
import pytest

from pages import rendering


@pytest.mark.parametrize("name", ["realism", "normalisation", "replication"])
def test_a_page_is_its_template_filled_with_its_facts(name):
    page = (rendering.DOCS / f"{name}.md").read_text()
    assert rendering.render(f"{name}.md.j2", rendering.read_facts(name)) == page


def test_facts_are_stored_beside_the_page(tmp_path):
    facts = rendering.read_facts("realism") | {"seed": 7}
    rendering.write("realism", facts, tmp_path)
    assert rendering.read_facts("realism", tmp_path) == facts
    assert "(seed 7)" in (tmp_path / "realism.md").read_text()


def test_a_missing_number_is_an_error(tmp_path):
    facts = rendering.read_facts("realism")
    del facts["seed"]
    with pytest.raises(jinja2.UndefinedError, match="seed"):
        rendering.render("realism.md.j2", facts)
    with pytest.raises(ValueError):
        rendering.write("realism", facts | {"seed": float("nan")}, tmp_path)
    assert not list(tmp_path.iterdir())
