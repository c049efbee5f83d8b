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
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

from contrast2map.jobs import processor

processor.prepare()  # as the command does, before TensorFlow is imported

import full_size_head

from contrast2map.imaging import images
from contrast2map.jobs import progress
from contrast2map.learning.prediction import Predictor
from contrast2map.learning.unet import UNetConfig, build_unet
from contrast2map.maps import bundle, command, measures, pipeline
from contrast2map.maps.model import Grid

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
    folder = max(found, key=lambda each: len(found[each].inputs))
    model = bundle.read(folder)
    started = time.monotonic()
    if n_filters:
        own_grid = replace(model.trained, grid=_own_grid())
        model = replace(model, trained=own_grid).with_networks(
            {
                fold: Predictor(_build(int(n_filters), model), model.precision)
                for fold in model.folds
            }
        )
    else:
        model = command.load_networks(model)
    print(f"load {len(model.networks)} networks: {time.monotonic() - started:.1f} s")
    stage = Memory(command.N_STAGES, lambda line: print(line, flush=True))
    with stage("read the scans"):
        scans = {name: images.load(paths[name]) for name in model.scans}
    head = pipeline.map_head(scans, model, stage)
    with stage("measure"):
        measures.measure(head, model)
    stage.stop.set()
    print("| stage | s | peak memory (MB) |\n| --- | --- | --- |")
    for number, (name, seconds) in enumerate(stage.seconds.items()):
        print(f"| {name} | {seconds:.1f} | {stage.peaks_mb.get(number, float('nan')):.0f} |")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"sum: {sum(stage.seconds.values()):.1f} s, CPU {used.ru_utime + used.ru_stime:.0f} s, ")
    print(f"peak {used.ru_maxrss / 1024:.0f} MB; grid: {'own' if head.slab.own else 'working'}")


def _own_grid():
    """The grid of a training on this head, so that the networks predict on its own grid."""
    voxel = [float(edge) for edge in full_size_head.VOXEL_MM]
    return Grid(voxel, voxel, voxel, full_size_head.MATRIX)


def _build(n_filters, model):
    config = UNetConfig(
        n_filters=n_filters,
        n_levels=4,
        n_convolutions=3,
        initialiser_sd=0.02,
        normalisation_momentum=0.99,
    )
    return build_unet(config, len(model.inputs), len(model.quantities), seed=1)


def _resident_mb():
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * resource.getpagesize() / MB


if __name__ == "__main__":
    main(*sys.argv[1:])
