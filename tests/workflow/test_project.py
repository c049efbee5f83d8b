"""Rules and documents of the project are consistent."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from contrast2map.bids import protocol_sidecar
from contrast2map.bids.dataset import SCANNING_SEQUENCES
from contrast2map.imaging.expected_contrast import OTHER
from contrast2map.imaging.signal_equations import SIGNAL_EQUATIONS, parameter_names
from rule_files import TESTING_RULE, rules, study_rules


def tracked_texts(root):
    """Path and text of each tracked file that is text."""
    names = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for name in filter(None, names):
        path = root / name
        if path.is_file() and path.suffix not in {".png", ".gz", ".svg", ".npz"}:
            yield name, path.read_text()


def test_each_rule_is_named_like_its_script_and_its_log(root):
    assert TESTING_RULE in rules(root)
    for name, text in study_rules(root).items():
        assert f'"../workflow_scripts/{name}.py"' in text, name
        assert re.search(rf'"<logs>/{name}[./]', text), name
        assert f"def {name}(" in (root / "workflow_scripts" / f"{name}.py").read_text(), name


def test_each_rule_depends_on_the_library_code_of_its_script(root):
    for name, text in study_rules(root).items():
        assert f'code=code_of("{name}"),' in text, name


def test_each_rule_is_local_or_requests_memory_and_time(root):
    for name, text in rules(root).items():
        asks = "mem_mb=memory(" in text and "runtime=" in text
        assert asks != ("localrule: True" in text), name


def test_no_script_reads_the_configuration(root):
    # What a script reads there is hidden from Snakemake: a change would not run its rule again.
    code = [*root.glob("workflow_scripts/**/*.py"), *root.glob("tests/artefacts/*.py")]
    assert len(code) > 100
    for path in code:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == "config":
                assert ast.unparse(node) != "snakemake.config", f"{path}, line {node.lineno}"


def test_each_measured_rule_is_in_the_table_of_run_times(root):
    text = (root / "rules" / "provenance.smk").read_text()
    constant = re.search(r"^MEASURED = {\n(.*?)\n}", text, re.DOTALL | re.MULTILINE)[1]
    tabulated = re.findall(r'^    "(\w+)": ', constant, re.MULTILINE)
    measured = {
        name: re.search(r"<benchmarks>/(\w+)/", rule)[1]
        for name, rule in rules(root).items()
        if "benchmark:" in rule
    }
    assert measured == {name: name for name in tabulated}
    of_many_jobs = {
        name for name, rule in study_rules(root).items() if re.search(r'"<logs>/.*{', rule)
    }
    of_tables = {"list_files", "make_maps", "plot_bland_altman", "plot_loss_curves"}
    assert of_many_jobs - set(tabulated) <= of_tables


def test_each_script_belongs_to_a_rule(root):
    scripts = {path.stem for path in (root / "workflow_scripts").glob("*.py")}
    assert scripts == set(study_rules(root))


def test_no_two_results_of_a_category_have_the_same_labels(root):
    # Snakemake's report shows one of such results only.
    result = re.compile(r"(\w+)=report\(\n.*?category=(.*?),\n(.*?)labels=(\{.*?\}),\n", re.DOTALL)
    found = [
        match.groups()[1:]
        for path in (root / "rules").glob("*.smk")
        for match in result.finditer(path.read_text())
    ]
    assert len(found) > 20 and len(set(found)) == len(found)


def test_each_configuration_key_is_explained(root):
    schema = yaml.safe_load((root / "config" / "config.schema.yaml").read_text())
    explained = set(re.findall(r"[\w]+", (root / "config" / "README.md").read_text()))

    def keys(node):
        if isinstance(node, dict):
            for name, part in node.get("properties", {}).items():
                yield name
                yield from keys(part)
            for name, part in node.items():
                if name != "properties":
                    yield from keys(part)
        elif isinstance(node, list):
            for part in node:
                yield from keys(part)

    names = set(keys(schema))
    assert len(names) > 90
    assert names <= explained, names - explained


def test_each_type_of_sequence_is_known_everywhere(root):
    schema = yaml.safe_load((root / "config" / "config.schema.yaml").read_text())
    of_contrast = schema["properties"]["contrasts"]["items"]["properties"]["sequence"]
    cases = [each["then"]["$ref"].rpartition("/")[2] for each in of_contrast["allOf"]]
    assert of_contrast["properties"]["type"]["enum"] == cases == [*SIGNAL_EQUATIONS, OTHER]
    for kind in SIGNAL_EQUATIONS:
        accepted = set(schema["$defs"][kind]["properties"]) - {"type", "TE_s"}
        assert accepted == set(parameter_names(kind)) - {"TE_s"}
    described = (SCANNING_SEQUENCES, protocol_sidecar.KINDS, protocol_sidecar.PLAUSIBLE_S)
    for known in described:
        assert set(known) - {None} == set(SIGNAL_EQUATIONS)
    text = (root / "config" / "README.md").read_text()
    assert all(f"`{kind}`" in text for kind in cases)


def test_no_file_names_a_package_index_or_a_path_of_a_machine(root):
    forbidden = ["pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "deb.deb" + "ian"]
    forbidden += ["/wo" + "rk/", "/ro" + "ot/"]
    for name, text in tracked_texts(root):
        for word in forbidden:
            assert word not in text, f"{name} names {word}"


OVERRIDES = "requirements-overrides.txt"  # departures from what packages require; pins nothing


def test_lock_has_a_hash_for_each_package(root):
    least = {"requirements.txt": 100, "requirements-test.txt": 20, "requirements-install.txt": 1}
    least |= {"requirements-docs.txt": 20}
    least |= {"requirements-cuda.txt": 40}
    assert least.keys() == {path.name for path in root.glob("requirements*.txt")} - {OVERRIDES}
    for name, n_least in least.items():
        text = (root / name).read_text()
        blocks = re.split(r"\n(?=[a-z0-9])", text)
        packages = [block for block in blocks if "==" in block.split("\n")[0]]
        assert len(packages) >= n_least
        assert all("--hash=sha256:" in block for block in packages), name


DOCUMENTS = "README.md CONTRIBUTING.md CHANGELOG.md benchmarks/README.md config/README.md".split()
DOCUMENTS += sorted(f"docs/{path.name}" for path in Path(__file__).parents[2].glob("docs/*.md"))


def anchors(path):
    """Anchors of a Markdown file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each).lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_of_the_documents_work(name, root):
    folder = (root / name).parent
    for target, _, anchor in re.findall(r"\]\(([^)#]*)(#([^)]+))?\)", (root / name).read_text()):
        if not target.startswith("https://"):
            path = folder / target if target else root / name
            assert path.exists(), target
            assert not anchor or anchor in anchors(path), f"{target}#{anchor}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_source_files_that_the_documents_name_exist(name, root):
    folders = [root, root / "workflow_scripts" / "contrast2map", (root / name).parent]
    words = re.findall(r"`([^`\n]+)`", (root / name).read_text())
    named = re.findall(
        r"(?:^| )(?:\.\.?/)*([a-z_]+/[\w/]+\.(?:py|smk|yaml|js))(?=$| )",
        "\n".join(words),
        re.MULTILINE,
    )
    for path in named:
        assert any((folder / path).is_file() for folder in folders), path


def test_design_describes_each_package_of_the_library(root):
    layers = re.search(
        r"^layers = \[\n(.*?)^\]", (root / "pyproject.toml").read_text(), re.M | re.S
    )
    packages = re.findall(r"contrast2map\.([a-z_]+[a-z])\b", layers[1])
    rows = re.findall(r"^\| \d? ?\| `(\w+)/` \|", (root / "docs/design.md").read_text(), re.M)
    assert rows == packages
    library = root / "workflow_scripts" / "contrast2map"
    assert set(packages) == {path.parent.name for path in library.glob("*/__init__.py")}


def test_the_report_shows_each_of_its_tables_and_has_each_that_it_shows(root):
    rule = (root / "rules" / "report.smk").read_text()
    listed = {
        name
        for names in re.findall(r"^ *TABLES \+?= \[(.*?)\]", rule, re.DOTALL | re.MULTILINE)
        for name in re.findall(r'"(\w+)"', names)
    }
    shown = {
        first or second
        for page in ("index", "supplement")
        for first, second in re.findall(
            r'main\("(\w+)"\)|titled\(tables\.(\w+)', (root / f"report/{page}.html.j2").read_text()
        )
    }
    assert len(listed) > 10
    assert not shown - listed, "shown in report/*.html.j2, but not in TABLES of rules/report.smk"
    assert not listed - shown, "in TABLES of rules/report.smk, but shown in no report/*.html.j2"


def test_the_documentation_lists_the_tables_that_the_rules_write(root):
    written = {
        name
        for path in (root / "rules").glob("*.smk")
        for name in re.findall(r'"<results>/tables/(\w+\.csv)"', path.read_text())
    }
    described, _ = (root / "docs/tables.md").read_text().split("## Per fold")
    assert written == set(re.findall(r"^\| `(\w+\.csv)` \|", described, re.MULTILINE))
