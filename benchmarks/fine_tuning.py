"""Recipes of fine-tuning: errors of the region means of the subjects that each fold holds out.

    python benchmarks/fine_tuning.py RESULTS EPOCHS,RATE,T1_SD,T2_SD ...

RESULTS is the folder of a finished study with the settings of config/config.yaml. Each recipe
fine-tunes the package's network in each fold, as the study does but without validation, on one
thread; an SD of 0 trains on the subjects as they are. Prints a Markdown table as it goes: mean
absolute errors relative to the reference, and bias and SD of the region means of T1.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parents[1]
sys.path.insert(1, str(ROOT / "workflow_scripts"))

import numpy as np
import pandas as pd
import yaml
from markdown import print_row

from contrast2map.evaluation.levels import SMALL_REGIONS
from contrast2map.imaging import images
from contrast2map.jobs import processor
from contrast2map.study import folds
from contrast2map.study.terms import MS_PER_S, QUANTITIES, REGION_NAMES, REGIONS

WEIGHTS = ROOT / "workflow_scripts/contrast2map/maps/shipped_network/network.npz"
LARGE = [region for region in REGIONS if region not in SMALL_REGIONS]


def main(results, recipes):
    """Print one row per recipe."""
    processor.prepare(1)
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    fold_of = folds.folds_of(results / "folds" / "folds.tsv")
    print_row(
        *("epochs", "rate", "T1 SD", "T2 SD", "s", "T1, T2: four regions (ms)"),
        *("GM and WM (ms)", "voxels (ms)", *(f"T1, {REGION_NAMES[each]} (ms)" for each in REGIONS)),
    )
    print_row(*["---"] * (8 + len(REGIONS)))
    for recipe in recipes:
        n_epochs, rate, T1_sd, T2_sd = map(float, recipe.split(","))
        changes = {"n_epochs": int(n_epochs), "learning_rate": rate}
        persons = {"T1_sd": T1_sd, "T2_sd": T2_sd} if T1_sd else None
        started = time.monotonic()
        errors_ms = pd.concat(
            fold_errors(results, config, fold_of, fold, changes, persons)
            for fold in sorted(set(fold_of.values()))
        )
        seconds = f"{time.monotonic() - started:.0f}"
        print_row(*recipe.split(","), seconds, *summary(errors_ms))


def fold_errors(results, config, fold_of, fold, changes, persons):
    """Errors of the subjects of a fold, one row per subject, quantity and region."""
    from contrast2map.any_protocol import fine_tuning
    from contrast2map.learning import training_set
    from contrast2map.learning.map_files import to_volumes
    from contrast2map.learning.new_persons import NewPersons
    from contrast2map.preprocessing import slices
    from contrast2map.workflow import configuration

    contrasts = config["input_sets"][0]
    map_scale_s = config["preprocessing"]["normalisation"]["map_scale_s"]
    config = config | {"fine_tuning": config["fine_tuning"] | changes}
    sequence_of = {each["name"]: each["sequence"] for each in config["contrasts"]}
    training = {s: results / "preprocessed" / f"sub-{s}" / "slices.npz" for s in fold_of}
    held_out = [training.pop(s) for s in fold_of if fold_of[s] == fold]
    n_validation, seed = config["training"]["validation_subjects"], config["seed"]
    for subject in folds.hold_back(training, n_validation, seed, fold):
        del training[subject]
    with tempfile.TemporaryDirectory() as folder:
        known = training_set.load(training.values(), contrasts, memory_bytes=8e9, folder=folder)
        model = fine_tuning.train(
            known,
            WEIGHTS,
            configuration.protocol_of(config, contrasts),
            map_scale_s,
            fine_tuning.FineTuningSettings(**configuration.training_settings(config)),
            new_persons=persons
            and NewPersons([sequence_of[name] for name in contrasts], map_scale_s, **persons),
            validation=None,
            seed=1,
            other_identity={},
            checkpoint_folder=Path(folder),
            checkpoint_epochs=changes["n_epochs"],
            path_to_log=f"{folder}/log.csv",
            report=lambda _: None,
        )
    rows = []
    for path in held_out:
        stored = slices.load(path)
        scaled = model.predict(stored.inputs_of(contrasts), batch_size=8, verbose=0)
        scan = images.load(path.with_name("brain_mask.nii.gz"))
        volumes = to_volumes(scaled, stored, scan, map_scale_s)
        rows += subject_errors(path.parent, volumes, scan, stored.slice_indices)
    return pd.DataFrame(rows)


def subject_errors(folder, volumes_s, like, slice_indices):
    """Error of each region mean, and the mean absolute error of the voxels without CSF."""
    from contrast2map.evaluation.subject_errors import roi_means

    def read(name):
        return images.load_volume(folder / name, like)

    rois, no_csf = read("roi_dseg.nii.gz"), read("excluding_csf_mask.nii.gz") > 0
    for quantity in QUANTITIES:
        predicted_s, reference_s = volumes_s[quantity], read(f"registered_{quantity}map.nii.gz")
        for row in roi_means(predicted_s, reference_s, None, rois, slice_indices):
            error_ms = row["predicted_ms"] - row["reference_ms"]
            yield {"quantity": quantity, "region": row["region"], "error_ms": error_ms}
        compared = no_csf & (reference_s > 0) & (predicted_s > 0)
        error_s = np.abs(predicted_s - reference_s)[compared].mean()
        yield {"quantity": quantity, "region": "voxels", "error_ms": error_s * MS_PER_S}


def summary(errors_ms):
    """Cells of the table."""
    absolute = errors_ms.assign(error_ms=errors_ms["error_ms"].abs())
    for regions in (list(REGIONS), LARGE, ["voxels"]):
        means = absolute[absolute["region"].isin(regions)].groupby("quantity")["error_ms"].mean()
        yield f"{means['T1']:.1f}, {means['T2']:.1f}"
    of_T1 = errors_ms[errors_ms["quantity"] == "T1"].groupby("region")["error_ms"]
    for region in REGIONS:
        errors = of_T1.get_group(region)
        yield f"{errors.mean():+.0f} ± {errors.std():.0f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
