"""File locks for runs, trainings and devices.

The kernel releases a lock when the process that holds it ends, however it ends.
"""

import contextlib
import fcntl
import os
import socket
import time
from pathlib import Path

SECONDS_BETWEEN_TRIES = 5


class NoLocks(OSError):
    """The file system does not support locks."""


def hold(path):
    """Lock a file; create it if necessary, and write the locking process into it.

    Args:
        path: File to lock.

    Returns:
        The open file, locked until it is closed; None if another process holds the lock.

    Raises:
        NoLocks: The file system does not support locks.
        OSError: The file cannot be written.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o666))
        os.chmod(path, 0o666)  # because other users share the devices
    file = open(path, "r+")  # noqa: SIM115 - stays open while it is locked
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


def wait_for(path, activity, report):
    """Lock a file as soon as no other process holds the lock.

    Args:
        path: File to lock.
        activity: Activity of the other process, for the reported line.
        report: Called once with a line if another process holds the lock.

    Returns:
        The locked file, or None if the file system does not support locks.

    Raises:
        OSError: The file cannot be written.
    """

    def reason():
        return f"{activity} ({Path(path).read_text().strip()}); waiting for it to end"

    try:
        return wait_for_one_of([path], reason, report)[1]
    except NoLocks:
        return None


def wait_for_one_of(paths, reason, report):
    """Lock one of several files as soon as one is free.

    Args:
        paths: Files, one of which is locked.
        reason: Function that returns the line to report.
        report: Called once with that line if other processes hold all locks.

    Returns:
        Path of the locked file, and the open file.

    Raises:
        NoLocks: The file system does not support locks.
        OSError: A file cannot be written.
    """
    reported = False
    while True:
        for path in paths:
            held = hold(path)
            if held:
                return path, held
        if not reported:
            report(reason())
            reported = True
        time.sleep(SECONDS_BETWEEN_TRIES)
