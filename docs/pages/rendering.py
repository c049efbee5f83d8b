"""Pages of the docs: the words are in a template, the numbers in a JSON file beside the page."""

import json
from pathlib import Path

import jinja2

from contrast2map.tables.layout import Layout
from pages import markdown

DOCS = Path(__file__).parents[1]
TEMPLATES = Path(__file__).parent / "templates"


def write(name, facts, docs=DOCS):
    """Store the facts of a page and render it.

    The stored facts allow the page to be rendered again after an edit of its template
    (docs/render_pages.py), without the results they come from.

    Args:
        name: Name of the page: of its template, its facts and its Markdown file.
        facts: Numbers and short texts by name, formatted for the page; JSON types only.
        docs: Folder of the page.
    """
    text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
    (docs / f"{name}.json").write_text(text + "\n")
    (docs / f"{name}.md").write_text(render(f"{name}.md.j2", json.loads(text)))


def read_facts(name, docs=DOCS):
    """Facts stored beside a page."""
    return json.loads((docs / f"{name}.json").read_text())


def render(template, facts):
    """Fill a template of `templates/` with facts.

    Args:
        template: File name of the template.
        facts: Values by name.

    Returns:
        Markdown.

    Raises:
        jinja2.UndefinedError: The template uses a name that the facts lack.
    """
    return environment().get_template(template).render(**facts)


def environment():
    """Jinja with the templates of the pages."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["plain"] = markdown.escape
    made.filters["table"] = lambda stored: markdown.of_layout(Layout(**stored))
    return made
