"""Snakemake on the tiny studies of the tests."""

import os
import sys
from pathlib import Path

# A training a core, as in `make demo`: networks this thin gain nothing from a second thread.
THREADS = ("--set-threads", "train_unet=1", "predict_maps=1")
TINY = ("--cores", "2", *THREADS, "--configfile", "tests/config/tiny.yaml")


def command(*arguments):
    """Snakemake of the running Python, whatever the PATH."""
    return [sys.executable, "-m", "snakemake", *map(str, arguments)]


def environment():
    """The caller's environment, with the running Python's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path}
