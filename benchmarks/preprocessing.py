"""CPU and wall time of each preprocessing step for one subject of 256 x 256 x 160 voxels.

    python benchmarks/preprocessing.py

Prints a table. The head is simulated once; its scans are kept in the system's folder for temporary
files (`benchmarks/maps.py` uses them too).
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parents[1] / "workflow_scripts"))

import full_size_head
import nibabel as nib
import numpy as np
import yaml

from contrast2map.imaging import grids, images, movement
from contrast2map.preprocessing import normalisation, steps


class Clock:
    """Wall and CPU seconds of blocks, by name; child processes count."""

    def __init__(self):
        self.rows = {}

    def __call__(self, name, function, *arguments, **options):
        """Run a function and record its time."""
        before, started = os.times(), time.monotonic()
        result = function(*arguments, **options)
        cpu_s = sum(now - then for now, then in zip(os.times()[:4], before[:4], strict=True))
        self.rows[name] = (time.monotonic() - started, cpu_s)
        print(f"{name}: {self.rows[name][0]:.1f} s", file=sys.stderr, flush=True)
        return result


def main():
    """Print the table."""
    config = yaml.safe_load(full_size_head.CONFIG.read_text())
    settings, target = config["preprocessing"], config["target_contrast"]
    paths = full_size_head.simulate(Path(tempfile.gettempdir()) / "contrast2map-benchmark")
    clock = Clock()
    scans = clock("read", lambda: {name: images.load(path) for name, path in paths.items()})
    found = clock(
        "register",
        steps.register,
        scans,
        target,
        sampling_share=settings["registration"]["sampling_share"],
        seed=1,
    )
    scan = grids.to_canonical(scans[target])
    volumes = clock(
        "resample",
        lambda: {
            name: steps.resample(scans[name], found[name].matrix, scan, "linear") for name in scans
        },
    )
    extraction = clock("extract the brain", steps.extract, scan, **settings["brain_extraction"])
    brain = nib.Nifti1Image(images.values(extraction.mask), scan.affine)
    there = grids.to_slices(images.values(extraction.mask) > 0)
    clock(
        "normalise",
        lambda: [
            normalisation.normalise({"": grids.to_slices(volume)}, there, "slice_p95", "")
            for volume in volumes.values()
        ],
    )
    clock("segment tissue", steps.segment, scan, brain, **settings["tissue_segmentation"])
    clock("label structures", steps.label_structures, scan, brain, 1)
    print("| step | s | CPU s |\n| --- | --- | --- |")
    for name, (wall_s, cpu_s) in clock.rows.items():
        print(f"| {name} | {wall_s:.1f} | {cpu_s:.1f} |")
    total = np.sum(list(clock.rows.values()), axis=0)
    print(f"| total | {total[0]:.1f} | {total[1]:.1f} |")
    for name, move in full_size_head.moves().items():
        off_mm = movement.rms_displacement_mm(found[name].matrix, move, np.zeros(3))
        print(
            f"{name}: registered within {off_mm:.3f} mm (RMS over 50 mm) of the simulated movement"
        )


if __name__ == "__main__":
    main()
