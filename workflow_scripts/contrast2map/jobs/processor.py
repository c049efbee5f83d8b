"""Processor and memory settings for processes that compute with networks."""

import ctypes
import os
import platform

# Numbers of threads of TensorFlow's two pools, OpenMP and other backends; all are read at import.
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
# TensorFlow enables oneDNN's kernels by default only on processors with AVX-512; with AVX2 alone
# they also halve the time of a training step (benchmarks/README.md).
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"

# Parameters of glibc's mallopt(3), and their values.
ARENA_MAX, MMAP_MAX, TRIM_THRESHOLD, TOP_PAD = -8, -4, -1, -2
LARGEST_LEFT, STEP = 2**30, 2**26  # in bytes: most free memory kept, size of heap extensions


def prepare(n_threads=None):
    """Configure this process for networks; call before TensorFlow, JAX or PyTorch is imported.

    Args:
        n_threads: Number of threads of each library; None for the default, with which each of
            several parallel jobs would start one thread per core.
    """
    os.environ.setdefault(ONEDNN, "1")
    if n_threads is not None:
        os.environ.update(dict.fromkeys(THREADS, str(n_threads)))
    keep_freed_memory()


def keep_freed_memory():
    """Keep freed memory in this process for reuse; call before the computing threads start.

    All threads share one arena, large arrays get no separate mappings, and up to 1 GiB of free
    memory is not returned to the kernel. Has no effect if the C library is not glibc.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    wanted = {ARENA_MAX: 1, MMAP_MAX: 0, TRIM_THRESHOLD: LARGEST_LEFT, TOP_PAD: STEP}
    for parameter, value in wanted.items():
        if not mallopt(parameter, value):
            raise OSError(f"mallopt({parameter}, {value}) was refused")
