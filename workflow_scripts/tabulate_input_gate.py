"""A page that spells out what the input gate found in each subject's files."""

from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.study import subject_lists
from contrast2map.tables import layout as tables
from contrast2map.tables.input_gate import layout_input_gate


def tabulate_input_gate(path_to_subjects, simulated, path_to_style, path_to_page):
    subjects = subject_lists.read(path_to_subjects)
    layout = layout_input_gate(subjects, tables.population(len(subjects), simulated))
    style = Path(path_to_style).read_text()
    Path(path_to_page).write_text(tables.to_page(layout, style, simulated))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_input_gate(
        path_to_subjects=snakemake.input.subjects,
        simulated=snakemake.params.simulated,
        path_to_style=snakemake.input.style,
        path_to_page=snakemake.output.page,
    )
