"""Which GPU a training gets, where several share a machine."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from contrast2map.jobs import locks

VISIBLE = "CUDA_VISIBLE_DEVICES"
# A scheduler has given the job its devices: Slurm, PBS, LSF, Grid Engine, HTCondor, Kubernetes.
SCHEDULERS = (
    "SLURM_JOB_ID",
    "PBS_JOBID",
    "LSB_JOBID",
    "SGE_TASK_ID",
    "_CONDOR_SLOT",
    "KUBERNETES_SERVICE_HOST",
)
# TensorFlow and JAX would each take the whole memory of a device at once.
SHARED_MEMORY = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
# What the backends call it when a device is full.
FULL = ("RESOURCE_EXHAUSTED", "ResourceExhausted", "OutOfMemory", "out of memory", "OOM when")


def claim(report, environment=os.environ):
    """Give this process one GPU of its own; before TensorFlow, JAX or PyTorch is imported.

    A device is held by a lock on a file; where all are held it waits for one. What a scheduler
    assigned stays as it is.

    Args:
        report: Called with a line where there is none free.
        environment: Environment variables to read and to set.

    Returns:
        The held file, to be kept open as long as the device is used, or None: there is no NVIDIA
        GPU, or a scheduler assigned it.
    """
    for name, value in SHARED_MEMORY.items():
        environment.setdefault(name, value)
    devices = _visible(environment)
    if not devices or any(name in environment for name in SCHEDULERS):
        return None
    folder = Path(tempfile.gettempdir())
    uuid_of = {folder / f"contrast2map-{uuid}.lock": uuid for uuid in devices.values()}
    taken = f"all GPUs are taken ({', '.join(devices)}); waiting for one"
    path, held = locks.wait_for_one_of(uuid_of, lambda: taken, report)
    environment[VISIBLE] = uuid_of[path]
    return held


@contextlib.contextmanager
def out_of_memory_named(settings):
    """Say which settings need memory where a device has too little.

    Args:
        settings: Dict of the names of settings to their values.

    Raises:
        MemoryError: One line, in place of what the backend raises.
    """
    try:
        yield
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        if not isinstance(error, MemoryError) and not any(word in text for word in FULL):
            raise
        known = ", ".join(f"{name} ({value})" for name, value in settings.items())
        raise MemoryError(f"out of memory: lower {known}") from error


def _visible(environment):
    """Dict of number to UUID of the NVIDIA GPUs that this process may see."""
    if not shutil.which("nvidia-smi", path=environment.get("PATH")):
        return {}
    listed = subprocess.run(
        ["nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        env=environment,
    )
    if listed.returncode:
        return {}
    devices = dict(line.replace(" ", "").split(",") for line in listed.stdout.splitlines() if line)
    chosen = environment.get(VISIBLE)
    if chosen is None:
        return devices
    names = chosen.replace(" ", "").split(",")
    return {n: uuid for n, uuid in devices.items() if n in names or uuid in names}
