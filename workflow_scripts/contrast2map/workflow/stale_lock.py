"""Snakemake's lock of a folder, left behind by a run that was killed."""

import shutil
from pathlib import Path

from contrast2map.jobs import locks


def clear(folder):
    """Remove Snakemake's lock of a folder unless a run of this study is alive in it.

    A run holds a lock of its own, which the kernel releases with the process. A run that gets this
    lock knows that Snakemake's lock, if present, is left over from a run that was killed.

    Args:
        folder: Snakemake's working directory.

    Returns:
        The held file, to be kept open until the run ends. None if another run is alive or the file
        system does not support locks; Snakemake's lock then stays.
    """
    state = Path(folder) / ".snakemake"
    state.mkdir(exist_ok=True)
    try:
        held = locks.hold(state / "contrast2map.lock")
    except OSError:
        return None
    if held:
        shutil.rmtree(state / "locks", ignore_errors=True)
    return held
