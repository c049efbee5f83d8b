"""Compare one fold's predicted maps and lesions with the reference and, if known, the truth."""

import logging

from contrast2map.evaluation import lesions, record_files
from contrast2map.evaluation.subject_errors import (
    ROI_COLUMNS,
    SLICE_COLUMNS,
    errors_against,
    roi_means,
)
from contrast2map.imaging import grids
from contrast2map.imaging.images import load_volume, open_volume, selected_slices
from contrast2map.jobs import logs
from contrast2map.study import file_lists
from contrast2map.study.subject_paths import map_path
from contrast2map.study.terms import ERROR_MASKS, QUANTITIES

logger = logging.getLogger(__name__)


def evaluate_maps(path_to_predictions, paths, about, erosion_voxels, path_to):
    """Write slice errors, ROI means and lesions of every subject of a fold.

    Args:
        path_to_predictions: Folder with the predicted maps.
        paths: Files as {name: {subject: path}} with the names T1, T2, full_brain, excluding_csf,
            tissue, roi, slice_selection, lesions (of some subjects or none), true_T1 and true_T2
            (the last two empty without truth).
        about: Dict of groups (group of each subject), predictor and fold.
        erosion_voxels: Radius of the sphere that erodes white matter around lesions.
        path_to: Tables to write, with the names slice_errors, roi_means and lesions.
    """
    records = {"slice_errors": [], "roi_means": [], "lesions": []}
    for subject in sorted(paths["T1"]):
        like = open_volume(paths["T1"][subject])
        regions = {name: load_volume(paths[name][subject], like) > 0 for name in ERROR_MASKS}
        rois = load_volume(paths["roi"][subject], like)
        slices = selected_slices(paths["slice_selection"][subject])
        labels = {"subject": subject, "group": about["groups"][subject], "fold": about["fold"]}
        labels["predictor"] = about["predictor"]
        maps_s = {}
        for quantity in QUANTITIES:
            maps_s[quantity] = _read_maps(path_to_predictions, paths, subject, quantity, like)
            others_s = dict(maps_s[quantity])
            predicted_s = others_s.pop("predicted")
            measured = others_s["reference"] > 0
            errors = errors_against(predicted_s, others_s, regions, measured, slices)
            means = roi_means(
                predicted_s, others_s["reference"], others_s.get("truth"), rois, slices
            )
            of_map = labels | {"quantity": quantity}
            records["slice_errors"] += [of_map | record for record in errors]
            records["roi_means"] += [of_map | record for record in means]
        if subject in paths["lesions"]:
            found = lesions.measure_lesions(
                maps_s,
                mask=load_volume(paths["lesions"][subject], like) > 0,
                tissue=load_volume(paths["tissue"][subject], like),
                evaluated=lesions.within_slices(regions["full_brain"], slices),
                voxel_mm=grids.voxel_size_mm(like),
                erosion_voxels=erosion_voxels,
            )
            records["lesions"] += [labels | record for record in found]
        logger.info("sub-%s: %d slices compared", subject, len(slices))

    record_files.write(records["slice_errors"], SLICE_COLUMNS, path_to["slice_errors"])
    record_files.write(records["roi_means"], ROI_COLUMNS, path_to["roi_means"])
    record_files.write(records["lesions"], lesions.COLUMNS, path_to["lesions"])


def _read_maps(path_to_predictions, paths, subject, quantity, like):
    """Predicted, reference and, if known, true map of a subject in seconds, by name."""
    files = {
        "predicted": map_path(path_to_predictions, subject, quantity),
        "reference": paths[quantity][subject],
    }
    if subject in paths[f"true_{quantity}"]:
        files["truth"] = paths[f"true_{quantity}"][subject]
    return {name: load_volume(path, like) for name, path in files.items()}


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    names = "tissue excluding_csf roi slice_selection lesions true_T1 true_T2".split()
    evaluate_maps(
        path_to_predictions=snakemake.input.predictions,
        paths={name: files[name] for name in [*QUANTITIES, *names]}
        | {"full_brain": files["brain"]},
        about={
            "groups": snakemake.params.groups,
            "predictor": snakemake.wildcards.predictor,
            "fold": snakemake.wildcards.fold,
        },
        erosion_voxels=snakemake.params.erosion_voxels,
        path_to=dict(snakemake.output.items()),
    )
