"""A bundle without networks, for tests that only read it."""

import copy

from contrast2map.maps import bundle

RANGE = {"mean": 1.0, "sd": 0.01, "low": 0.99, "high": 1.01, "n": 3}


def summary(mean, sd=0.01):
    """A summary of `tissue_medians.summarise` around a mean."""
    return {"mean": mean, "sd": sd * mean, "low": mean * 0.99, "high": mean * 1.01, "n": 3}


INTENSITIES = {"wm": 0.95, "gm": 0.7, "csf": 0.3, "gm/wm": 0.74, "csf/wm": 0.32}
FACTS = {
    "study": "tiny",
    "simulated": True,
    "seed": 1,
    "inputs": ["mprage", "gre"],
    "target_contrast": "mprage",
    "quantities": ["T1", "T2"],
    "contrasts": [
        {"name": "mprage", "file": "sub-{subject}_T1w.nii.gz", "sequence": {"type": "mprage"}},
        {
            "name": "gre",
            "file": "sub-{subject}_gre.nii.gz",
            "sequence": {"type": "spoiled_gradient_echo"},
        },
    ],
    "tissues": {},
    "preprocessing": {
        "registration": {"interpolation": "linear", "sampling_share": 0.1},
        "brain_extraction": {"engine": "embedded", "fractional_intensity": 0.5},
        "tissue_segmentation": {"engine": "embedded"},
        "normalisation": {"method": "slice_p95", "map_scale_s": 3.0},
        "masks": {"csf_dilation_voxels": 1, "tissue_erosion_voxels": 1},
        "slices": {"minimum_brain_area_mm2": 100},
    },
    "quality": {},
    "prediction": {"precision": "auto", "maximum_deviation_ms": {"T1": 50, "T2": 10}},
    "n_folds": 2,
    "n_subjects": {"healthy": 2, "MS": 1},
    "sequences": {
        "mprage": {"TR_s": [1.9, 2.0], "TE_s": [0.003, 0.003], "TI_s": [0.9, 0.9]},
        "gre": {"TR_s": [0.003, 0.003]},
    },
    "voxel_mm": {"mprage": {"low": [1, 1, 1], "high": [1, 1, 1.2]}},
    "intensities": {
        name: {key: summary(mean) for key, mean in INTENSITIES.items()}
        for name in ("mprage", "gre")
    },
    "maps": {
        "T1": {"wm": summary(830), "gm": summary(1210), "csf": summary(2500)},
        "T2": {"wm": summary(70), "gm": summary(85), "csf": None},
    },
    "spread": {
        "T1": {"wm": summary(10), "gm": summary(12), "csf": summary(90)},
        "T2": {"wm": summary(1), "gm": summary(1.2), "csf": summary(9)},
    },
    "grid": {
        "voxel_mm": [1.0, 1.0, 1.0],
        "lowest_voxel_mm": [1.0, 1.0, 1.0],
        "highest_voxel_mm": [1.0, 1.0, 1.2],
        "shape": [40, 40, 30],
    },
    "pose": {
        "rotation": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "largest_angle_deg": 1.0,
        "levels_mm": [-30.0, 60.0],
    },
    "metrics": {"network": {"errors": [], "regions": []}},
}


def facts(**changes):
    """Facts of the bundle, some changed."""
    return copy.deepcopy(FACTS) | changes


def model(**changes):
    """The bundle as a Model, some facts changed."""
    return bundle.model_of(facts(**changes))


def write(folder, keras_version="3.5.1", **changes):
    """Write the bundle with two files in place of networks."""
    models = {}
    folder.parent.mkdir(exist_ok=True)
    for fold in ("fold_0", "fold_1"):
        models[fold] = folder.parent / f"{folder.name}_{fold}"
        models[fold].write_bytes(fold.encode())
    held_out = {"fold_0": {"01": "print of 01"}, "fold_1": {"02": "print of 02"}}
    bundle.write(folder, facts(**changes), models, held_out, "# card\n", keras_version)
    return folder
