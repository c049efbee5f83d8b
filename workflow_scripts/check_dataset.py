"""Decide who takes part in the study: a table and a page of all subjects' findings."""

import json
from pathlib import Path

from contrast2map import input_gate_cohort, logs, tables
from contrast2map.tables_input_gate import layout_input_gate


def check_dataset(
    paths_to_verdicts, n_folds, strict, simulated, path_to_style, path_to_table, path_to_page
):
    """Write one row a subject, and a page that spells the findings out.

    Args:
        paths_to_verdicts: The subjects' input_gate JSON files, in the order of the cohort.
        strict: Whether a subject that cannot be used stops the study.

    Raises:
        ValueError: One line: who cannot be used, if strict; or that too few are left.
    """
    subjects = input_gate_cohort.judge(
        [json.loads(Path(path).read_text()) for path in paths_to_verdicts]
    )
    if strict:
        input_gate_cohort.require_all(subjects)
    input_gate_cohort.require_enough(subjects, n_folds)

    layout = layout_input_gate(subjects, tables.population(len(subjects), simulated))

    input_gate_cohort.write_table(subjects, path_to_table)
    Path(path_to_page).write_text(
        tables.to_page(layout, Path(path_to_style).read_text(), simulated)
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    check_dataset(
        paths_to_verdicts=snakemake.input.verdicts,
        n_folds=snakemake.params.n_folds,
        strict=snakemake.params.strict,
        simulated=snakemake.params.simulated,
        path_to_style=snakemake.input.style,
        path_to_table=snakemake.output.table,
        path_to_page=snakemake.output.page,
    )
