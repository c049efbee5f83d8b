"""Snakemake on the tiny studies of the tests."""

import os
import sys
from pathlib import Path

# A training a core, as in `make demo`: networks this thin gain nothing from a second thread.
THREADS = ("--set-threads", "train_unet=1", "predict_maps=1")
NETWORKS = ("network_mprage+gre+flair_seed-1", "network_mprage+gre+flair_seed-2")
TINY = ("--cores", "2", *THREADS, "--configfile", "tests/config/tiny.yaml")
# What other tests of the same process may have set for their own networks.
OF_OTHER_TESTS = ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS")


def command(*arguments):
    """Snakemake of the running Python, whatever the PATH."""
    return [sys.executable, "-m", "snakemake", *map(str, arguments)]


def environment():
    """The caller's environment, with the running Python's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name not in OF_OTHER_TESTS}
    return kept | {"PATH": path}


def require_same_tables(one, other, but=()):
    """Fail unless two folders of the tiny study have the same tables, except those named."""
    tables = sorted(path.name for path in (one / "results/tiny/tables").glob("*.csv"))
    assert len(tables) > 10
    for name in tables:
        if name in ("run_time.csv", *but):  # no two runs take the same time
            continue
        ours, theirs = (each / "results/tiny/tables" / name for each in (one, other))
        assert ours.read_text() == theirs.read_text(), name
