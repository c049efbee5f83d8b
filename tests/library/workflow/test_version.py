"""The version of the program is its number, with the commit if there is one."""

import subprocess

import numpy as np
import pytest

from contrast2map import __version__
from contrast2map.workflow.version import installed, version_of


@pytest.fixture
def checkout(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", tmp_path, *arguments], check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "inside").mkdir()
    (tmp_path / "file").write_text("a")
    git("add", "file")
    name = ("-c", "user.name=n", "-c", "user.email=e")
    git(*name, "commit", "-qm", "First")
    return tmp_path


def test_outside_git_the_version_is_the_number(tmp_path):
    assert version_of(tmp_path) == __version__


def test_a_checkout_has_its_commit_and_is_marked_if_changed(checkout):
    clean = version_of(checkout)
    assert clean.startswith(f"{__version__}+") and len(clean) == len(__version__) + 13
    (checkout / "file").write_text("b")
    assert version_of(checkout) == f"{clean}.dirty"


def test_a_folder_inside_another_checkout_has_no_commit(checkout):
    assert version_of(checkout / "inside") == __version__


def test_packages_that_are_not_installed_are_omitted():
    found = installed(["numpy", "no-such-package"])
    assert list(found) == ["numpy"]
    assert found["numpy"]["version"] == np.__version__
    assert "numpy" in found["numpy"]["url"]
