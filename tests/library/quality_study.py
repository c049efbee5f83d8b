"""Preprocessed files of small subjects, and the pages of their quality control."""

import csv
import json
import re

import nibabel
import numpy as np

from compare_subjects import compare_subjects
from contrast2map.imaging.masks import ROI_LABELS
from contrast2map.preprocessing.slices import Slices, select_slices
from gather_quality import gather_quality
from project import ROOT, STYLE
from write_quality_overview import write_quality_overview
from write_quality_page import write_quality_page

REPORT = ROOT / "report"
SHAPE, VOXEL_MM = (40, 48, 12), (1.0, 1.0, 3.0)
SCANS = ("mprage", "flair", "T1")
LIMITS = {
    "rotation_deg": {"warn": 5.0, "fail": 15.0},
    "brain_volume_ml": {"warn": [900, 1900], "fail": [600, 2200]},
}
NASTY = "turned by <b>20</b> & more"
PARTS = {
    "style": [STYLE, REPORT / "quality.css"],
    "behaviour": [REPORT / "sort.js", REPORT / "quality.js"],
}
SUBJECT_PAGE = PARTS | {"template": REPORT / "quality_subject.html.j2"}
OVERVIEW_PAGE = PARTS | {"template": REPORT / "quality_overview.html.j2"}


def volumes(is_empty):
    """Scans, masks and labels of a head of boxes; all but the scans empty if steps failed."""
    head = np.zeros(SHAPE, np.float32)
    head[3:37, 3:45, :] = 40
    brain = np.zeros(SHAPE, np.uint8)
    brain[8:32, 8:40, 3:11] = 1
    head[brain > 0] = 100
    tissue = brain.copy()
    tissue[10:30, 10:38, 3:11] = 2
    tissue[14:26, 14:34, 3:11] = 3
    rois = np.zeros(SHAPE, np.uint8)
    rois[14:18, 14:20, 5] = ROI_LABELS["putamen"]
    rois[20:24, 14:20, 5] = ROI_LABELS["thalamus"]
    rois[11:13, 12:30, 7:10] = ROI_LABELS["gm"]
    rois[15:25, 15:30, 7:10] = ROI_LABELS["wm"]
    found = {
        "mprage": head, "flair": head[::-1] / 2, "T1": 0.8 * brain.astype(np.float32),
        "brain": brain, "tissue": tissue, "rois": rois,
    }  # fmt: skip
    if is_empty:
        found |= {name: np.zeros_like(found[name]) for name in ("T1", "brain", "tissue", "rois")}
    return found


def write_subject(folder, subject, verdict="pass", is_empty=False, rotation_deg=1.0):
    """Write the files of a subject; returns their paths by name."""
    folder.mkdir(parents=True)
    found = volumes(is_empty)
    paths = {name: folder / f"{name}.nii.gz" for name in found}
    for name, values in found.items():
        nibabel.save(nibabel.Nifti1Image(values, np.diag([*VOXEL_MM, 1.0])), paths[name])
    stack = {name: np.swapaxes(values, 0, 2) for name, values in found.items()}
    brain = stack["brain"] > 0
    rows = select_slices(
        brain, brain, 1.0, minimum_brain_area_mm2=100, minimum_reference_coverage=0.5, excluded=[4]
    )
    kept = np.array([row["slice"] for row in rows if row["selected"]], int)
    inputs = np.stack([stack["mprage"][kept], stack["flair"][kept]], axis=-1) / 100
    maps = np.stack([stack["T1"][kept]], axis=-1) / 3
    paths["slices"] = folder / "slices.npz"
    Slices(inputs, ["mprage", "flair"], maps, ["T1"], brain[kept], kept).save(paths["slices"])
    paths["slice_selection"] = folder / "slice_selection.tsv"
    with open(paths["slice_selection"], "w", newline="") as table:
        writer = csv.DictWriter(table, rows[0], delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    problem = "no brain was found" if is_empty else None
    finding = {"level": verdict, "file": "flair.nii.gz", "problem": NASTY, "remedy": "look"}
    measures = {"flair_rotation_deg": rotation_deg, "brain_volume_ml": 1400.0, "n_slices": 7}
    contents = {
        "gate": gate(subject, "pass"),
        "quality": {
            "subject": subject,
            "verdict": verdict,
            "findings": [finding] if verdict != "pass" else [],
            "measures": measures,
            "registration": {
                name: {
                    "rotation_deg": rotation_deg,
                    "overlap": 0.97,
                    "start": "header",
                    "provided": False,
                    "problem": None,
                }
                for name in ("mprage", "flair", "reference")
            },
            "steps": [
                {step: {"engine": "embedded", "version": "1", "problem": problem}}
                for step in ("brain_extraction", "tissue_segmentation")
            ],
        },
    }
    for name, content in contents.items():
        paths[name] = folder / f"{name}.json"
        paths[name].write_text(json.dumps(content))
    return paths


def gate(subject, verdict):
    """Content of input_gate/sub-X.json."""
    finding = {"level": "fail", "file": "", "problem": "flair is missing", "remedy": "add it"}
    return {
        "subject": subject,
        "group": "MS",
        "verdict": verdict,
        "findings": [finding] if verdict == "fail" else [],
        "files": {"flair": "sub-X_FLAIR.nii.gz"},
        "voxel_mm": {"flair": [1.0, 1.0, 3.0]},
        "shape": {"flair": [40, 48, 12]},
        "sequences": {"flair": {"TR_s": 4.8, "TE_s": 0.352}},
        "fingerprints": {"flair": subject},
    }


def write_pages(folder):
    """Pages of three subjects and of one that was not admitted; returns their folder."""
    pages = folder / "quality"
    pages.mkdir()
    subjects = {
        "01": {},
        "02": {"verdict": "warn", "rotation_deg": 9.0},
        "03": {"verdict": "fail", "is_empty": True, "rotation_deg": 20.0},
    }
    written = {}
    for subject, how in subjects.items():
        written[subject] = write_subject(folder / f"sub-{subject}", subject, **how)
        write_quality_page(
            written[subject], SUBJECT_PAGE, "tiny", "mprage", SCANS, LIMITS, True,
            pages / f"sub-{subject}.html", pages / f"sub-{subject}.webp",
        )  # fmt: skip
    refused = folder / "refused.json"
    refused.write_text(json.dumps(gate("04", "fail")))
    compare_subjects(
        [refused, *(paths["gate"] for paths in written.values())], folder / "gate.json"
    )
    gather_quality([paths["quality"] for paths in written.values()], folder / "quality.json")
    inputs = {
        "gate": folder / "gate.json",
        "quality": folder / "quality.json",
        "thumbnails": sorted(pages.glob("*.webp")),
    }
    write_quality_overview(inputs, OVERVIEW_PAGE, "tiny", LIMITS, True, pages / "index.html")
    return pages


def external_references(page):
    """Addresses outside a page and its neighbours to which it refers."""
    found = re.findall(r'(?:src|href|action)="([^"]*)"|url\(([^)]*)\)', page)
    inner = re.compile(r"data:|#|index\.html$|sub-\w+\.html$")
    return [address for pair in found for address in pair if address and not inner.match(address)]
