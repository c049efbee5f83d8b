"""Which files a computation really read, whatever its rule declares, and their SHA-256.

Python tells an audit hook of each file that it opens (`sys.addaudithook`, event "open"), whoever
opens it: `open`, `os.open`, NumPy, nibabel, joblib. What a C library opens by itself and what a
child process opens stays unseen; no fit of this study reads that way, and a fit that did would
lack its training subjects here (`leakage.problems` says so).
"""

import contextlib
import csv
import hashlib
import os
import sys
from pathlib import Path

from contrast2map.study.entities import SUBJECT_FOLDER, subject_of

COLUMNS = ("subject", "file", "sha256")
CODE = (".py", ".pyc", ".so")

_recorders = []  # those that are at work; the hook is installed once and can not be removed
_installed = []


class Recorder:
    """Files that were opened for reading.

    Attributes:
        folder: Absolute path of the folder whose files are recorded.
        paths: Set of files, as paths relative to the folder where they lie below it.
    """

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.paths = set()

    def see(self, path):
        """Record an existing file if it is data: below a subject's folder or the recorder's own."""
        path = os.path.abspath(path)
        is_own = _is_below(path, self.folder)
        named = Path(path).relative_to(self.folder) if is_own else Path(path)
        of_subject = any(SUBJECT_FOLDER.fullmatch(part) for part in named.parts[:-1])
        if (of_subject or (is_own and not _is_program(path, named))) and os.path.isfile(path):
            self.paths.add(str(named))


@contextlib.contextmanager
def recording(folder="."):
    """Record the files that are read inside the `with` block, in all threads.

    Args:
        folder: Files below it are recorded, programs and hidden folders excepted; and those of a
            subject's folder (`sub-XX`), wherever it lies.

    Yields:
        Recorder.
    """
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    recorder = Recorder(folder)
    _recorders.append(recorder)
    try:
        yield recorder
    finally:
        _recorders.remove(recorder)


def describe(recorder):
    """Subject, name and hash of each file that a recorder saw.

    Args:
        recorder: Recorder of a block that has ended.

    Returns:
        List of dicts with `COLUMNS`, sorted by file; the subject is empty where the file lies in no
        subject's folder.

    Raises:
        ValueError: Nothing was read, or a file is gone.
    """
    if not recorder.paths:
        raise ValueError("no file of the study was read, so nothing can have been learned from it")
    rows = []
    for name in sorted(recorder.paths):
        try:
            sha256 = file_sha256(os.path.join(recorder.folder, name))
        except FileNotFoundError as error:
            raise ValueError(f"{name} was read and is gone; it can not be accounted for") from error
        rows.append({"subject": _subject_or_nothing(name), "file": name, "sha256": sha256})
    return rows


def write_table(recorder, path):
    """Write what a recorder saw as a tab-separated table.

    Args:
        recorder: Recorder of a block that has ended.
        path: File to write.
    """
    rows = describe(recorder)
    with open(path, "w", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_table(path):
    """Read what `write_table` wrote, as a list of dicts."""
    with open(path, newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def file_sha256(path):
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hook(event, arguments):
    if event != "open" or not _recorders:
        return
    path, mode, flags = arguments
    if isinstance(path, str | bytes | os.PathLike) and _reads(mode, flags):
        for recorder in tuple(_recorders):
            recorder.see(os.fsdecode(path))


def _reads(mode, flags):
    """Whether an opened file can give what it held before."""
    if mode is None:  # os.open
        emptied = flags & os.O_TRUNC or (flags & os.O_CREAT and flags & os.O_EXCL)
        return not emptied and flags & os.O_ACCMODE != os.O_WRONLY
    return "r" in mode or ("a" in mode and "+" in mode)


def _is_below(path, folder):
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_program(path, own):
    """Whether a file below the folder is code, or a cache or an environment beside it."""
    homes = {os.path.abspath(home) for home in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    hidden = any(part.startswith(".") or part == "__pycache__" for part in own.parts[:-1])
    return path.endswith(CODE) or hidden or any(_is_below(path, home) for home in homes)


def _subject_or_nothing(path):
    try:
        return subject_of(path)
    except ValueError:
        return ""
