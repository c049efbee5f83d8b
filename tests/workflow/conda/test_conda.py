"""The small study in its conda environments, from a channel of this machine's making.

Needs py-rattler and py-rattler-build beside the packages of the lock, a Python 3.12 and a package
index; takes some minutes and GB. Not shown: that conda-forge has these packages, and FSL's own.
"""

import csv
import json
import shutil
import subprocess
import sys

import channel
import pytest
import yaml

from project import ROOT
from rule_files import library_sources, rules, study_rules, top_level_imports
from small_studies import TINY

pytest.importorskip("rattler", reason="no py-rattler")
pytest.importorskip("rattler_build", reason="no py-rattler-build")

import conda  # noqa: E402

ENVIRONMENTS = sorted(path.stem for path in (ROOT / "envs").glob("*.yaml"))
SCRIPTS = ROOT / "workflow_scripts"
SDM = ("--software-deployment-method", "conda")
# Its job comes after the input gate's checkpoint: until then it is in no plan, nor its environment.
BRAIN = "results/tiny/preprocessed/sub-01/brain_mask.nii.gz"
# Imported where they are, and no part of an environment: an engine, and backends of Keras.
OPTIONAL = {"deepbet", "jax", "torch"}
# What packages take where they find it, and do without: Snakemake's, under conda.
WELCOME = {"charset_normalizer", "dill", "psutil", "rich"}
LOOK = """
import importlib, json, sys
sys.path.append("workflow_scripts")
modules = {name: importlib.import_module(name) for name in sys.argv[1:]}
places = {name: module.__spec__.submodule_search_locations or [module.__file__]
          for name, module in modules.items()}
print(json.dumps({name: list(each) for name, each in places.items()}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folder for what is large: it goes when the tests end."""
    path = tmp_path_factory.mktemp("conda")
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def local_channel(folder):
    """Address of a channel with what the environments ask for; FSL's programs by name only."""
    python = channel.find_python()
    if python is None:
        pytest.skip(f"no Python {channel.PYTHON}")
    command = [sys.executable, channel.__file__, *sorted((ROOT / "envs").glob("*.yaml"))]
    options = ["--folder", folder / "channel", "--lock", ROOT / "requirements.txt"]
    subprocess.run([*command, *options, "--python", python], check=True)
    return (folder / "channel").as_uri()


@pytest.fixture(scope="module")
def witnessed(folder):
    """Folder where each process of an environment tells its imports; `conda` is on the PATH."""
    conda.set_up(folder / "root")
    (folder / "imports").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder / "root" / "bin"), prepend=":")
        patch.setenv("IMPORT_WITNESS", str(folder / "imports"))
        yield folder / "imports"


@pytest.fixture(scope="module")
def project(copy_project, local_channel):
    """Folder of a copy of the project whose environments come from the local channel."""
    copy = copy_project("conda-project")
    for path in (copy / "envs").glob("*.yaml"):
        environment = yaml.safe_load(path.read_text())
        environment["channels"] = [local_channel, "nodefaults"]
        path.write_text(yaml.safe_dump(environment))
    yield copy
    shutil.rmtree(copy / ".snakemake")


@pytest.fixture(scope="module")
def prefixes(project, witnessed, snakemake):
    """Folder of each installed environment, by its name."""
    result = snakemake(project, "all", BRAIN, *TINY, *SDM, "--conda-create-envs-only")
    assert result.returncode == 0, result.stderr[-5000:]
    listed = snakemake(project, "all", BRAIN, *TINY, *SDM, "--list-conda-envs")
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    return {
        row[0].removeprefix("envs/").removesuffix(".yaml"): project / row[-1]
        for row in rows
        if row[0].startswith("envs/")
    }


@pytest.fixture(scope="module")
def conda_study(project, prefixes, snakemake):
    """Folder of the small study that ran in its environments."""
    result = snakemake(project, *TINY, *SDM, timeout_s=2400)
    assert result.returncode == 0, result.stderr[-5000:]
    return project


@pytest.fixture(scope="module")
def testimonies(conda_study, witnessed):
    """What each script's process of the study told of its imports."""
    told = [json.loads(path.read_text()) for path in witnessed.glob("*.json")]
    return [each for each in told if str(conda_study / ".snakemake/scripts") in each["program"]]


def scripts_of(environment):
    """Names of the rules that run in an environment."""
    return [name for name, text in study_rules(ROOT).items() if f"envs/{environment}.yaml" in text]


def imports_of(rule):
    """Modules that a rule's script and the library modules under it import, and these modules."""
    sources = library_sources(ROOT, f"{rule}.py")
    own = {str(path.relative_to(SCRIPTS).with_suffix("")).replace("/", ".") for path in sources}
    files = [SCRIPTS / f"{rule}.py", *sources]
    return set().union(*map(top_level_imports, files)) | own


def test_each_environment_of_the_rules_is_installed(prefixes):
    assert sorted(prefixes) == ENVIRONMENTS
    used = {name for name in ENVIRONMENTS for text in rules(ROOT).values() if f"/{name}.y" in text}
    assert used == set(ENVIRONMENTS)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_environments_contain_what_their_scripts_import(environment, prefixes, project):
    names = set().union(*map(imports_of, scripts_of(environment))) - OPTIONAL
    assert len(names) > 10
    python = prefixes[environment] / "bin" / "python"
    command = [python, "-I", "-c", LOOK, *sorted(names)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    for name, places in json.loads(done.stdout.splitlines()[-1]).items():
        own = project / "workflow_scripts" if "contrast2map" in name else prefixes[environment]
        assert all(place.startswith(str(own)) for place in places), f"{name} is {places}"


def test_each_rule_of_the_study_reported_its_imports(testimonies, prefixes):
    told = {each["program"].rsplit(".", 2)[-2] for each in testimonies}
    # Not of this study: it has the truth, no second input set and nobody's new scans.
    untold = {"make_maps", "plot_input_sets", "tabulate_ablation", "plot_lesion_cases"}
    assert set(study_rules(ROOT)) - told == untold
    assert {each["prefix"] for each in testimonies} == {str(path) for path in prefixes.values()}
    assert sum("numpy" in each["inside"] for each in testimonies) > 20


def test_no_job_imports_a_package_of_the_callers_environment(testimonies):
    foreign = {tuple(row) for each in testimonies for row in each["foreign"]}
    packages = {name.split(".")[0] for file, name, _ in foreign if "site-packages" in file}
    assert not {row for row in foreign if "site-packages" not in row[0]}
    assert packages <= WELCOME, foreign


def test_a_package_that_an_environment_lacks_is_noticed(
    tmp_path, local_channel, witnessed, snakemake
):
    lacking = {"channels": [local_channel], "dependencies": [f"python={channel.PYTHON}"]}
    (tmp_path / "lacking.yaml").write_text(yaml.safe_dump(lacking))
    (tmp_path / "use.py").write_text("import jinja2\nopen(snakemake.output[0], 'w')\n")
    rule = 'rule use:\n    output: "used"\n    conda: "lacking.yaml"\n    script: "use.py"\n'
    (tmp_path / "Snakefile").write_text(rule)
    result = snakemake(tmp_path, "used", "--cores", "1", *SDM)
    assert result.returncode == 0, "Snakemake's own jinja2 stands in, silently"
    told = [json.loads(path.read_text()) for path in witnessed.glob("*.json")]
    (told,) = [each for each in told if str(tmp_path) in each["program"]]
    assert [name for _, name, _ in told["foreign"]] == ["jinja2"]


def test_the_study_ends_with_the_tables_of_the_local_run(study, conda_study):
    tables = sorted(path.name for path in (study / "results/tiny/tables").glob("*.csv"))
    assert len(tables) > 10
    for name in tables:
        ours, theirs = (
            list(csv.reader((each / "results/tiny/tables" / name).open()))
            for each in (study, conda_study)
        )
        assert ours == theirs, name
