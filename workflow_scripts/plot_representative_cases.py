"""Figure 2: inputs, reference, network and error of a few held-out subjects."""

from contrast2map.figures import cases, data
from contrast2map.figures.case_files import CaseFiles
from contrast2map.figures.files import FigureFiles
from contrast2map.figures.representative_cases import representative_cases, representative_panels
from contrast2map.jobs import logs
from contrast2map.study import file_lists, folds, records
from contrast2map.study.subject_paths import by_predictor_and_fold
from contrast2map.study.terms import QUANTITIES


def plot_representative_cases(
    files,
    contrasts,
    predictor,
    n_cases,
    path_to_errors,
    outputs,
):
    """Plot subjects by lesion load or, without lesion masks, from smallest to largest error.

    Args:
        files: Paths of the subjects' files (`CaseFiles`).
        contrasts: Names of the weighted images to show, in their order.
        predictor: Name of the network whose maps are shown.
    """
    chosen = cases.choose_by_lesions(files.count_lesion_voxels(), n_cases)
    if not chosen:
        table = records.read([path_to_errors])
        chosen = cases.choose_by_error(cases.main_errors_ms(table, predictor), n_cases)
    drawn = [
        files.read_case(subject, files.slice_to_show(subject), contrasts, [predictor])
        for subject in chosen
    ]

    panels = representative_panels(drawn)

    outputs.save_both(
        lambda n_columns: representative_cases(panels, n_columns), data.of_panels(panels)
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    volumes = file_lists.read(snakemake.input.volumes)
    names = (*QUANTITIES, "brain", "slice_selection", *snakemake.params.contrasts)
    plot_representative_cases(
        files=CaseFiles(
            preprocessed={name: volumes[name] for name in names},
            lesions=volumes["lesions"],
            predictions=by_predictor_and_fold(snakemake.input.predictions),
            groups=snakemake.params.groups,
            folds=folds.folds_of(snakemake.input.folds),
        ),
        contrasts=snakemake.params.contrasts,
        predictor=snakemake.params.predictor,
        n_cases=snakemake.params.n_cases,
        path_to_errors=snakemake.input.errors_by_subject,
        outputs=FigureFiles(**snakemake.output),
    )
