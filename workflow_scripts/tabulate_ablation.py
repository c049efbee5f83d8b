"""Tables S1 and S2: errors and region means by input set, and tests between the sets."""

from pathlib import Path

from contrast2map.evaluation.ablation import compare_inputs
from contrast2map.jobs import logs
from contrast2map.study import records
from contrast2map.tables import ablation
from contrast2map.tables import layout as tables
from contrast2map.tables.ablation_tests import layout_tests
from contrast2map.tables.errors import errors_by_subject


def tabulate_ablation(
    paths_to_slice_errors,
    paths_to_roi_means,
    path_to_style,
    networks,
    baselines,
    n_seeds,
    simulated,
    paths,
):
    """Write three tables, each as CSV and as page.

    Args:
        networks: Names of the networks, one an input set, the main one first.
        baselines: Names of the baselines.
        n_seeds: How many times the study trained each network.
        paths: Files to write as {name: path} with the names table_s1, page_s1, table_s2, page_s2,
            tests and tests_page.
    """
    slice_errors, roi_means = map(records.read, (paths_to_slice_errors, paths_to_roi_means))
    of_subjects = errors_by_subject(slice_errors)
    errors = ablation.summarise_errors_by_inputs(slice_errors, of_subjects)
    rois = ablation.summarise_rois_by_inputs(roi_means)
    tests = compare_inputs(of_subjects, networks)

    population = tables.population(slice_errors["subject"].nunique(), simulated)
    rows = [*networks, *baselines]
    pages = {
        "page_s1": ablation.layout_errors_by_inputs(errors, rows, population),
        "page_s2": ablation.layout_rois_by_inputs(rois, rows, population),
        "tests_page": layout_tests(tests, population, n_seeds),
    }

    style = Path(path_to_style).read_text()
    for name, layout in pages.items():
        Path(paths[name]).write_text(tables.to_page(layout, style, simulated))
    for name, table in {"table_s1": errors, "table_s2": rois, "tests": tests}.items():
        table.to_csv(paths[name], index=False, float_format="%.6g")


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_ablation(
        paths_to_slice_errors=snakemake.input.slice_errors,
        paths_to_roi_means=snakemake.input.roi_means,
        path_to_style=snakemake.input.style,
        networks=snakemake.params.networks,
        baselines=snakemake.params.baselines,
        n_seeds=snakemake.params.n_seeds,
        simulated=snakemake.params.simulated,
        paths=dict(snakemake.output.items()),
    )
