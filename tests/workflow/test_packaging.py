"""Dependencies, lock, version and documents of a release are consistent."""

import re
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from contrast2map import __version__
from pins import pinned_versions
from rule_files import top_level_imports
from test_project import tracked_texts

# Names of packages whose name differs from that of their module.
PACKAGES = {
    "PIL": "pillow",
    "ants": "antspyx",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}
PACKAGES |= {"yaml": "pyyaml", "fsl": "fslpy"}
# Engines and backends for those who install them, and what comes with jinja2.
OTHERS = {"deepbet", "torch", "jax", "markupsafe"}


@pytest.fixture(scope="module")
def project(root):
    """Section `project` of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def requirements(texts):
    """Requirements by canonical name; the package itself, with extras, is not one of them."""
    found = {canonicalize_name(each.name): each for each in map(Requirement, texts)}
    return {name: each for name, each in found.items() if name != "contrast2map"}


def imports_of_the_command(root):
    """Modules of the library that the command line imports, in the end, and their packages."""
    library = root / "workflow_scripts" / "contrast2map"
    waiting, seen, packages = [library / "__main__.py"], set(), set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        packages |= top_level_imports(path)
        for name in re.findall(
            r"(?:from|import) contrast2map\.([\w.]+)(?: import (.+))?", path.read_text()
        ):
            within, names = name
            here = library.joinpath(*within.split("."))
            parts = re.findall(r"\w+", names)
            waiting += [
                each
                for each in [here.with_suffix(".py"), *(here / f"{part}.py" for part in parts)]
                if each.is_file()
            ]
    return seen, packages - {"contrast2map"}


def test_the_command_needs_no_package_of_the_study(root, project):
    seen, imported = imports_of_the_command(root)
    assert len(seen) > 80
    packages = {PACKAGES.get(name, name) for name in imported} - OTHERS
    base = set(requirements(project["dependencies"]))
    fsl = set(requirements(project["optional-dependencies"]["fsl"]))
    assert packages - fsl <= base, packages - fsl - base
    # nilearn is a folder of templates; the others are imported.
    assert base - {"nilearn"} <= packages, base - packages


def test_the_study_s_scripts_need_no_package_that_is_not_declared(root, project):
    declared = requirements(project["dependencies"])
    for texts in project["optional-dependencies"].values():
        declared |= requirements(texts)
    for path in root.glob("workflow_scripts/**/*.py"):
        packages = {PACKAGES.get(name, name) for name in top_level_imports(path)}
        packages -= OTHERS | {"contrast2map"}
        assert packages <= set(declared), f"{path}: {packages - set(declared)}"


def test_each_dependency_has_bounds_that_contain_the_locked_version(root, project):
    locked = pinned_versions(root / "requirements.txt")
    extras = project["optional-dependencies"]
    texts = [
        *project["dependencies"],
        *(text for name in ("study", "slurm", "fsl") for text in extras[name]),
    ]
    for name, requirement in requirements(texts).items():
        operators = {each.operator for each in requirement.specifier}
        assert operators == {">=", "<"}, requirement
        assert locked[name], name
        assert all(version in requirement.specifier for version in locked[name]), requirement


def test_the_lock_of_the_tests_brings_the_extra_of_the_tests(root, project):
    names = set(requirements(project["optional-dependencies"]["test"]))
    listed = set(re.findall(r"^([a-z0-9-]+)$", (root / "requirements-test.in").read_text(), re.M))
    assert len(names) > 4 and names <= listed


def test_version_of_package_citation_and_changelog_agree(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    newest = re.search(r"^## (\S+) \((\S+)\)$", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert (citation["version"], str(citation["date-released"])) == newest.groups()
    assert citation["version"] == __version__


def test_the_documents_name_the_wheel_of_this_version(root):
    named = [
        found
        for document in ("README.md", "docs/reproducibility.md")
        for found in re.findall(
            r"contrast2map-(.+?)-py3-none-any\.whl", (root / document).read_text()
        )
    ]
    assert named and set(named) == {__version__}


def test_address_and_doi_are_the_only_placeholders(root):
    # Neither exists yet. docs/release.md tells when to replace them; then this test expects none.
    mark = "PLACE" + "HOLDER"
    marked = {name for name, text in tracked_texts(root) if mark in text}
    assert marked == {"CITATION.cff", "docs/release.md"}
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert citation["repository-code"].startswith("https://example.org/")
    assert citation["doi"].endswith(".0000000")


def test_the_supported_pythons_are_the_same_everywhere(root, project):
    versions = ("3.11", "3.12", "3.13")
    assert project["requires-python"] == ">=3.11,<3.14"
    assert sys.version_info[:2] in {tuple(map(int, version.split("."))) for version in versions}
    makefile = (root / "Makefile").read_text()
    assert f"for version in {' '.join(versions)};" in makefile
    assert "Python 3.11, 3.12 or 3.13" in (root / "README.md").read_text()


def test_the_catalog_s_entry_names_what_the_rules_have(root):
    usage = yaml.safe_load((root / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    rules = "".join(path.read_text() for path in root.glob("rules/*.smk"))
    deployment = usage["software-stack-deployment"]
    assert deployment["conda"] == ("conda:" in rules)
    assert deployment["apptainer"] == ("container:" in rules)
    assert usage["report"] == ('report: "report/workflow.rst"' in (root / "Snakefile").read_text())
    assert (root / "config/README.md").is_file()  # shown in the catalog
