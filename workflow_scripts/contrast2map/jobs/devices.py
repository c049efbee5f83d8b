"""Assign one GPU to each process that uses a network."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from contrast2map.jobs import locks

VISIBLE = "CUDA_VISIBLE_DEVICES"
# Environment variables of schedulers that assign devices: Slurm, PBS, LSF, Grid Engine, HTCondor,
# Kubernetes.
SCHEDULERS = (
    "SLURM_JOB_ID",
    "PBS_JOBID",
    "LSB_JOBID",
    "SGE_TASK_ID",
    "_CONDOR_SLOT",
    "KUBERNETES_SERVICE_HOST",
)
# By default TensorFlow and JAX each allocate the whole memory of a device.
SHARED_MEMORY = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
# Messages with which the backends report that a device has no free memory.
FULL = ("RESOURCE_EXHAUSTED", "ResourceExhausted", "OutOfMemory", "out of memory", "OOM when")


def claim(report, environment=os.environ):
    """Reserve one GPU for this process; call before TensorFlow, JAX or PyTorch is imported.

    A file lock reserves a GPU. If all GPUs are reserved, the process waits for one. If a scheduler
    has assigned GPUs, nothing is reserved.

    Args:
        report: Called with a line if no GPU is free.
        environment: Environment variables to read and to set.

    Returns:
        The locked file, to be kept open while the GPU is used. None if there is no NVIDIA GPU or a
        scheduler has assigned one.
    """
    for name, value in SHARED_MEMORY.items():
        environment.setdefault(name, value)
    devices = _visible(environment)
    if not devices or any(name in environment for name in SCHEDULERS):
        return None
    folder = Path(tempfile.gettempdir())
    uuid_of = {folder / f"contrast2map-{uuid}.lock": uuid for uuid in devices.values()}
    busy = f"all GPUs are in use ({', '.join(devices)}); waiting for one"
    path, held = locks.wait_for_one_of(uuid_of, lambda: busy, report)
    environment[VISIBLE] = uuid_of[path]
    return held


@contextlib.contextmanager
def out_of_memory_named(settings):
    """If memory runs out in the `with` block, name the settings that determine its use.

    Args:
        settings: Dict mapping the name of each setting to its value.

    Raises:
        MemoryError: One line that replaces the backend's error.
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
    """Dict mapping index to UUID of the NVIDIA GPUs visible to this process."""
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
