"""The site contains every page, and its links are checked."""

import re
import runpy
from types import SimpleNamespace

import pytest

from pages.rendering import DOCS
from project import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md", "benchmarks/README.md")


LIBRARY = ROOT / "workflow_scripts" / "contrast2map"


@pytest.fixture(scope="module")
def check():
    return runpy.run_path(str(DOCS / "site" / "check_links.py"))["check"]


@pytest.fixture(scope="module")
def api():
    """The module that writes the library's pages."""
    return SimpleNamespace(**runpy.run_path(str(DOCS / "site" / "api.py")))


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


MODULE = '''
"""Signals | and * stars."""

def signal(T1_s, *, TR_s, signed=False):
    """Signal of a tissue.

    Args:
        T1_s: Relaxation time in seconds.
    """

def _private():
    """Not shown."""

def undocumented():
    pass

@dataclass(frozen=True)
class Scan:
    """A scan."""

    name: str
    TE_s: float = 0.1

    @property
    def label(self):
        """Its label."""

    def load(self, path):
        """Load it.

        Returns:
            Dict: images.
        """
'''


def test_a_package_has_a_page_of_its_documented_functions(api, tmp_path):
    package = tmp_path / "library" / "room"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "signals.py").write_text(MODULE)
    api.write_pages(package.parent, tmp_path / "api", {"room": "signals of scans"}, str.upper)
    assert ":doc:`room`: signals of scans" in (tmp_path / "api" / "index.rst").read_text()
    text = (tmp_path / "api" / "room.rst").read_text()
    for line in (
        ".. py:module:: library.room.signals",
        r"SIGNALS \| AND \* STARS.",
        ".. py:function:: signal(T1_s, *, TR_s, signed=False)",
        "       T1_S: RELAXATION TIME IN SECONDS.",
        ".. py:class:: Scan(name, TE_s=0.1)",
        "   .. py:property:: label",
        "   .. py:method:: load(path)",
        "      :RETURNS: DICT: IMAGES.",
    ):
        assert line in text.split("\n"), line
    assert "_private" not in text and "undocumented" not in text


def test_each_package_of_the_library_has_a_summary(api):
    design = (DOCS / "design.md").read_text()
    packages = {path.parent.name for path in LIBRARY.glob("*/__init__.py")}
    assert set(api.summaries_of(design)) == packages
