"""Redirect a script's output to its log file."""

import logging
import os
import sys


def send_to(path_to_log):
    """Send all output of this process, including that of C++ libraries, to a log file.

    The file descriptors are redirected (`os.dup2`), because TensorFlow and ITK bypass `sys.stderr`.

    Args:
        path_to_log: File to create.

    Returns:
        Text stream to the original standard error, for live progress.
    """
    terminal = _stream(sys.stderr.fileno())
    log = os.open(path_to_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr, force=True
    )
    return terminal


def silence_libraries():
    """Keep output of C++ libraries (TensorFlow, ITK) off the terminal.

    Their file descriptors are redirected to the null device; `print` and tracebacks still reach the
    terminal.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        stream.flush()
        number = stream.fileno()
        setattr(sys, name, _stream(number))
        os.dup2(nowhere, number)
    os.close(nowhere)


def _stream(number):
    """Text stream to a copy of a file descriptor; it prints file names that are not UTF-8, too."""
    return os.fdopen(os.dup(number), "w", buffering=1, errors="backslashreplace")


def progress(terminal, name):
    """Make a function that writes a line of progress to the terminal and the log.

    Args:
        terminal: Stream that `send_to` returned.
        name: Prefix of each line.
    """

    def report(line):
        terminal.write(f"{name}: {line}\n")
        logging.getLogger(name).info(line)

    return report
