"""Conda environments: Python, pip and FSL from conda, all else from the lock."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from importlib import metadata

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import conda
from pins import pinned_versions
from project import ROOT
from rule_files import environments_of, library_sources, rules, study_rules, top_level_imports
from small_studies import TINY

FOLDER = ROOT / "envs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
RENEW = runpy.run_path(str(FOLDER / "renew.py"))
# Packages whose name differs from the module's.
PACKAGES = {"skimage": "scikit-image", "PIL": "pillow", "yaml": "pyyaml", "ants": "antspyx"}
PACKAGES |= {"fsl": "fslpy", "sklearn": "scikit-learn"}
OPTIONAL = {"deepbet", "jax", "torch"}  # an engine and backends for those who install them


def installed_by(name):
    """Versions that an environment installs, by package name, of different Pythons."""
    return pinned_versions(FOLDER / f"{name}.post-deploy.sh")


@pytest.fixture
def project(tmp_path):
    """Folder with a copy of the environments and locks."""
    shutil.copytree(FOLDER, tmp_path / "envs")
    for path in ROOT.glob("requirements*.txt"):
        shutil.copy(path, tmp_path)
    return tmp_path


def renew(project):
    command = [sys.executable, project / "envs/renew.py"]
    return subprocess.run(command, capture_output=True, text=True)


def test_each_environment_is_used_by_a_rule_and_complete():
    used = {name for rule in rules(ROOT).values() for name in environments_of(rule)}
    assert used == set(NAMES)
    for suffix in (".in", ".post-deploy.sh"):
        assert {path.name.removesuffix(suffix) for path in FOLDER.glob(f"*{suffix}")} == used


@pytest.mark.parametrize("name", NAMES)
def test_conda_provides_python_pip_and_fsl_only(name):
    asked = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())["dependencies"]
    assert {"python=3.12", "pip"} <= set(asked)
    others = {entry for entry in asked if not entry.startswith("fsl-")} - {"python=3.12", "pip"}
    assert others == ({"bc"} if name == "fsl" else set())


def test_scripts_are_those_of_the_lock(project):
    result = renew(project)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_new_lock_renews_the_environments_that_use_the_package(project):
    lock = project / "requirements.txt"
    lock.write_text(lock.read_text().replace("\nrocrate==", "\nrocrate==99."))
    assert renew(project).stdout == "provenance.post-deploy.sh: renewed\n"
    assert "\nrocrate==99." in (project / "envs/provenance.post-deploy.sh").read_text()
    assert renew(project).stdout == ""


def test_a_package_that_the_lock_lacks_is_named(project):
    (project / "envs/images.in").write_text("numpy\nnumpie\n")
    result = renew(project)
    assert result.returncode != 0
    assert "numpie: not in requirements.txt" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", NAMES)
def test_each_requirement_is_the_locks_with_its_hashes(name):
    locks = ["requirements.txt", *(["requirements-cuda.txt"] if name == "cuda" else [])]
    lock = "\n".join((ROOT / each).read_text() for each in locks)
    text = (FOLDER / f"{name}.post-deploy.sh").read_text()
    begin, requirements, end = re.split(r"<< 'END'\n|(?<=\n)END\n", text)
    blocks = re.split(r"\n(?=[a-z0-9])", requirements.strip("\n"))
    assert len(blocks) > 10 and not end
    for block in blocks:
        assert f"{block}\n" in lock and "--hash=sha256:" in block, block
    for option in ("--require-hashes", "--no-deps", "--only-binary :all:"):
        assert option in begin


@pytest.mark.parametrize("name", NAMES)
def test_environments_contain_all_dependencies_of_their_packages(name):
    # According to the packages' own metadata; the scripts follow the lock's comments.
    installed = installed_by(name)
    n_checked = 0
    for package in installed.keys() & {canonicalize_name(d.name) for d in metadata.distributions()}:
        for line in metadata.requires(package) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed = canonicalize_name(requirement.name)
                assert needed in installed, f"{name} lacks {needed}, which {package} requires"
                n_checked += 1
    assert n_checked > 10


@pytest.mark.parametrize("rule", sorted(study_rules(ROOT)))
def test_environments_list_what_their_scripts_import(rule):
    imported = set(top_level_imports(ROOT / "workflow_scripts" / f"{rule}.py"))
    for source in library_sources(ROOT, f"{rule}.py"):
        imported |= top_level_imports(source)
    own = {"contrast2map", "markupsafe", "importlib"} | OPTIONAL  # markupsafe is part of jinja2
    needed = {PACKAGES.get(each, each) for each in imported - own}
    for environment in environments_of(study_rules(ROOT)[rule]):
        # Pillow comes with matplotlib and scikit-image.
        listed = {entry.partition("[")[0] for entry in RENEW["packages"](environment)}
        assert needed - {"pillow"} <= listed, environment
        assert needed <= installed_by(environment).keys(), environment


def test_the_environment_with_cuda_replaces_those_without():
    cuda, learning, maps = map(installed_by, ("cuda", "learning", "maps"))
    assert learning.items() <= cuda.items() and maps.items() <= cuda.items()
    libraries = {name for name in cuda if name.startswith("nvidia-")}
    assert {"nvidia-cudnn-cu12", "nvidia-cuda-runtime-cu12", "nvidia-cublas-cu12"} <= libraries
    assert cuda.keys() == learning.keys() | maps.keys() | libraries


@pytest.mark.parametrize(("chosen", "used"), [("none", "learning"), ("cuda", "cuda")])
def test_one_key_chooses_the_environment_with_cuda(
    chosen, used, copy_project, snakemake, tmp_path, monkeypatch
):
    conda.set_up(tmp_path / "root")
    monkeypatch.setenv("PATH", str(tmp_path / "root" / "bin"), prepend=os.pathsep)
    key = f"environments={{accelerator: {chosen}}}"
    options = ("--dry-run", *TINY, "--config", key, "--software-deployment-method", "conda")
    result = snakemake(copy_project("cuda"), "all", *options)
    assert result.returncode == 0, result.stderr[-3000:]
    created = set(re.findall(r"Conda environment envs/(\w+)\.yaml will be created", result.stdout))
    assert created & {"cuda", "learning"} == {used}


@pytest.mark.parametrize("name", NAMES)
def test_scripts_install_into_a_conda_environment_only(name):
    variables = {each: value for each, value in os.environ.items() if each != "CONDA_PREFIX"}
    script = FOLDER / f"{name}.post-deploy.sh"
    done = subprocess.run(["sh", script], env=variables, capture_output=True, text=True)
    assert done.returncode != 0 and "CONDA_PREFIX" in done.stderr
    assert subprocess.run(["sh", "-n", script]).returncode == 0
