"""Freed memory stays with the process: page faults of a process that allocates in a thread."""

import platform
import subprocess
import sys

import pytest

from contrast2map.jobs import processor

# A thread that allocates and frees 40 arrays of 8 MB, each written to; prints its page faults.
PROGRAM = """
import resource, sys, threading
import numpy as np
from contrast2map.jobs import processor

if sys.argv[1] == "keep":
    processor.keep_freed_memory()

def work():
    global n_faults
    np.ones(2**20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(40):
        np.ones(2**20)
    n_faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

thread = threading.Thread(target=work)
thread.start()
thread.join()
print(n_faults)
"""


def faults(how):
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")
def test_freed_memory_is_used_again_without_page_faults():
    assert faults("keep") < 0.2 * faults("free")


def test_nothing_is_done_with_another_c_library(monkeypatch):

    monkeypatch.setattr(processor.platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(processor.ctypes, "CDLL", None)
    processor.keep_freed_memory()
