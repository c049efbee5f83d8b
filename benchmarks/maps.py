"""Time and peak memory of `maps` for one head of 256 x 256 x 160 voxels at 1 mm, by stage.

    python benchmarks/maps.py results/demo      # the model of a study
    python benchmarks/maps.py results/demo 48   # the same, with untrained networks of 48 filters

The head is simulated once; its scans are kept in the system's folder for temporary files.
"""

import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

from contrast2map.jobs import processor

processor.prepare()  # as the command does, before TensorFlow is imported

import full_size_head

from contrast2map.imaging import images
from contrast2map.jobs import progress
from contrast2map.learning.prediction import Predictor
from contrast2map.learning.unet import UNetConfig, build_unet, load_unet
from contrast2map.maps import bundle, measures, pipeline

STEP_S = 0.05
MB = 2**20


class Memory(progress.Stages):
    """Stages that also record the peak resident memory of each stage."""

    def __init__(self, n_stages, report):
        super().__init__(n_stages, report)
        self.peaks_mb, self.stop = {}, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while not self.stop.wait(STEP_S):
            now = len(self.seconds)
            self.peaks_mb[now] = max(self.peaks_mb.get(now, 0), _resident_mb())


def main(model, n_filters=None):
    """Print the table."""
    paths = full_size_head.simulate(Path(tempfile.gettempdir()) / "contrast2map-benchmark")
    found = bundle.find(model)
    folder = max(found, key=lambda each: len(found[each]["inputs"]))
    facts = bundle.read(folder)
    facts = facts | {"grid": _own_grid()} if n_filters else facts
    started = time.monotonic()
    networks = {
        fold: Predictor(
            _build(int(n_filters), facts) if n_filters else load_unet(folder / each["file"]),
            facts["prediction"]["precision"],
        )
        for fold, each in facts["folds"].items()
    }
    print(f"load {len(networks)} networks: {time.monotonic() - started:.1f} s")
    stage = Memory(8, lambda line: print(line, flush=True))
    with stage("read the scans"):
        scans = {name: images.load(paths[name]) for name in bundle.scans_of(facts)}
    head = pipeline.map_head(scans, facts, lambda fold, seen: networks[fold](seen), stage)
    with stage("measure"):
        measures.measure(head, facts)
    stage.stop.set()
    print("| stage | s | peak memory (MB) |\n| --- | --- | --- |")
    for number, (name, seconds) in enumerate(stage.seconds.items()):
        print(f"| {name} | {seconds:.1f} | {stage.peaks_mb.get(number, float('nan')):.0f} |")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"sum: {sum(stage.seconds.values()):.1f} s, CPU {used.ru_utime + used.ru_stime:.0f} s, ")
    print(f"peak {used.ru_maxrss / 1024:.0f} MB; grid: {'own' if head.slab.own else 'working'}")


def _own_grid():
    """Facts of a training on this grid, so that the networks predict on the head's own grid."""
    voxel = [float(edge) for edge in full_size_head.VOXEL_MM]
    names = ("voxel_mm", "lowest_voxel_mm", "highest_voxel_mm")
    return {name: voxel for name in names} | {"shape": full_size_head.MATRIX}


def _build(n_filters, facts):
    config = UNetConfig(
        n_filters=n_filters,
        n_levels=4,
        n_convolutions=3,
        initialiser_sd=0.02,
        normalisation_momentum=0.99,
    )
    return build_unet(config, len(facts["inputs"]), len(facts["quantities"]), seed=1)


def _resident_mb():
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * resource.getpagesize() / MB


if __name__ == "__main__":
    main(*sys.argv[1:])
