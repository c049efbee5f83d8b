"""Compare the reference maps of one fold's subjects with the truth."""

from contrast2map.evaluation import record_files
from contrast2map.evaluation.subject_errors import SLICE_COLUMNS, errors_against
from contrast2map.imaging.images import load_volume, open_volume, selected_slices
from contrast2map.jobs import logs
from contrast2map.study import file_lists
from contrast2map.study.predictors import REFERENCE
from contrast2map.study.terms import ERROR_MASKS, QUANTITIES


def evaluate_reference(paths, groups, fold, path_to_slice_errors):
    """Write slice errors of the reference maps, in the voxels in which predictors are evaluated.

    Args:
        paths: Files as {name: {subject: path}} with the names T1, T2, full_brain, excluding_csf,
            slice_selection, true_T1 and true_T2.
        groups: Group of each subject.
    """
    records = []
    for subject in sorted(paths["T1"]):
        like = open_volume(paths["T1"][subject])
        regions = {name: load_volume(paths[name][subject], like) > 0 for name in ERROR_MASKS}
        slices = selected_slices(paths["slice_selection"][subject])
        labels = {"subject": subject, "group": groups[subject], "fold": fold}
        for quantity in QUANTITIES:
            reference_s = load_volume(paths[quantity][subject], like)
            truth_s = load_volume(paths[f"true_{quantity}"][subject], like)
            labels |= {"predictor": REFERENCE, "quantity": quantity}
            measured = reference_s > 0
            errors = errors_against(reference_s, {"truth": truth_s}, regions, measured, slices)
            records += [labels | record for record in errors]

    record_files.write(records, SLICE_COLUMNS, path_to_slice_errors)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    names = [*QUANTITIES, "excluding_csf", "slice_selection", "true_T1", "true_T2"]
    evaluate_reference(
        paths={name: files[name] for name in names} | {"full_brain": files["brain"]},
        groups=snakemake.params.groups,
        fold=snakemake.wildcards.fold,
        path_to_slice_errors=snakemake.output.slice_errors,
    )
