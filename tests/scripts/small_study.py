"""The files of a study of two small heads and two untrained networks."""

import copy
import csv
import json
import shutil

import nibabel
import numpy as np

import bundle_model
import normalise_slices
import predict_maps
import register_scans
import segment_tissue
import simulate_subject
from contrast2map.bids import dataset
from contrast2map.simulation.settings import Simulation
from contrast2map.study import predictors

INPUTS = ["mprage", "gre"]
PREDICTOR = predictors.network("+".join(INPUTS), 1)
FOLDS = {"01": "fold_0", "02": "fold_1"}
QUANTITIES = ["T1", "T2"]
MATRIX, VOXEL_MM = [52, 60, 48], [4.0, 4.0, 4.0]
UNET = {"n_filters": 4, "n_levels": 2, "n_convolutions": 1, "initialiser_sd": 0.2}
UNET["normalisation_momentum"] = 0.9


def configuration(study):
    """The default configuration with heads of 4 mm, almost without noise."""
    config = copy.deepcopy(study)
    simulation = config["simulation"]
    simulation["anatomy"]["voxel_mm"] = 4.0
    simulation["scan"] |= {"matrix": MATRIX, "voxel_mm": VOXEL_MM}
    config["contrasts"] = [each for each in config["contrasts"] if each["name"] in INPUTS]
    return config


def simulate(config, folder, subject):
    """Scans, reference maps and truth of one head; returns paths by name."""
    anat = folder / "cohort" / f"sub-{subject}" / "anat"
    anat.mkdir(parents=True)
    names = "T1 T2 dseg brain lesion".split()
    scans = {
        each["name"]: folder / "cohort" / each["file"].format(subject=subject)
        for each in config["contrasts"]
    }
    maps = {name: anat / f"sub-{subject}_{name}map.nii.gz" for name in QUANTITIES}
    truth = {name: folder / "truth" / f"{subject}_{name}.nii.gz" for name in names}
    truth["movement"] = folder / "truth" / f"{subject}_movement.json"
    simulation = Simulation.from_config(config["simulation"])
    simulate_subject.simulate_subject(
        subject, 1, simulation, 0, None, config["contrasts"], "mprage", scans, maps, truth
    )
    for each in config["contrasts"]:
        dataset.write_root_sidecar(
            folder / "cohort", each["file"], dataset.sequence_sidecar(each["sequence"], 3)
        )
    dataset.write_description(folder / "cohort", "small", "raw", seed=1)
    return {"scans": scans, "maps": maps, "brain": truth["brain"]}


def preprocess(config, folder, subject, found):
    """Preprocessed files of one head, by name."""
    settings = config["preprocessing"]
    place = folder / "preprocessed" / f"sub-{subject}"
    place.mkdir(parents=True)
    names = [*INPUTS, *QUANTITIES, "coverage", "brain", "tissue"]
    paths = {name: place / f"{name}.nii.gz" for name in names}
    paths |= {"slices": place / "slices.npz", "engine": place / "engine.json"}
    register_scans.register_scans(
        scans=found["scans"],
        reference=found["maps"],
        target="mprage",
        interpolation="linear",
        sampling_share=settings["registration"]["sampling_share"],
        seed=config["seed"],
        registered={name: paths[name] for name in [*INPUTS, *QUANTITIES, "coverage"]},
        path_to_transforms=place / "transforms.json",
        path_to_registration=place / "registration.json",
    )
    shutil.copy(
        found["brain"], paths["brain"]
    )  # brain extraction would take most of the time of the tests
    segment_tissue.segment_tissue(
        paths["mprage"],
        paths["brain"],
        paths["tissue"],
        paths["engine"],
        **settings["tissue_segmentation"],
    )
    normalise_slices.normalise_slices(
        registered={name: paths[name] for name in [*INPUTS, *QUANTITIES, "coverage"]},
        contrasts=INPUTS,
        quantities=QUANTITIES,
        path_to_brain=paths["brain"],
        **settings["slices"],
        excluded=[],
        **settings["normalisation"],
        target="mprage",
        erosion_voxels=1,
        path_to_tissue=None,
        path_to_slices=paths["slices"],
        path_to_table=place / "slices.tsv",
        path_to_files=place / "files.tsv",
    )
    return paths


def train(folder):
    """Networks of the two folds that average their input; returns paths by fold."""
    from contrast2map.learning.unet import UNetConfig, build_unet

    paths = {}
    for seed, fold in enumerate(FOLDS.values()):
        model = build_unet(UNetConfig(**UNET), len(INPUTS), len(QUANTITIES), seed)
        for layer in model.layers:
            if type(layer).__name__ == "Conv2D":
                positive = np.abs(np.asarray(layer.kernel))
                layer.kernel.assign(positive / positive.sum(axis=(0, 1, 2)))
        last = model.get_layer("maps")
        last.kernel.assign(last.kernel * [-0.3, -0.015])
        last.bias.assign([0.55, 0.04])  # in units of 3 s: near tissue, bright is short
        paths[fold] = folder / "training" / fold / "model.keras"
        paths[fold].parent.mkdir(parents=True)
        model.save(paths[fold])
    return paths


def write_tables(folder):
    """Errors and region means as `evaluate_maps` writes them, with invented values."""
    errors, means = folder / "slice_errors.csv", folder / "roi_means.csv"
    with open(errors, "w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(
            "subject group fold predictor slice against quantity region convention n_voxels "
            "mae_ms mpe_percent psnr_db ssim".split()
        )
        for subject, fold in FOLDS.items():
            for quantity in QUANTITIES:
                for region in ("full_brain", "excluding_csf"):
                    for convention in ("paper", "brain"):
                        row = [subject, "healthy", fold, PREDICTOR, 20, "reference", quantity]
                        writer.writerow([*row, region, convention, 900, 52.7, 5.1, 31.0, 0.95])
    with open(means, "w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(
            "subject group fold predictor region quantity n_voxels predicted_ms reference_ms "
            "truth_ms".split()
        )
        for subject, fold in FOLDS.items():
            for predictor, value in ((PREDICTOR, 1210), ("cohort_mean", 1190)):
                row = [subject, "healthy", fold, predictor, "gm", "T1", 300, value, 1200, 1201]
                writer.writerow(row)
    return [errors], [means]


def write_gates(config, folder, paths):
    """Results of the input gate for all subjects; returns the path."""
    contents = []
    for subject, found in paths.items():
        sizes = {
            name: [float(edge) for edge in nibabel.load(path).header.get_zooms()[:3]]
            for name, path in found["scans"].items()
        }
        keys = ("TR_s", "TE_s", "TI_s", "flip_angle_deg")
        sequences = {
            each["name"]: {k: each["sequence"][k] for k in keys if k in each["sequence"]}
            for each in config["contrasts"]
        }
        contents.append({"subject": subject, "voxel_mm": sizes, "sequences": sequences})
    (folder / "subjects.json").write_text(json.dumps(contents))
    return folder / "subjects.json"


def make(study, folder):
    """Make the study; returns its configuration and the paths of its files."""
    config = configuration(study)
    simulation = config["simulation"]
    found = {subject: simulate(config, folder, subject) for subject in FOLDS}
    done = {s: preprocess(config, folder, s, paths) for s, paths in found.items()}
    models = train(folder)
    table = folder / "folds.tsv"
    rows = [["subject", "group", "fold"], *([s, "healthy", fold] for s, fold in FOLDS.items())]
    table.write_text("".join("\t".join(row) + "\n" for row in rows))
    slice_errors, roi_means = write_tables(folder)
    bundle_folder = folder / "models" / "+".join(INPUTS)
    bundle_model.bundle_model(
        paths_to_models=models,
        path_to_folds=table,
        path_to_gate=write_gates(config, folder, found),
        paths_to_scans={s: paths["scans"]["mprage"] for s, paths in found.items()},
        preprocessed={name: {s: done[s][name] for s in done} for name in done["01"]},
        paths_to_slice_errors=slice_errors,
        paths_to_roi_means=roi_means,
        predictor=PREDICTOR,
        about={
            "study": "small",
            "simulated": True,
            "seed": config["seed"],
            "target_contrast": "mprage",
            "quantities": QUANTITIES,
            "contrasts": config["contrasts"],
            "preprocessing": config["preprocessing"],
            "quality": config.get("quality", {}),
            "prediction": config["prediction"],
            "tissues": {name: simulation["tissues"][name] for name in ("csf", "gm", "wm")},
        },
        folder=bundle_folder,
    )
    predict_maps.predict_maps(
        path_to_model=models["fold_0"],
        paths_to_slices=[done["01"]["slices"]],
        paths_to_scans=[found["01"]["scans"]["mprage"]],
        contrasts=INPUTS,
        map_scale_s=config["preprocessing"]["normalisation"]["map_scale_s"],
        about={"name": "Maps", "description": "small"},
        folder=folder / "predictions",
        path_to_exactness=folder / "exactness.json",
        **config["prediction"],
    )
    return {
        "config": config,
        "root": folder,
        "scans": found["01"]["scans"],
        "brain": found["01"]["brain"],
        "bundle": bundle_folder,
        "predictions": folder / "predictions" / "sub-01" / "anat",
        "slices": done["01"]["slices"],
    }
