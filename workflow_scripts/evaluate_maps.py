"""Compare the predicted maps of one fold with the reference and, where known, with the truth."""

import csv
import logging

from contrast2map import logs
from contrast2map.entities import by_subject
from contrast2map.evaluation import errors_by_slice, roi_means
from contrast2map.volumes import load_volume, open_volume, selected_slices

SLICE_COLUMNS = (
    "subject group fold predictor slice against quantity region convention n_voxels mae_ms "
    "mpe_percent psnr_db ssim"
).split()
ROI_COLUMNS = (
    "subject group fold predictor region quantity n_voxels predicted_ms reference_ms truth_ms"
).split()
logger = logging.getLogger(__name__)


def evaluate_maps(
    path_to_predictions,
    path_to_folds,
    paths,
    paths_to_truth,
    predictor,
    fold,
    path_to_slice_errors,
    path_to_roi_means,
):
    """Write slice errors and ROI means of every subject of a fold.

    Args:
        paths: Preprocessed files as {name: {subject: path}} with the names T1, T2, full_brain,
            excluding_csf, roi and slice_selection.
        paths_to_truth: True maps as {quantity: {subject: path}}; empty without truth.
    """
    groups = {row["subject"]: row["group"] for row in read_folds(path_to_folds)}
    slice_records, roi_records = [], []
    for subject in sorted(paths["T1"]):
        of_subject = {"subject": subject, "group": groups[subject], "fold": fold}
        of_subject["predictor"] = predictor
        image = open_volume(paths["T1"][subject])
        masks = {
            region: load_volume(paths[region][subject], image) > 0
            for region in ("full_brain", "excluding_csf")
        }
        rois = load_volume(paths["roi"][subject], image)
        slices = selected_slices(paths["slice_selection"][subject])
        for quantity in ("T1", "T2"):
            predicted_s = load_volume(
                f"{path_to_predictions}/sub-{subject}/anat/sub-{subject}_{quantity}map.nii.gz",
                image,
            )
            maps_s = {"reference": load_volume(paths[quantity][subject], image)}
            if quantity in paths_to_truth:
                maps_s["truth"] = load_volume(paths_to_truth[quantity][subject], image)
            for against, map_s in maps_s.items():
                for region, mask in masks.items():
                    # The same voxels are compared with the truth as with the reference.
                    mask = mask & (maps_s["reference"] > 0)
                    labels = {"against": against, "quantity": quantity, "region": region}
                    slice_records += [
                        of_subject | labels | record
                        for record in errors_by_slice(predicted_s, map_s, mask, slices)
                    ]
            roi_records += [
                of_subject | {"quantity": quantity} | record
                for record in roi_means(
                    predicted_s, maps_s["reference"], maps_s.get("truth"), rois, slices
                )
            ]
        logger.info("sub-%s: %d slices compared", subject, len(slices))
    write_table(path_to_slice_errors, SLICE_COLUMNS, slice_records)
    write_table(path_to_roi_means, ROI_COLUMNS, roi_records)


def read_folds(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def write_table(path, columns, records):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    names = ("T1", "T2", "full_brain", "excluding_csf", "roi", "slice_selection")
    evaluate_maps(
        path_to_predictions=snakemake.input.predictions,
        path_to_folds=snakemake.input.folds,
        paths={name: by_subject(snakemake.input[name]) for name in names},
        paths_to_truth={
            quantity: by_subject(snakemake.input[f"true_{quantity}"])
            for quantity in ("T1", "T2")
            if snakemake.input.get(f"true_{quantity}")
        },
        predictor=snakemake.wildcards.predictor,
        fold=snakemake.wildcards.fold,
        path_to_slice_errors=snakemake.output.slice_errors,
        path_to_roi_means=snakemake.output.roi_means,
    )
