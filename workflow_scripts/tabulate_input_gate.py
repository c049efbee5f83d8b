"""Tabulate the input gate's findings in each subject's files."""

from contrast2map.jobs import logs
from contrast2map.study import subject_lists
from contrast2map.tables.files import TableFiles
from contrast2map.tables.input_gate import layout_input_gate
from contrast2map.tables.layout import population


def tabulate_input_gate(path_to_subjects, simulated, outputs):
    subjects = subject_lists.read(path_to_subjects)
    layouts = [layout_input_gate(subjects, population(len(subjects)))]

    outputs.write_layouts(layouts, simulated)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    tabulate_input_gate(
        path_to_subjects=snakemake.input.subjects,
        simulated=snakemake.params.simulated,
        outputs=TableFiles(style=snakemake.input.style, **snakemake.output),
    )
