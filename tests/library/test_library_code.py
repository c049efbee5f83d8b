"""What a script uses of the library, and the fingerprint of it."""

import pytest

from contrast2map import library_code

SOURCES = {
    "one": "from contrast2map import two\nimport numpy",
    "two": "from contrast2map.three import thing",
    "three": "import contrast2map.one\nfrom contrast2map_other import unrelated",
    "four": "",
}


@pytest.fixture
def library(tmp_path):
    """Function that writes a library of modules into a new folder."""

    def write(sources, name):
        folder = tmp_path / name
        folder.mkdir()
        for module, source in sources.items():
            (folder / f"{module}.py").write_text(source)
        return folder

    return write


def test_imports_are_followed_transitively_and_through_circles(library):
    folder = library(SOURCES, "any")
    assert library_code.imported_modules(folder, ["one"]) == ["one", "three", "two"]
    assert library_code.imported_modules(folder, ["four"]) == ["four"]


def test_an_import_inside_a_function_counts():
    source = "def f():\n    from contrast2map import atlas, grids\n"
    assert library_code.direct_imports(source) == ["atlas", "grids"]


BEFORE = '''"""About."""
from contrast2map import used
LIMIT = 3
def f(x):
    """Words."""
    return x + LIMIT  # comment
'''


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("# comment", "# another comment", False),
        ("Words.", "Other words.", False),
        ('"""About."""', '"""About\nmore."""', False),
        ("LIMIT = 3\n", "\n\nLIMIT   =   3\n", False),
        ("LIMIT = 3", "LIMIT = 4", True),
        ("x + LIMIT", "LIMIT + x", True),
        ("import used", "import used, other", True),
    ],
)
def test_a_fingerprint_follows_what_the_code_does(library, old, new, changes):
    others = {"used": "A = 1", "other": ""}
    assert old in BEFORE
    before = library({"main": BEFORE} | others, "before")
    after = library({"main": BEFORE.replace(old, new)} | others, "after")
    found = [library_code.fingerprint(folder, ["main"]) for folder in (before, after)]
    assert (found[0] != found[1]) == changes
    assert all(len(each) == library_code.N_DIGITS for each in found)


def test_a_fingerprint_follows_the_modules_that_a_module_imports(library):
    for changed, n_found in (("used", 2), ("not_used", 1)):
        found = set()
        for n in (1, 2):
            sources = {"main": BEFORE, "used": "A = 0", "not_used": "", changed: f"A = {n}"}
            folder = library(sources, f"{changed}_{n}")
            found.add(library_code.fingerprint(folder, ["main"]))
        assert len(found) == n_found
