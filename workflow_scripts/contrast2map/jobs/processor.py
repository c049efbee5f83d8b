"""Settings of processor and memory for processes that compute with networks."""

import ctypes
import os
import platform

# Threads of TensorFlow's two pools, of OpenMP and of other backends; all are read at import.
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
# TensorFlow enables oneDNN's kernels by default only on processors with AVX-512; with AVX2 alone
# they also halve the time of a training step (benchmarks/README.md).
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"

# Parameters of glibc's mallopt(3), and their values.
ARENA_MAX, MMAP_MAX, TRIM_THRESHOLD, TOP_PAD = -8, -4, -1, -2
LARGEST_LEFT, STEP = 2**30, 2**26  # bytes


def prepare(n_threads=None):
    """Configure this process for networks; call before TensorFlow, JAX or PyTorch is imported.

    Args:
        n_threads: Number of threads of each library, or None for its default. By default, parallel
            jobs would each start one thread per core.
    """
    os.environ.setdefault(ONEDNN, "1")
    if n_threads is not None:
        os.environ.update(dict.fromkeys(THREADS, str(n_threads)))
    keep_freed_memory()


def keep_freed_memory():
    """Keep freed memory in this process; call before the computing threads start.

    One arena for all threads, no separate mappings of large arrays, and nothing returned to the
    kernel below 1 GiB of free memory. Does nothing if the C library is not glibc.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    wanted = {ARENA_MAX: 1, MMAP_MAX: 0, TRIM_THRESHOLD: LARGEST_LEFT, TOP_PAD: STEP}
    for parameter, value in wanted.items():
        if not mallopt(parameter, value):
            raise OSError(f"mallopt({parameter}, {value}) was refused")
