"""Recover from a run that was killed: remove the lock that it could not remove itself."""

import fcntl
import os
import shutil
from pathlib import Path


def clear_stale_lock(folder):
    """Remove Snakemake's lock of a folder if no run of this study is alive in it.

    A run holds a file lock for as long as its process lives; the kernel lets go of it however the
    process ends. Who gets it knows that Snakemake's own lock, if there is one, is left over.

    Args:
        folder: Snakemake's working directory.

    Returns:
        The held file: keep it open until the run ends. None if another run is alive.
    """
    state = Path(folder) / ".snakemake"
    state.mkdir(exist_ok=True)
    held = open(state / "contrast2map.lock", "w")  # noqa: SIM115 - open as long as the process lives
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another run holds it, or the file system has no locks: leave it to Snakemake
        held.close()
        return None
    shutil.rmtree(state / "locks", ignore_errors=True)
    held.write(f"{os.getpid()}\n")
    held.flush()
    return held
