"""Fixtures of the tests of a study's results: its tables, and one pass over all of its maps.

The pass reads NIfTI files with nibabel and computes with NumPy. It shares no code with the
evaluation, so that a fault in that code is not hidden.
"""

import csv
from pathlib import Path

import nibabel
import numpy as np
import pandas as pd
import pytest

QUANTITIES = ("T1", "T2")
MASKS = ("full_brain", "excluding_csf")
ROIS = {"gm": 1, "wm": 2, "putamen": 3, "thalamus": 4}
METRICS = ("mae_ms", "mpe_percent", "psnr_db")
MS_PER_S = 1000
# CSF has the longest relaxation times in a head: at 3 T and body temperature a T1 of about 4.3 s
# (Lin et al., JMRI 2001;13:425) and a T2 of about 2 s (Spijkerman et al., MAGMA 2018;31:415). The
# reference saturates below. The margin is for noise in a network's output.
CEILING_S = {"T1": 5.0, "T2": 3.0}


def pytest_ignore_collect(config):
    """Collect nothing without results, as in a run of the project's own tests."""
    return None if config.pluginmanager.has_plugin("study_results") else True


@pytest.fixture(scope="session")
def folds(inputs):
    """Rows of the table of folds."""
    with open(inputs["folds"], newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="session")
def fold_of(folds):
    """Fold that holds out each subject."""
    return {row["subject"]: row["fold"] for row in folds}


@pytest.fixture(scope="session")
def map_files(inputs):
    """Every predicted map of the study: predictor, fold, subject, quantity, path."""
    return pd.DataFrame(
        [
            {
                "predictor": Path(folder).parent.name,
                "fold": Path(folder).name,
                "subject": path.name.split("_")[0].removeprefix("sub-"),
                "quantity": path.name.split("_")[-1].removesuffix("map.nii.gz"),
                "path": path,
            }
            for folder in inputs["predictions"]
            for path in sorted(Path(folder).rglob("*.nii*"))
        ],
        columns=["predictor", "fold", "subject", "quantity", "path"],
    )


@pytest.fixture(scope="session")
def measured(inputs, map_files):
    """Measures from one pass over all maps, one row per map.

    Columns in addition to those of `map_files`: same_grid, all_finite, lowest_s, highest_s,
    n_outside (nonzero voxels outside the brain or the selected slices), share_above (fraction of
    the brain's voxels above `CEILING_S`), mae_ms, mpe_percent and psnr_db (convention `paper`) of
    each mask, predicted_ms and reference_ms of each region of interest.
    """
    return pd.DataFrame(
        record
        for subject, files in map_files.groupby("subject")
        for record in _measure_subject(_references(inputs, subject), files)
    )


@pytest.fixture(scope="session")
def slice_errors(inputs):
    """All slice errors of the study."""
    return _read_all(inputs["slice_errors"])


@pytest.fixture(scope="session")
def tables(inputs):
    """Tables of the study by name."""
    names = ("table_1", "table_2", "errors_by_subject", "leakage", "agreement")
    # Labels such as 03 are words, also where a column has a single one.
    labels = dict.fromkeys(("subject", "training_subjects", "validation_subjects"), str)
    return {name: pd.read_csv(inputs[name], dtype=labels) for name in names}


@pytest.fixture(scope="session")
def published(inputs):
    """Published rows as {column: text}."""
    with open(inputs["published"], newline="") as file:
        return list(csv.DictReader(file))


def _read_all(paths):
    return pd.concat(
        [pd.read_csv(path, dtype={"subject": str}) for path in paths], ignore_index=True
    )


def _references(inputs, subject):
    """Preprocessed files of a subject by name."""
    names = (*QUANTITIES, *MASKS, "roi", "slice_selection")
    found = {name: [p for p in inputs[name] if f"sub-{subject}" in Path(p).parts] for name in names}
    for name, paths in found.items():
        assert len(paths) == 1, f"sub-{subject} has {len(paths)} files {name}"
    return {name: paths[0] for name, paths in found.items()}


def _load(path):
    """Image in RAS orientation, and its voxels in single precision."""
    image = nibabel.as_closest_canonical(nibabel.load(path))
    return image, np.asarray(image.get_fdata(dtype=np.float32, caching="unchanged"))


def _measure_subject(references, files):
    with open(references["slice_selection"], newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    slices = [int(row["slice"]) for row in rows if row["selected"].lower() in ("true", "1")]
    masks = {name: _load(references[name])[1][..., slices] > 0 for name in MASKS}
    rois = _load(references["roi"])[1][..., slices]
    for quantity, of_quantity in files.groupby("quantity"):
        image, reference_s = _load(references[quantity])
        reference_s = reference_s[..., slices]
        for file in of_quantity.to_dict("records"):
            yield file | _measure_map(file, image, reference_s, masks, rois, slices)


def _measure_map(file, reference_image, reference_s, masks, rois, slices):
    image, whole_s = _load(file["path"])
    if image.shape != reference_image.shape:
        return {"same_grid": False}
    predicted_s = whole_s[..., slices]
    has_value = reference_s > 0
    inside = masks["full_brain"]
    found = {
        "same_grid": np.allclose(image.affine, reference_image.affine, atol=1e-3),
        "all_finite": bool(np.isfinite(whole_s).all()),
        "lowest_s": float(whole_s.min()),
        "highest_s": float(whole_s.max()),
        "n_outside": np.count_nonzero(whole_s) - np.count_nonzero(predicted_s[inside]),
        "share_above": (predicted_s[inside] > CEILING_S[file["quantity"]]).mean(),
    }
    for name, mask in masks.items():
        errors = _errors(predicted_s.astype(float), reference_s.astype(float), mask & has_value)
        found |= {f"{metric}_{name}": value for metric, value in errors.items()}
    for name, label in ROIS.items():
        voxels = (rois == label) & has_value
        for kind, map_s in (("predicted", predicted_s), ("reference", reference_s)):
            mean_s = map_s[voxels].mean(dtype=float) if voxels.any() else np.nan
            found[f"{kind}_{name}_ms"] = MS_PER_S * mean_s
    return found


def _errors(predicted_s, reference_s, compared):
    """Errors of one map: means over the slices with a voxel to compare, NaN without a slice."""
    of_slices = []
    for index in np.flatnonzero(compared.any(axis=(0, 1))):
        mask, theirs_s = compared[..., index], reference_s[..., index]
        errors_s = np.where(mask, predicted_s[..., index] - theirs_s, 0)
        relative = np.abs(errors_s[mask]) / theirs_s[mask]
        range_s = np.ptp(np.where(mask, theirs_s, 0))
        with np.errstate(divide="ignore", invalid="ignore"):
            psnr_db = 10 * np.log10(range_s**2 / np.mean(errors_s**2)) if range_s else np.nan
        of_slices.append((MS_PER_S * np.abs(errors_s[mask]).mean(), 100 * relative.mean(), psnr_db))
    means = pd.DataFrame(of_slices, columns=METRICS, dtype=float).mean()
    return means.to_dict()
