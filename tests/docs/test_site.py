"""The site contains every page, and its links are checked."""

import re
import runpy

import pytest

from pages.rendering import DOCS
from project import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md", "benchmarks/README.md")


@pytest.fixture(scope="module")
def check():
    return runpy.run_path(str(DOCS / "site" / "check_links.py"))["check"]


def test_the_first_page_lists_every_page():
    text = (DOCS / "index.md").read_text()
    listed = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#]+\.md)\)", text)}
    pages = {path for path in DOCS.glob("*.md") if path.name != "index.md"}
    assert listed == pages | {ROOT / name for name in PAGES}


def test_links_to_nothing_and_to_elsewhere_are_problems(check, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "other.html").write_text('<h1 id="here">Here</h1><a href="#here">x</a>')
    (tmp_path / "index.html").write_text(
        '<a href="sub/other.html#here">x</a><a href="sub/other.html#there">x</a>'
        '<a href="gone.html">x</a><a href="https://doi.org/1">x</a>'
        '<script src="https://cdn.example/x.js"></script><img src="data:image/png;base64,">'
    )
    n_links, problems = check(tmp_path)
    assert n_links == 4
    assert problems == [
        "index.html: sub/other.html#there: no such anchor",
        "index.html: gone.html: no such file",
        "index.html: https://cdn.example/x.js: is loaded from elsewhere",
    ]


def test_a_link_out_of_the_site_is_a_problem(check, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "secret.txt").write_text("")
    (tmp_path / "site" / "index.html").write_text('<a href="../secret.txt">x</a>')
    assert check(tmp_path / "site")[1] == ["index.html: ../secret.txt: no such file"]
