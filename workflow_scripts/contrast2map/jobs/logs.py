"""Where the words of a script go."""

import logging
import os
import sys


def send_to(path_to_log):
    """Send everything that this process writes to a log file, C++ libraries included.

    The file descriptors themselves are redirected (`os.dup2`): TensorFlow and ITK write past
    `sys.stderr`. Progress lines meant for a person go to `terminal()`.

    Args:
        path_to_log: File to create.

    Returns:
        A text stream to where standard error led before, for live progress.
    """
    terminal = os.fdopen(os.dup(sys.stderr.fileno()), "w", buffering=1)
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
    """Keep what C++ libraries write past Python (TensorFlow, ITK) out of a person's terminal.

    `print` and tracebacks go where they went; the file descriptors lead nowhere.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        stream.flush()
        number = stream.fileno()
        setattr(sys, name, os.fdopen(os.dup(number), "w", buffering=1))
        os.dup2(nowhere, number)
    os.close(nowhere)


def progress(terminal, name):
    """A function that writes a line of progress to a terminal and to the log.

    Args:
        terminal: Stream that `send_to` returned.
        name: What each line begins with.
    """

    def report(line):
        terminal.write(f"{name}: {line}\n")
        logging.getLogger(name).info(line)

    return report
