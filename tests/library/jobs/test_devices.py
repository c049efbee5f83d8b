"""Each training gets one GPU; a program in place of nvidia-smi lists two."""

import os
import subprocess
import sys

import pytest

from contrast2map.jobs import devices, locks

UUIDS = {"0": "GPU-aaaa", "1": "GPU-bbbb"}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Environment of a machine with two GPUs and a separate folder for locks."""
    listing = "\n".join(f"{number}, {uuid}" for number, uuid in UUIDS.items())
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{listing}\nEND\n")
    program.chmod(0o755)
    monkeypatch.setattr(devices.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(locks, "SECONDS_BETWEEN_TRIES", 0.01)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}"}


def test_parallel_jobs_get_different_devices(machine):
    held, chosen = [], []
    for _ in UUIDS:
        environment = dict(machine)
        held.append(devices.claim(pytest.fail, environment))
        chosen.append(environment["CUDA_VISIBLE_DEVICES"])
    assert sorted(chosen) == sorted(UUIDS.values())
    for file in held:
        file.close()


def test_a_job_waits_for_a_device_and_reports_it(machine):
    first, second = (devices.claim(pytest.fail, dict(machine)) for _ in UUIDS)
    lines = []

    def report(line):
        lines.append(line)
        first.close()

    environment = dict(machine)
    third = devices.claim(report, environment)
    assert environment["CUDA_VISIBLE_DEVICES"] == UUIDS["0"]
    assert len(lines) == 1 and "(0, 1)" in lines[0] and "waiting" in lines[0]
    third.close()
    second.close()


def test_the_device_of_a_killed_process_is_free(machine, tmp_path):
    program = (
        "import sys, time; from contrast2map.jobs import devices;"
        f"devices.tempfile.gettempdir = lambda: {str(tmp_path)!r};"
        "held = devices.claim(print); print('held', flush=True); time.sleep(60)"
    )
    path = os.pathsep.join(sys.path)
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | machine | {"PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "held\n"
    assert locks.hold(tmp_path / f"contrast2map-{UUIDS['0']}.lock") is None
    child.kill()
    child.wait()
    locks.hold(tmp_path / f"contrast2map-{UUIDS['0']}.lock").close()


@pytest.mark.parametrize("visible", ["1", "GPU-bbbb"])
def test_only_visible_devices_are_reserved(machine, visible):
    environment = machine | {"CUDA_VISIBLE_DEVICES": visible}
    devices.claim(pytest.fail, environment).close()
    assert environment["CUDA_VISIBLE_DEVICES"] == "GPU-bbbb"


@pytest.mark.parametrize("visible", ["", "-1"])
def test_hidden_gpus_stay_hidden(machine, visible):
    environment = machine | {"CUDA_VISIBLE_DEVICES": visible}
    assert devices.claim(pytest.fail, environment) is None
    assert environment["CUDA_VISIBLE_DEVICES"] == visible


def test_the_assignment_of_a_scheduler_is_kept(machine):
    environment = machine | {"SLURM_JOB_ID": "12", "CUDA_VISIBLE_DEVICES": "0"}
    assert devices.claim(pytest.fail, environment) is None
    assert environment["CUDA_VISIBLE_DEVICES"] == "0"


def test_gpu_memory_is_allocated_on_demand(machine):
    environment = machine | {"XLA_PYTHON_CLIENT_PREALLOCATE": "true"}
    devices.claim(pytest.fail, environment).close()
    assert environment["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "true"  # set by the user


def test_a_machine_without_gpus_is_not_an_error(tmp_path):
    assert devices.claim(pytest.fail, {"PATH": str(tmp_path)}) is None


def test_a_driver_that_fails_means_no_gpu(machine, tmp_path):
    (tmp_path / "bin" / "nvidia-smi").write_text("#!/bin/sh\nexit 9\n")
    assert devices.claim(pytest.fail, machine) is None


SETTINGS = {"training.batch_size": 16, "unet.n_filters": 48}
WORDS = r"out of memory: lower training.batch_size \(16\), unet.n_filters \(48\)"


def test_an_error_about_a_full_device_names_the_settings_to_lower():
    tf = pytest.importorskip("tensorflow")
    with pytest.raises(MemoryError, match=WORDS), devices.out_of_memory_named(SETTINGS):
        tf.zeros([2**20, 2**20, 2**10])  # 4 EiB


def test_an_error_about_full_main_memory_also_names_the_settings():
    with pytest.raises(MemoryError, match=WORDS), devices.out_of_memory_named(SETTINGS):
        raise MemoryError


def test_any_other_error_is_unchanged():
    with pytest.raises(ValueError, match="shapes"), devices.out_of_memory_named(SETTINGS):
        raise ValueError("shapes do not fit")
