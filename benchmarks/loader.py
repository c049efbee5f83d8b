"""Time to crop a batch of patches from memory and from a memory-mapped file.

    python benchmarks/loader.py

Prints a table for 300 slices of 256 x 256 voxels, batches of 16 patches of 160 x 128 voxels.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

import numpy as np

from contrast2map.learning import training_set
from contrast2map.learning.patches import Patches
from contrast2map.preprocessing import slices

N_SUBJECTS, N_SLICES, SIZE, PATCH, BATCH = 6, 50, 256, (160, 128), 16
CONTRASTS = ["mprage", "gre", "flair"]
N_ROUNDS = 5


def main():
    """Print the table."""
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in range(N_SUBJECTS):
            shape = (N_SLICES, SIZE, SIZE)
            paths.append(Path(folder) / f"{number}.npz")
            slices.Slices(
                inputs=rng.random((*shape, 3), dtype=np.float32),
                contrasts=CONTRASTS,
                maps=rng.random((*shape, 2), dtype=np.float32),
                quantities=["T1", "T2"],
                brain=np.ones(shape, bool),
                slice_indices=np.arange(N_SLICES),
            ).save(paths[-1])
        sources = {}
        print("| | load (s) | ms per batch (median of rounds) |\n| --- | --- | --- |")
        for name, memory_bytes in (("in memory", 2**40), ("mapped", 0)):
            started = time.process_time()
            found = training_set.load(paths, CONTRASTS, memory_bytes=memory_bytes, folder=folder)
            load_s = time.process_time() - started
            sources[name] = (load_s, Patches(*found, PATCH, BATCH, seed=1), [])
        for _ in range(N_ROUNDS):
            for _, patches, took_ms in sources.values():
                started = time.process_time()
                for index in range(len(patches)):
                    patches[index]
                took_ms.append(1000 * (time.process_time() - started) / len(patches))
        for name, (load_s, _, took_ms) in sources.items():
            print(f"| {name} | {load_s:.2f} | {np.median(took_ms):.2f} |")


if __name__ == "__main__":
    main()
