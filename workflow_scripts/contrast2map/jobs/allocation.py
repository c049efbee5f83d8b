"""Keep the memory that large arrays leave, for the next ones.

TensorFlow allocates the tensors of a step anew in each step, in threads of its own. The C library
gives the memory of other threads than the first back to the kernel as soon as it is free; the
kernel then has to clear page after page again, tens of thousands a step. Measured on the demo's
network: 206 of 466 ms a step (benchmarks/README.md).
"""

import ctypes
import platform

# Parameters of glibc's mallopt(3) and what is asked of each.
ARENA_MAX, MMAP_MAX, TRIM_THRESHOLD, TOP_PAD = -8, -4, -1, -2
LARGEST_LEFT, STEP = 2**30, 2**26  # bytes


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
