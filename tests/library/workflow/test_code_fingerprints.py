"""Which library modules a script uses, and the fingerprints of them and of files."""

import pytest

from contrast2map.workflow import code_fingerprints

MODULES = {
    "room/one": "from contrast2map.room import two\nimport numpy",
    "room/two": "from contrast2map.other.three import thing",
    "other/three": "import contrast2map.room.one\nfrom contrast2map_other import unrelated",
    "other/four": "",
}


@pytest.fixture
def library(tmp_path):
    """Function that writes a library of modules into a new folder."""

    def write(sources, name):
        folder = tmp_path / name / "contrast2map"
        for module, source in ({"__init__": '__version__ = "1"'} | sources).items():
            path = folder / f"{module}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        return folder

    return write


@pytest.fixture
def script(tmp_path):
    """Function that writes a script."""

    def write(source):
        path = tmp_path / "script.py"
        path.write_text(source)
        return path

    return write


def test_imports_are_followed_transitively_and_in_cycles(library, script):
    folder = library(MODULES, "any")
    one = script("from contrast2map.room import one")
    assert code_fingerprints.modules_of_script(folder, one) == [
        "other.three",
        "room.one",
        "room.two",
    ]
    four = script("from contrast2map.other import four")
    assert code_fingerprints.modules_of_script(folder, four) == ["other.four"]


@pytest.mark.parametrize(
    "source",
    [
        "from contrast2map.other import four",
        "from contrast2map.other.four import name",
        "import contrast2map.other.four",
        "import contrast2map.other.four as short",
        "def f():\n    from contrast2map.other import four\n",
        "from contrast2map import __version__\nfrom contrast2map.other import four",
    ],
)
def test_a_module_is_found_however_it_is_imported(library, script, source):
    assert code_fingerprints.modules_of_script(library(MODULES, "any"), script(source)) == [
        "other.four"
    ]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import numpy\nfrom . import four", "line 2: relative import"),
        ("from .other import four", "line 1: relative import"),
        ("from contrast2map import four", "contrast2map.four is not a module"),
        ("from contrast2map.other import five", "contrast2map.other.five is not a module"),
        ("import contrast2map.five", "contrast2map.five is not a module"),
        ("from contrast2map import other", "contrast2map.other is not a module"),
    ],
)
def test_an_import_that_cannot_be_followed_is_an_error(library, script, source, problem):
    path = script(source)
    with pytest.raises(ValueError, match=problem) as error:
        code_fingerprints.modules_of_script(library(MODULES, "any"), path)
    assert str(path) in str(error.value)


def test_a_relative_import_of_a_module_is_an_error_too(library, script):
    folder = library(MODULES | {"room/two": "from ..other import three"}, "any")
    with pytest.raises(ValueError, match=r"two\.py, line 1: relative import"):
        code_fingerprints.modules_of_script(folder, script("from contrast2map.room import one"))


BEFORE = '''"""About."""
from contrast2map.room import used
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
def test_a_fingerprint_changes_only_with_the_behaviour_of_the_code(
    library, script, old, new, changes
):
    others = {"room/used": "A = 1", "room/other": ""}
    assert old in BEFORE
    path = script("from contrast2map.room import main")
    before = library({"room/main": BEFORE} | others, "before")
    after = library({"room/main": BEFORE.replace(old, new)} | others, "after")
    found = [code_fingerprints.fingerprint_of_script(folder, path) for folder in (before, after)]
    assert (found[0] != found[1]) == changes
    assert all(len(each) == code_fingerprints.N_DIGITS for each in found)


def test_a_fingerprint_follows_the_modules_that_a_module_imports(library, script):
    path = script("from contrast2map.room import main")
    for changed, n_found in (("used", 2), ("not_used", 1)):
        found = set()
        for n in (1, 2):
            sources = {"room/main": BEFORE, "room/used": "A = 0", "room/not_used": ""}
            folder = library(sources | {f"room/{changed}": f"A = {n}"}, f"{changed}_{n}")
            found.add(code_fingerprints.fingerprint_of_script(folder, path))
        assert len(found) == n_found


def test_the_fingerprint_of_files_changes_with_the_text_of_any_of_them(tmp_path):
    paths = [tmp_path / "one", tmp_path / "two"]
    for path, text in zip(paths, ("a", "b"), strict=True):
        path.write_text(text)
    before = code_fingerprints.fingerprint_of_files(paths)
    assert code_fingerprints.fingerprint_of_files(map(str, paths)) == before
    assert code_fingerprints.fingerprint_of_files(paths[::-1]) != before
    paths[1].write_text("c")
    assert code_fingerprints.fingerprint_of_files(paths) != before
