"""Compare the predicted maps of one fold with the reference and, where known, with the truth."""

import logging

import pandas as pd

from contrast2map.evaluation.subject_errors import (
    ROI_COLUMNS,
    SLICE_COLUMNS,
    errors_against,
    roi_means,
)
from contrast2map.imaging.images import load_volume, open_volume, selected_slices
from contrast2map.jobs import logs
from contrast2map.study import file_lists
from contrast2map.study.subject_paths import map_path
from contrast2map.study.terms import ERROR_MASKS, QUANTITIES

logger = logging.getLogger(__name__)


def evaluate_maps(
    path_to_predictions, paths, groups, predictor, fold, path_to_slice_errors, path_to_roi_means
):
    """Write slice errors and ROI means of every subject of a fold.

    Args:
        paths: Files as {name: {subject: path}} with the names T1, T2, full_brain, excluding_csf,
            roi, slice_selection, true_T1 and true_T2 (the last two empty without truth).
        groups: Group of each subject.
    """
    slice_records, roi_records = [], []
    for subject in sorted(paths["T1"]):
        like = open_volume(paths["T1"][subject])
        regions = {name: load_volume(paths[name][subject], like) > 0 for name in ERROR_MASKS}
        rois = load_volume(paths["roi"][subject], like)
        slices = selected_slices(paths["slice_selection"][subject])
        labels = {"subject": subject, "group": groups[subject], "fold": fold}
        for quantity in QUANTITIES:
            path = map_path(path_to_predictions, subject, quantity)
            predicted_s = load_volume(path, like)
            maps_s = {"reference": load_volume(paths[quantity][subject], like)}
            if subject in paths[f"true_{quantity}"]:
                maps_s["truth"] = load_volume(paths[f"true_{quantity}"][subject], like)
            labels |= {"predictor": predictor, "quantity": quantity}
            measured = maps_s["reference"] > 0
            errors = errors_against(predicted_s, maps_s, regions, measured, slices)
            means = roi_means(predicted_s, maps_s["reference"], maps_s.get("truth"), rois, slices)
            slice_records += [labels | record for record in errors]
            roi_records += [labels | record for record in means]
        logger.info("sub-%s: %d slices compared", subject, len(slices))

    pd.DataFrame(slice_records, columns=SLICE_COLUMNS).to_csv(path_to_slice_errors, index=False)
    pd.DataFrame(roi_records, columns=ROI_COLUMNS).to_csv(path_to_roi_means, index=False)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    names = [*QUANTITIES, "excluding_csf", "roi", "slice_selection", "true_T1", "true_T2"]
    evaluate_maps(
        path_to_predictions=snakemake.input.predictions,
        paths={name: files[name] for name in names} | {"full_brain": files["brain"]},
        groups=snakemake.params.groups,
        predictor=snakemake.wildcards.predictor,
        fold=snakemake.wildcards.fold,
        path_to_slice_errors=snakemake.output.slice_errors,
        path_to_roi_means=snakemake.output.roi_means,
    )
