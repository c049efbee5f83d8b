"""The container: built on a Debian of this machine's mirror, run as an ordinary user, read-only.

Needs root, podman, runc and mmdebstrap, a package index and 8 GB. Not shown: the base image that
envs/Dockerfile names, which has Python 3.12 in place of Debian's 3.11; CUDA; other container tools.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy as np
import pytest

from project import ROOT
from small_studies import TINY, require_same_tables

IMAGE = "localhost/contrast2map-test"
BASE = "localhost/contrast2map-test-base"
USER = 12345  # of no account, neither here nor in the image
MISSING = [name for name in ("podman", "runc", "mmdebstrap") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING) or os.getuid() != 0, reason=f"needs root and {', '.join(MISSING) or 'nothing'}"
)


@pytest.fixture(scope="module")
def podman(tmp_path_factory):
    """Function that runs podman and returns the finished process."""
    # A container may not raise the limits of the process that starts it.
    limits = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    kept = {name: min(20000, resource.getrlimit(limit)[1]) for name, limit in limits.items()}
    ulimits = ", ".join(f'"{name}={value}:{value}"' for name, value in kept.items())
    settings = tmp_path_factory.mktemp("podman") / "containers.conf"
    settings.write_text(
        f'[containers]\ndefault_ulimits = [{ulimits}]\nnetns = "host"\n[engine]\nruntime = "runc"\n'
    )
    variables = os.environ | {"CONTAINERS_CONF": str(settings)}

    def run(*arguments, **options):
        command = ["podman", *map(str, arguments)]
        return subprocess.run(command, env=variables, capture_output=True, text=True, **options)

    return run


@pytest.fixture(scope="module")
def image(podman, tmp_path_factory):
    """Name of the image, built from nothing; it goes when the tests end."""
    archive = tmp_path_factory.mktemp("base") / "base.tar"
    packages = "ca-certificates,libstdc++6,python3,python3-venv"
    command = ["mmdebstrap", "--variant=minbase", f"--include={packages}", "bookworm", archive]
    subprocess.run(command, check=True, capture_output=True)
    made = podman("import", archive, BASE)
    assert made.returncode == 0, made.stderr
    archive.unlink()
    mounts = [word for path in pip_paths() for word in ("--volume", f"{path}:{path}:ro")]
    built = podman(
        "build", *mounts, "--build-arg", f"BASE={BASE}", "--tag", IMAGE, "--file",
        ROOT / "envs/Dockerfile", ROOT,
    )  # fmt: skip
    assert built.returncode == 0, (built.stdout + built.stderr)[-5000:]
    size = podman("image", "inspect", "--format", "{{.Size}}", IMAGE).stdout
    print(f"image: {int(size) / 1e6:.0f} MB")
    yield IMAGE
    podman("rmi", IMAGE, BASE)


def pip_paths():
    """Files and folders on which pip's configuration on this machine depends."""
    shown = subprocess.check_output([sys.executable, "-m", "pip", "config", "debug"], text=True)
    listed = re.findall(r"^\s*(/\S+), exists: True", shown, re.MULTILINE)
    values = subprocess.check_output([sys.executable, "-m", "pip", "config", "list"], text=True)
    words = re.findall(r"(?<![\w:/])(?:file://)?(/[^\s']+)", values)
    paths = {Path(each) for each in [*listed, *words]}
    # Mount whole folders of certificates, and a local index with its files.
    paths = {
        path.parent if "certs" in path.parts or path.name == "simple" else path for path in paths
    }
    return sorted(path for path in paths if path.exists())


@pytest.fixture
def run(podman, image, tmp_path):
    """Function that runs a command of the container in `tmp_path`, as an ordinary user."""
    os.chown(tmp_path, USER, USER)

    def run_in_container(*arguments, **options):
        return podman(
            "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--user", f"{USER}:{USER}",
            "--network", "none", "--volume", f"{tmp_path}:/study", image, *arguments, **options,
        )  # fmt: skip

    return run_in_container


def test_the_study_ends_with_the_tables_of_the_local_run(run, study, tmp_path):
    shutil.copy(ROOT / "tests/config/tiny.yaml", tmp_path)
    options = list(TINY)
    options[options.index("tests/config/tiny.yaml")] = "tiny.yaml"
    result = run("study", *options)
    assert result.returncode == 0, result.stderr[-5000:]
    assert (tmp_path / "results/tiny/report/index.html").is_file()
    require_same_tables(study, tmp_path)


def test_maps_of_one_head(run, study, tmp_path):
    cohort = study / "results/tiny/cohort"
    shutil.copy(cohort / "sub-01/anat/sub-01_acq-mprage_T1w.nii.gz", tmp_path / "scan.nii.gz")
    shutil.copy(cohort / "acq-mprage_T1w.json", tmp_path / "scan.json")
    result = run("maps", "--t1w", "scan.nii.gz", "--output", "out")
    # The verdict on a head of 4 mm may be a failure; it has its own exit code.
    assert result.returncode in (0, 1), result.stderr[-5000:]
    written = (tmp_path / "out").rglob("*_T1map.nii.gz")
    (path,) = (each for each in written if "_desc-" not in each.name)
    assert np.isfinite(nibabel.load(path).get_fdata()).any()
    assert os.stat(path).st_uid == USER


def test_an_unknown_command_ends_in_one_line(run):
    result = run("map")
    assert result.returncode != 0 and "map" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
