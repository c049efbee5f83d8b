"""Record the files that a computation reads, whatever its rule declares, and their SHA-256.

An audit hook (`sys.addaudithook`, event "open") sees each file that Python opens through `open`,
`os.open`, NumPy, nibabel or joblib. It does not see files opened by a C library or a child process.
No model of this study is fitted to files read that way; if one were, its training subjects would be
missing from the record, which `leakage.problems` reports.
"""

import contextlib
import csv
import hashlib
import os
import sys
from pathlib import Path

from contrast2map.study.subject_paths import SUBJECT_FOLDER, subject_of

COLUMNS = ("subject", "file", "sha256")
CODE = (".py", ".pyc", ".so")

_recorders = []  # active recorders; the hook is installed once and cannot be removed
_installed = []


class Recorder:
    """Files that were opened for reading.

    Attributes:
        folder: Absolute path of the folder whose files are recorded.
        paths: Set of recorded paths, relative to the folder for files below it.
    """

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.paths = set()

    def see(self, path):
        """Record a path if it is an existing data file in a subject's or the recorder's folder."""
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
        folder: Files below it are recorded, except programs and files in hidden folders. Files in
            subjects' folders (`sub-XX`) are recorded wherever they are.

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
    """List subject, name and hash of each recorded file.

    Args:
        recorder: Recorder of a block that has ended.

    Returns:
        List of dicts with `COLUMNS`, sorted by file; subject is empty for files outside subjects'
        folders.

    Raises:
        ValueError: No file was read, or a file no longer exists.
    """
    if not recorder.paths:
        raise ValueError("no file of the study was read, so nothing can have been learned")
    rows = []
    for name in sorted(recorder.paths):
        try:
            sha256 = file_sha256(os.path.join(recorder.folder, name))
        except FileNotFoundError as error:
            raise ValueError(
                f"{name} was read but no longer exists; its content cannot be verified"
            ) from error
        rows.append({"subject": _subject_or_nothing(name), "file": name, "sha256": sha256})
    return rows


def write_table(recorder, path):
    """Write the recorded files as a tab-separated table.

    Args:
        recorder: Recorder of a block that has ended.
        path: File to write.
    """
    write_rows(describe(recorder), path)


def write_rows(rows, path):
    """Write rows of `describe`, or none, as a tab-separated table."""
    with open(path, "w", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_table(path):
    """Read a table of `write_table` as a list of dicts."""
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
    """Whether the previous content of an opened file can be read."""
    if mode is None:  # os.open
        emptied = flags & os.O_TRUNC or (flags & os.O_CREAT and flags & os.O_EXCL)
        return not emptied and flags & os.O_ACCMODE != os.O_WRONLY
    return "r" in mode or ("a" in mode and "+" in mode)


def _is_below(path, folder):
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_program(path, own):
    """Whether a file below the folder is code, or part of a cache or an environment."""
    homes = {os.path.abspath(home) for home in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    hidden = any(part.startswith(".") or part == "__pycache__" for part in own.parts[:-1])
    return path.endswith(CODE) or hidden or any(_is_below(path, home) for home in homes)


def _subject_or_nothing(path):
    try:
        return subject_of(path)
    except ValueError:
        return ""
