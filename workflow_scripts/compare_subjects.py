"""Collect the input gate's findings in all subjects and add findings between subjects."""

from contrast2map.bids import dataset
from contrast2map.input_gate import admission
from contrast2map.jobs import logs


def compare_subjects(paths_to_verdicts, path_to_subjects):
    """Write the subjects with their verdicts as a list.

    Args:
        paths_to_verdicts: The subjects' input_gate JSON files, in the order of the cohort.
        path_to_subjects: JSON file.
    """
    subjects = admission.judge_files(paths_to_verdicts)
    dataset.write_json(path_to_subjects, subjects)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    compare_subjects(
        paths_to_verdicts=snakemake.input.verdicts,
        path_to_subjects=snakemake.output.subjects,
    )
