"""How a process that computes with networks uses the processor and the memory."""

import ctypes
import os
import platform

# TensorFlow's two pools, and what OpenMP and other backends read. All are read once, at import.
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
# TensorFlow turns oneDNN's kernels on by itself only where a processor has AVX-512; with AVX2 alone
# they halve the time of a training step as well (benchmarks/README.md).
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"

# Parameters of glibc's mallopt(3) and what is asked of each.
ARENA_MAX, MMAP_MAX, TRIM_THRESHOLD, TOP_PAD = -8, -4, -1, -2
LARGEST_LEFT, STEP = 2**30, 2**26  # bytes


def prepare(n_threads=None):
    """Settle this process for networks; before TensorFlow, JAX or PyTorch is imported.

    Args:
        n_threads: Threads that a library may compute on, or None: its own choice. Jobs that run
            side by side would otherwise each start one a core.
    """
    os.environ.setdefault(ONEDNN, "1")
    if n_threads is not None:
        os.environ.update(dict.fromkeys(THREADS, str(n_threads)))
    keep_freed_memory()


def keep_freed_memory():
    """Let this process keep what it frees; before the threads that compute are started.

    One arena for all threads, no mappings of single arrays, nothing given back below 1 GiB of free
    memory at the end. Does nothing where the C library is not glibc.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    wanted = {ARENA_MAX: 1, MMAP_MAX: 0, TRIM_THRESHOLD: LARGEST_LEFT, TOP_PAD: STEP}
    for parameter, value in wanted.items():
        if not mallopt(parameter, value):
            raise OSError(f"mallopt({parameter}, {value}) was refused")
