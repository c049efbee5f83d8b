"""How many threads a library that computes may start."""

import os

# TensorFlow's two pools, and what OpenMP and other backends read. All are read once, at import.
VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")


def limit(n_threads):
    """Let libraries that are imported from now on compute on some threads only.

    Jobs that run side by side would otherwise each start one a core.
    """
    os.environ.update(dict.fromkeys(VARIABLES, str(n_threads)))
