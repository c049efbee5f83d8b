"""A simulated head of 256 x 256 x 160 voxels at 1 mm for full-size benchmarks, simulated once."""

from pathlib import Path

import numpy as np
import yaml

from contrast2map.anatomy import heads
from contrast2map.imaging import grids
from contrast2map.simulation import visit
from contrast2map.simulation.settings import Simulation
from contrast2map.study import seeds

MATRIX, VOXEL_MM = [256, 256, 160], [1.0, 1.0, 1.0]
CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"


def simulate(folder):
    """Simulate the scans of the head in a folder; return dict mapping contrast to path."""
    folder.mkdir(exist_ok=True)
    config = yaml.safe_load(CONFIG.read_text())
    paths = {each["name"]: folder / f"{each['name']}.nii.gz" for each in config["contrasts"]}
    if all(path.exists() for path in paths.values()):
        return paths
    simulation = Simulation.from_config(config["simulation"])
    anatomy, scan = simulation.anatomy, simulation.scan
    edge = 1.5
    shape = heads.grid_shape(MATRIX, VOXEL_MM, edge)
    head = heads.draw_icbm152_head(
        seeds.generator(1, "anatomy", "big"),
        shape,
        grids.centred_affine(shape, [edge] * 3),
        size_sd=anatomy.size_sd,
        displacement_sd_mm=anatomy.displacement_sd_mm,
        displacement_smoothness_mm=anatomy.displacement_smoothness_mm,
        fraction_sharpness=anatomy.fraction_sharpness,
    )
    lesion_label = np.zeros(shape, np.uint8)
    sample = visit.prepare_sample(
        seeds.generator(1, "sample", "big"),
        head,
        lesion_label,
        tissues=simulation.tissues,
        between_tissue_correlation=simulation.between_tissue_correlation,
        texture=simulation.texture,
        transmit_field=scan.transmit_field,
    )
    moved = moves()
    for each in config["contrasts"]:
        name = each["name"]
        image = visit.scan_contrast(
            seeds.generator(1, "scan", name),
            sample,
            np.ones(shape, np.float32),
            each["sequence"],
            snr=scan.snr[name],
            grid=grids.CentredGrid(MATRIX, VOXEL_MM),
            head_to_scan=moved[name],
            gain_sd=scan.gain.sd,
        )
        grids.save_centred(image, VOXEL_MM, paths[name])
    return paths


def moves():
    """Dict mapping contrast to the movement of the head in its scan, see `visit.draw_moves`."""
    config = yaml.safe_load(CONFIG.read_text())
    names = [each["name"] for each in config["contrasts"]]
    movement = Simulation.from_config(config["simulation"]).scan.movement
    return visit.draw_moves(1, "big", names, config["target_contrast"], movement)
