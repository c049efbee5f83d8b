"""Time and peak memory of `maps` on one head of 256 x 256 x 160 voxels of 1 mm, by stage.

    python benchmarks/maps.py results/demo      # the model of a study
    python benchmarks/maps.py results/demo 48   # the same, with untrained networks of 48 filters

The head is simulated; its scans are made once and kept in the system's folder for temporary files.
"""

import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# In the place of this folder, whose coverage.py numba would take for the package of that name.
sys.path[0] = str(Path(__file__).parents[1] / "workflow_scripts")

import numpy as np  # noqa: E402
import yaml  # noqa: E402

from contrast2map import (  # noqa: E402
    bundle,
    grids,
    head_anatomy,
    images,
    map_measures,
    new_scans,
    seeds,
    stages,
    visit,
)
from contrast2map.prediction import predict_slices  # noqa: E402
from contrast2map.unet import UNetConfig, build_unet, load_unet  # noqa: E402

MATRIX, VOXEL_MM = [256, 256, 160], [1.0, 1.0, 1.0]
CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"
STEP_S = 0.05
MB = 2**20


def simulate(folder):
    """Scans of one head, made once; dict of contrast to path."""
    config = yaml.safe_load(CONFIG.read_text())
    paths = {each["name"]: folder / f"{each['name']}.nii.gz" for each in config["contrasts"]}
    if all(path.exists() for path in paths.values()):
        return paths
    simulation = config["simulation"]
    anatomy, scan = simulation["anatomy"], simulation["scan"]
    edge = 1.5
    shape = head_anatomy.grid_shape(MATRIX, VOXEL_MM, edge)
    head = head_anatomy.draw_icbm152_head(
        seeds.generator(1, "anatomy", "big"),
        shape,
        grids.centred_affine(shape, [edge] * 3),
        size_sd=anatomy["size_sd"],
        displacement_sd_mm=anatomy["displacement_sd_mm"],
        displacement_smoothness_mm=anatomy["displacement_smoothness_mm"],
        fraction_sharpness=anatomy["fraction_sharpness"],
    )
    lesion_label = np.zeros(shape, np.uint8)
    sample = visit.prepare_sample(
        seeds.generator(1, "sample", "big"), head, lesion_label, simulation
    )
    moves = visit.draw_moves(1, "big", list(paths), "mprage", scan["movement"])
    for each in config["contrasts"]:
        name = each["name"]
        image = visit.scan_contrast(
            seeds.generator(1, "scan", name),
            sample,
            np.ones(shape, np.float32),
            each["sequence"],
            scan["snr"][name],
            {"matrix": MATRIX, "voxel_mm": VOXEL_MM},
            moves[name],
        )
        grids.save_centred(image, VOXEL_MM, paths[name])
    return paths


class Memory(stages.Stages):
    """Stages that also keep the largest resident memory during each."""

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
    work = Path(tempfile.gettempdir()) / "contrast2map-benchmark"
    work.mkdir(exist_ok=True)
    paths = simulate(work)
    found = bundle.find(model)
    folder = max(found, key=lambda each: len(found[each]["inputs"]))
    facts = bundle.read(folder)
    facts = facts | {"grid": _own_grid()} if n_filters else facts
    started = time.monotonic()
    networks = {
        fold: _build(int(n_filters), facts) if n_filters else load_unet(folder / each["file"])
        for fold, each in facts["folds"].items()
    }
    print(f"load {len(networks)} networks: {time.monotonic() - started:.1f} s")
    stage = Memory(8, lambda line: print(line, flush=True))
    with stage("read the scans"):
        scans = {name: images.load(paths[name]) for name in bundle.scans_of(facts)}
    head = new_scans.make_maps(
        scans, facts, lambda fold, seen: predict_slices(networks[fold], seen), stage
    )
    with stage("measure"):
        map_measures.measure(head, facts)
    stage.stop.set()
    print("| stage | s | peak memory (MB) |\n| --- | --- | --- |")
    for number, (name, seconds) in enumerate(stage.seconds.items()):
        print(f"| {name} | {seconds:.1f} | {stage.peaks_mb.get(number, float('nan')):.0f} |")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"all: {sum(stage.seconds.values()):.1f} s, CPU {used.ru_utime + used.ru_stime:.0f} s, ")
    print(f"peak {used.ru_maxrss / 1024:.0f} MB; grid: {'own' if head.slab.own else 'working'}")


def _own_grid():
    """A training on this very grid: what the networks of the paper's size would read."""
    voxel = [float(edge) for edge in VOXEL_MM]
    names = ("voxel_mm", "lowest_voxel_mm", "highest_voxel_mm")
    return {name: voxel for name in names} | {"shape": MATRIX}


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
