"""Remove Snakemake's lock of a folder if a killed run left it behind."""

import shutil
from pathlib import Path

from contrast2map.jobs import locks


def clear(folder):
    """Remove Snakemake's lock of a folder unless another run of the study is active there.

    Each run also holds a lock of its own, which the kernel releases when the process ends. If a run
    obtains this lock, any lock of Snakemake must come from a run that was killed.

    Args:
        folder: Snakemake's working directory.

    Returns:
        The locked file, to be kept open until the run ends. None if another run is active or the
        file system does not support locks; Snakemake's lock then stays.
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
