"""Figure S1: maps and errors of one held-out subject by input set."""

from contrast2map.figures import cases, data
from contrast2map.figures.ablation import input_set_panels, input_sets
from contrast2map.figures.case_files import CaseFiles
from contrast2map.figures.files import FigureFiles
from contrast2map.jobs import logs
from contrast2map.study import file_lists, folds, records
from contrast2map.study.subject_paths import by_predictor_and_fold
from contrast2map.study.terms import QUANTITIES


def plot_input_sets(files, networks, path_to_errors, outputs):
    """Plot the subject whose error is the median for the main network.

    Args:
        files: Paths of the subjects' files (`CaseFiles`).
        networks: Names of the networks, one per input set, the main one first.
    """
    table = records.read([path_to_errors])
    (subject,) = cases.choose_by_error(cases.main_errors_ms(table, networks[0]), 1)
    case = files.read_case(subject, files.slice_to_show(subject), [], networks)
    panels = input_set_panels(case)

    outputs.save_both(lambda n_columns: input_sets(panels, n_columns), data.of_panels(panels))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    volumes = file_lists.read(snakemake.input.volumes)
    names = (*QUANTITIES, "brain", "slice_selection")
    plot_input_sets(
        files=CaseFiles(
            preprocessed={name: volumes[name] for name in names},
            lesions=volumes["lesions"],
            predictions=by_predictor_and_fold(snakemake.input.predictions),
            groups=snakemake.params.groups,
            folds=folds.folds_of(snakemake.input.folds),
        ),
        networks=snakemake.params.networks,
        path_to_errors=snakemake.input.errors_by_subject,
        outputs=FigureFiles(**snakemake.output),
    )
