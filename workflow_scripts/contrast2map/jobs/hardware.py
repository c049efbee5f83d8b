"""Describe the machine on which a process runs."""

import contextlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

LOGGED_AS = "hardware: "  # prefix of the line in a log
QUERY = ["nvidia-smi", "--query-gpu=index,uuid,name,memory.total,driver_version"]


def describe(environment=os.environ):
    """Describe processor, memory, GPUs and system of this machine.

    Args:
        environment: Environment variables; CUDA_VISIBLE_DEVICES selects the GPUs.

    Returns:
        Dict with text for "processor", "cores", "memory", "GPU", "system" and "Python".
    """
    available, present = len(os.sched_getaffinity(0)), os.cpu_count()
    return {
        "processor": processor_model(_text("/proc/cpuinfo")) or platform.machine(),
        "cores": f"{available}" if available == present else f"{available} of {present}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB",
        "GPU": "; ".join(gpus(_listed_gpus(environment), environment))
        or "none listed by nvidia-smi",
        "system": f"{platform.system()} {platform.release()}, {distribution()}",
        "Python": platform.python_version(),
    }


def in_a_line(hardware):
    """The result of `describe` as one line for a log."""
    return LOGGED_AS + " | ".join(f"{name}: {words}" for name, words in hardware.items())


def logged(log):
    """Read the last description that `in_a_line` wrote to a log.

    Args:
        log: Text of the log.

    Returns:
        Dict as returned by `describe`, or None if the log has no such line.
    """
    lines = [line for line in log.splitlines() if LOGGED_AS in line]
    if not lines:
        return None
    pairs = lines[-1].partition(LOGGED_AS)[2].split(" | ")
    return dict(pair.split(": ", 1) for pair in pairs)


def processor_model(cpuinfo):
    """Name of the processor model.

    Args:
        cpuinfo: Text of /proc/cpuinfo.

    Returns:
        Name of the model, or None if the text does not contain it.
    """
    for line in cpuinfo.splitlines():
        name, _, words = line.partition(":")
        if name.strip() == "model name" and words.strip():
            return words.strip()
    return None


def gpus(listed, environment):
    """Describe the GPUs that a process may use.

    Args:
        listed: CSV output of nvidia-smi: index, UUID, name, memory, driver.
        environment: Environment variables; CUDA_VISIBLE_DEVICES selects the GPUs.
    """
    chosen = environment.get("CUDA_VISIBLE_DEVICES")
    names = None if chosen is None else chosen.replace(" ", "").split(",")
    found = []
    for line in filter(None, listed.splitlines()):
        index, uuid, model, memory, driver = (cell.strip() for cell in line.split(","))
        if names is None or index in names or uuid in names:
            found.append(f"{model}, {memory}, driver {driver}")
    return found


def distribution():
    """Name and version of the Linux distribution."""
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return "distribution unknown"


def _listed_gpus(environment):
    if not shutil.which(QUERY[0], path=environment.get("PATH")):
        return ""
    listed = subprocess.run(
        [*QUERY, "--format=csv,noheader"], capture_output=True, text=True, env=dict(environment)
    )
    return "" if listed.returncode else listed.stdout


def _text(path):
    with contextlib.suppress(OSError):
        return Path(path).read_text()
    return ""
