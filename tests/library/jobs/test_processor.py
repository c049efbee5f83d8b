"""Threads and kernels of processes that compute with networks."""

import os
import subprocess
import sys

from contrast2map.jobs import processor

PROGRAM = """
import os, sys
from contrast2map.jobs import processor
processor.prepare(int(sys.argv[1]))
import tensorflow as tf
tf.linalg.matmul(tf.ones((900, 900)), tf.ones((900, 900)))
print(len(os.listdir("/proc/self/task")))
"""


def n_threads_of(limit, library):
    """Threads of a process that multiplied matrices with TensorFlow."""
    environment = {name: text for name, text in os.environ.items() if name not in processor.THREADS}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(limit)],
        env=environment | {"PYTHONPATH": str(library), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return int(result.stdout)


def test_tensorflow_starts_the_requested_number_of_threads(pytestconfig):
    library = pytestconfig.rootpath / "workflow_scripts"
    assert n_threads_of(7, library) - n_threads_of(1, library) >= 6


def test_onednn_is_enabled_unless_the_user_has_decided(monkeypatch):
    monkeypatch.delenv(processor.ONEDNN, raising=False)
    processor.prepare()
    assert os.environ[processor.ONEDNN] == "1"
    monkeypatch.setenv(processor.ONEDNN, "0")
    processor.prepare()
    assert os.environ[processor.ONEDNN] == "0"


def test_without_a_number_libraries_choose_their_threads(monkeypatch):
    for name in processor.THREADS:
        monkeypatch.delenv(name, raising=False)
    processor.prepare()
    assert not any(name in os.environ for name in processor.THREADS)
