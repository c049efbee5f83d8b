"""Tables S1 and S2: errors and region means by input set, and tests between the sets."""

from contrast2map.evaluation.ablation import compare_inputs
from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables import ablation
from contrast2map.tables.ablation_tests import layout_tests
from contrast2map.tables.errors import errors_by_subject
from contrast2map.tables.files import TableFiles
from contrast2map.tables.layout import population


def tabulate_ablation(
    paths_to_slice_errors,
    paths_to_roi_means,
    networks,
    baselines,
    n_seeds,
    simulated,
    outputs,
):
    """Write Tables S1 and S2 and the table of tests.

    Args:
        networks: Names of the networks, one per input set, the main network first.
        baselines: Names of the baselines.
        n_seeds: Number of seeds with which each network was trained.
        outputs: Dict mapping s1, s2 and tests to `TableFiles`.
    """
    slice_errors, roi_means = map(records.read, (paths_to_slice_errors, paths_to_roi_means))
    of_subjects = errors_by_subject(slice_errors)
    errors = ablation.summarise_errors_by_inputs(slice_errors, of_subjects)
    rois = ablation.summarise_rois_by_inputs(roi_means)
    tests = compare_inputs(of_subjects, networks)

    subjects = population(slice_errors["subject"].nunique())
    rows = [*networks, *baselines]
    written = {
        "s1": (errors, ablation.layout_errors_by_inputs(errors, rows, subjects)),
        "s2": (rois, ablation.layout_rois_by_inputs(rois, rows, subjects)),
        "tests": (tests, layout_tests(tests, subjects, n_seeds)),
    }

    for name, (table, layout) in written.items():
        outputs[name].write(table, [layout], simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_ablation(
        paths_to_slice_errors=snakemake.input.slice_errors,
        paths_to_roi_means=snakemake.input.roi_means,
        networks=snakemake.params.networks,
        baselines=snakemake.params.baselines,
        n_seeds=snakemake.params.n_seeds,
        simulated=snakemake.params.simulated,
        outputs={
            name: TableFiles(
                style=snakemake.input.style,
                table=snakemake.output[f"{name}_table"],
                layouts=snakemake.output[f"{name}_layouts"],
                page=snakemake.output[f"{name}_page"],
            )
            for name in ("s1", "s2", "tests")
        },
    )
