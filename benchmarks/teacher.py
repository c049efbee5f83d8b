"""CPU time of a batch of the teacher: 16 patches of 160 x 128 voxels.

    python benchmarks/teacher.py LABELS_FOLDER CACHE_FOLDER

LABELS_FOLDER holds the label maps of SynthSeg. Prints the median of rounds on one thread.
"""

import os
import statistics
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

N_ROUNDS, N_BATCHES = 5, 6


def main(labels_folder, cache_folder):
    """Print the CPU time per batch."""
    from contrast2map.teacher.settings import TeacherSettings
    from contrast2map.teacher.teacher import Teacher

    teacher = Teacher.of_labels(TeacherSettings(), labels_folder, 1, cache_folder)
    teacher.batch(0)
    rounds_s = []
    for number in range(N_ROUNDS):
        start_s = time.process_time()
        for step in range(N_BATCHES):
            teacher.batch(1 + number * N_BATCHES + step)
        rounds_s.append((time.process_time() - start_s) / N_BATCHES)
    low_s, high_s = min(rounds_s), max(rounds_s)
    print(f"{statistics.median(rounds_s):.2f} CPU s per batch ({low_s:.2f} to {high_s:.2f})")


if __name__ == "__main__":
    main(*sys.argv[1:])
