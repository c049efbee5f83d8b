"""The accuracy of preprocessing is tabulated from the files of subjects."""

import json

import nibabel
import numpy as np
import pandas as pd
import pytest

import box_subject
from contrast2map.imaging import masks
from contrast2map.tables.preprocessing import TRUE_LABELS
from table_files import files_of, read_layouts
from tabulate_preprocessing import tabulate_preprocessing

SHIFT_MM = {"01": 3.0, "02": 1.0}


def write(folder, subject):
    """Files of a subject whose flair moved by 3 or 1 mm, of which 1 mm was not found."""
    files = box_subject.write(folder / f"sub-{subject}", int(subject))
    image = nibabel.load(files["tissue"])
    rois = np.asarray(nibabel.load(files["roi"]).dataobj)
    truth = np.asarray(image.dataobj).copy()
    for name in ("putamen", "thalamus"):
        truth[rois == masks.ROI_LABELS[name]] = TRUE_LABELS[name]
    files |= {"true_brain": files["brain"], "true_labels": folder / f"{subject}_dseg.nii.gz"}
    nibabel.save(nibabel.Nifti1Image(truth, image.affine), files["true_labels"])
    moved, found = np.eye(4), np.eye(4)
    moved[0, 3], found[0, 3] = SHIFT_MM[subject], SHIFT_MM[subject] - 1
    still = np.eye(4).tolist()
    contents = {
        "true_movement": {"Matrices": {"mprage": still, "flair": moved.tolist()}},
        "transforms": {"mprage": still, "flair": found.tolist()},
    }
    for name, content in contents.items():
        files[name] = folder / f"{subject}_{name}.json"
        files[name].write_text(json.dumps(content))
    return files


def test_the_accuracy_of_each_subject_becomes_a_row(tmp_path):
    files = {subject: write(tmp_path, subject) for subject in SHIFT_MM}
    names = ("transforms", "true_movement", "brain", "tissue", "roi", "true_brain", "true_labels")
    tabulate_preprocessing(
        paths={name: {subject: files[subject][name] for subject in files} for name in names},
        groups={"01": "MS", "02": "healthy"},
        outputs=files_of(tmp_path, "preprocessing"),
    )
    table = pd.read_csv(tmp_path / "preprocessing.csv", dtype={"subject": str})
    assert list(table["subject"]) == list(SHIFT_MM)
    assert list(table["movement_mm_flair"]) == pytest.approx([3, 1])
    assert list(table["error_mm_flair"]) == pytest.approx([1, 1])
    shares = table[[f"{region}_hit_rate" for region in masks.ROI_LABELS] + ["brain_dice"]]
    assert (shares == 1).all(axis=None)
    (layout,) = read_layouts(tmp_path, "preprocessing")
    assert len(layout.rows) == 3
