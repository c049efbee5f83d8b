"""Locks on files: of a run, of a training, of a device.

A lock lives as long as the process that holds it: the kernel lets go of it however that ends.
"""

import contextlib
import fcntl
import os
import shutil
import socket
import time
from pathlib import Path

SECONDS_BETWEEN_LOOKS = 5


class NoLocks(OSError):
    """The file system has no locks."""


def hold(path):
    """Lock a file, which is made if there is none; its text says who holds it.

    Args:
        path: The file.

    Returns:
        The open file, held until it is closed; None if another process holds it.

    Raises:
        NoLocks: The file system has no locks.
        OSError: The file cannot be written.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o666))
        os.chmod(path, 0o666)  # a device is other people's too
    file = open(path, "r+")  # noqa: SIM115 - open as long as it is held
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except OSError as error:
        file.close()
        raise NoLocks(*error.args) from error
    file.truncate()
    file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
    file.flush()
    return file


def wait_for(path, what, report):
    """Lock a file, as soon as nobody else does.

    Args:
        path: The file.
        what: What the holder does, for the line that says who is waited for.
        report: Called with that line, once.

    Returns:
        The held file, or None: its file system has no locks.

    Raises:
        OSError: The file cannot be written.
    """

    def who():
        return f"{what} ({Path(path).read_text().strip()}); waits until that ends"

    try:
        return wait_for_one_of([path], who, report)[1]
    except NoLocks:
        return None


def wait_for_one_of(paths, who, report):
    """Lock one of some files, as soon as one is free.

    Args:
        paths: The files.
        who: Function that gives the line that says who is waited for.
        report: Called with that line, once.

    Returns:
        Path of the file that is held, and the held file.

    Raises:
        NoLocks: The file system has no locks.
        OSError: A file cannot be written.
    """
    said = False
    while True:
        for path in paths:
            held = hold(path)
            if held:
                return path, held
        if not said:
            report(who())
            said = True
        time.sleep(SECONDS_BETWEEN_LOOKS)


def clear_stale_lock(folder):
    """Remove Snakemake's lock of a folder if no run of this study is alive in it.

    Who gets the lock of a run knows that Snakemake's own lock, if there is one, is left over from
    a run that was killed.

    Args:
        folder: Snakemake's working directory.

    Returns:
        The held file: keep it open until the run ends. None if another run is alive, or the file
        system has no locks: then Snakemake's own stays.
    """
    state = Path(folder) / ".snakemake"
    state.mkdir(exist_ok=True)
    try:
        held = hold(state / "contrast2map.lock")
    except OSError:
        return None
    if held:
        shutil.rmtree(state / "locks", ignore_errors=True)
    return held
