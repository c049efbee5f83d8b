"""The small study in its conda environments, each built from nothing by a stand-in for conda.

Python 3.12 and pip are of this machine; all else comes from the lock and needs a package index. Not
shown: conda itself, its Python, and FSL's packages, which are left out.
"""

import json
import os
import shutil
import subprocess

import pytest

import conda
from project import ROOT
from rule_files import environments_of, library_sources, rules, study_rules, top_level_imports
from small_studies import TINY, require_same_tables

# The one with CUDA takes GB more; only CONTRAST2MAP_TEST_CUDA=1 builds it.
CUDA = "cuda"
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "envs").glob("*.yaml") if path.stem != CUDA)
SCRIPTS = ROOT / "workflow_scripts"
LIMIT_S = 3 * 3600  # of a busy machine
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
def witnessed(folder):
    """Folder where each process of an environment tells its imports; `conda` is on the PATH.

    A package in the user's own folder would break each job that imports it.
    """
    if conda.find_python() is None:
        pytest.skip(f"no Python {conda.PYTHON}")
    conda.set_up(folder / "root")
    (folder / "imports").mkdir()
    of_user = folder / "user" / "lib" / f"python{conda.PYTHON}" / "site-packages"
    of_user.mkdir(parents=True)
    (of_user / "numpy.py").write_text("raise ImportError('numpy of the user')")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder / "root" / "bin"), prepend=":")
        patch.setenv("IMPORT_WITNESS", str(folder / "imports"))
        patch.setenv("PYTHONUSERBASE", str(folder / "user"))
        yield folder / "imports"


@pytest.fixture(scope="module")
def project(copy_project):
    """Folder of a copy of the project; what is large in it goes when the tests end."""
    copy = copy_project("conda-project")
    yield copy
    shutil.rmtree(copy / ".snakemake")


@pytest.fixture(scope="module")
def prefixes(project, witnessed, snakemake):
    """Folder of each installed environment, by its name."""
    result = snakemake(
        project, "all", BRAIN, *TINY, *SDM, "--conda-create-envs-only", timeout_s=LIMIT_S
    )
    assert result.returncode == 0, result.stderr[-5000:]
    listed = snakemake(project, "all", BRAIN, *TINY, *SDM, "--list-conda-envs")
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    found = {
        row[0].removeprefix("envs/").removesuffix(".yaml"): project / row[-1]
        for row in rows
        if row[0].startswith("envs/")
    }
    for name, prefix in found.items():
        report(name, prefix)
    return found


def report(name, prefix):
    """Print how long an environment took to build, and its size (`pytest -s` shows it)."""
    begun, done = (
        prefix.with_name(f"{prefix.name}.{suffix}").stat().st_mtime
        for suffix in ("yaml", "env_setup_done")
    )
    size = sum(path.lstat().st_size for path in prefix.rglob("*"))
    print(f"{name}: {done - begun:.0f} s, {size / 1e6:.0f} MB")


@pytest.fixture(scope="module")
def conda_study(project, prefixes, snakemake):
    """Folder of the small study that ran in its environments."""
    result = snakemake(project, *TINY, *SDM, timeout_s=LIMIT_S)
    assert result.returncode == 0, result.stderr[-5000:]
    return project


@pytest.fixture(scope="module")
def testimonies(conda_study, witnessed):
    """What each script's process of the study told of its imports."""
    told = [json.loads(path.read_text()) for path in witnessed.glob("*.json")]
    return [each for each in told if str(conda_study / ".snakemake/scripts") in each["program"]]


def scripts_of(environment):
    """Names of the rules that run in an environment."""
    return [
        name for name, text in study_rules(ROOT).items() if environment in environments_of(text)
    ]


def imports_of(rule):
    """Modules that a rule's script and the library modules under it import, and these modules."""
    sources = library_sources(ROOT, f"{rule}.py")
    own = {str(path.relative_to(SCRIPTS).with_suffix("")).replace("/", ".") for path in sources}
    files = [SCRIPTS / f"{rule}.py", *sources]
    return set().union(*map(top_level_imports, files)) | own


def test_each_environment_of_the_rules_is_installed(prefixes):
    assert sorted(prefixes) == ENVIRONMENTS
    assert {environments_of(text)[0] for text in rules(ROOT).values()} == set(ENVIRONMENTS)


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
    # Not of this study: it has no second input set, turned head, new scans or network to train
    # for any protocol.
    untold = {"make_maps", "plot_input_sets", "tabulate_ablation", "plot_lesion_cases"}
    untold |= {"repair_orientation", "train_any_protocol", "calibrate_any_protocol"}
    assert set(study_rules(ROOT)) - told == untold
    assert {each["prefix"] for each in testimonies} == {str(path) for path in prefixes.values()}
    assert sum("numpy" in each["inside"] for each in testimonies) > 20


def test_no_job_imports_a_package_of_the_callers_environment(testimonies):
    foreign = {tuple(row) for each in testimonies for row in each["foreign"]}
    packages = {name.split(".")[0] for file, name, _ in foreign if "site-packages" in file}
    assert not {row for row in foreign if "site-packages" not in row[0]}
    assert packages <= WELCOME, foreign


def test_a_package_that_an_environment_lacks_is_noticed(tmp_path, witnessed, snakemake):
    lacking = f"channels: [conda-forge]\ndependencies: [python={conda.PYTHON}, pip]\n"
    (tmp_path / "lacking.yaml").write_text(lacking)
    (tmp_path / "use.py").write_text("import jinja2\nopen(snakemake.output[0], 'w')\n")
    rule = 'rule use:\n    output: "used"\n    conda: "lacking.yaml"\n    script: "use.py"\n'
    (tmp_path / "Snakefile").write_text(rule)
    result = snakemake(tmp_path, "used", "--cores", "1", *SDM)
    assert result.returncode == 0, "Snakemake's own jinja2 stands in, silently"
    told = [json.loads(path.read_text()) for path in witnessed.glob("*.json")]
    scripts = str(tmp_path / ".snakemake/scripts")
    (told,) = [each for each in told if each["program"].startswith(scripts)]
    assert [name for _, name, _ in told["foreign"]] == ["jinja2"]


def test_a_wheel_that_differs_from_the_lock_is_refused(tmp_path, witnessed):
    text = (ROOT / "envs" / "provenance.post-deploy.sh").read_text()
    requirement = next(line for line in text.split("\n") if line.startswith("idna=="))
    wrong = f"{requirement}\n    --hash=sha256:{64 * '0'}\nEND\n"
    script = tmp_path / "wrong.sh"
    script.write_text(text.partition("arcp==")[0] + wrong)
    prefix = tmp_path / "prefix"
    conda.create([f"python={conda.PYTHON}", "pip"], prefix)
    variables = os.environ | {"CONDA_PREFIX": str(prefix)}
    done = subprocess.run(["sh", script], env=variables, capture_output=True, text=True)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr and "idna" in done.stderr
    assert not list(prefix.glob("lib/python*/site-packages/idna"))


def test_the_study_ends_with_the_tables_of_the_local_run(study, conda_study):
    require_same_tables(study, conda_study)


LOAD = """
import ctypes, importlib.metadata, json, pathlib, sys
import tensorflow as tf
nvidia = pathlib.Path(sys.prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}")
nvidia = nvidia / "site-packages" / "nvidia"
libraries = sorted(nvidia.glob("*/lib/*.so.*"))
for path in libraries:
    try:
        ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        assert "libcuda.so" in str(error), error  # of the driver
versions = {name: importlib.metadata.version(f"nvidia-{name}-cu12")
            for name in ("cuda-runtime", "cudnn")}
print(json.dumps([dict(tf.sysconfig.get_build_info()), versions, len(libraries)]))
"""


@pytest.mark.skipif("CONTRAST2MAP_TEST_CUDA" not in os.environ, reason="no CONTRAST2MAP_TEST_CUDA")
def test_the_environment_with_cuda_has_the_libraries_that_tensorflow_was_built_for(
    project, prefixes, snakemake
):
    chosen = ("--config", "environments={accelerator: cuda}")
    result = snakemake(
        project, "all", *TINY, *chosen, *SDM, "--conda-create-envs-only", timeout_s=LIMIT_S
    )
    assert result.returncode == 0, result.stderr[-5000:]
    built = {path.with_suffix("") for path in (project / ".snakemake/conda").glob("*.yaml")}
    (prefix,) = built - set(prefixes.values())
    report(CUDA, prefix)
    done = subprocess.run(
        [prefix / "bin" / "python", "-I", "-c", LOAD], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    built, versions, n_libraries = json.loads(done.stdout.splitlines()[-1])
    assert built["is_cuda_build"] and n_libraries > 10
    assert versions["cuda-runtime"].split(".")[0] == built["cuda_version"].split(".")[0]
    assert versions["cudnn"].split(".")[0] == built["cudnn_version"]
