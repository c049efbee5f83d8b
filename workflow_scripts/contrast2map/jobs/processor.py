"""How a process that computes with networks uses the processor and the memory."""

import os

from contrast2map.jobs import allocation

# TensorFlow's two pools, and what OpenMP and other backends read. All are read once, at import.
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
# TensorFlow turns oneDNN's kernels on by itself only where a processor has AVX-512; with AVX2 alone
# they halve the time of a training step as well (benchmarks/README.md).
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


def prepare(n_threads=None):
    """Settle this process for networks; before TensorFlow, JAX or PyTorch is imported.

    Args:
        n_threads: Threads that a library may compute on, or None: its own choice. Jobs that run
            side by side would otherwise each start one a core.
    """
    os.environ.setdefault(ONEDNN, "1")
    if n_threads is not None:
        os.environ.update(dict.fromkeys(THREADS, str(n_threads)))
    allocation.keep_freed_memory()
