"""Compare the subjects with each other and write the final findings and verdict of each."""

from contrast2map.bids import dataset
from contrast2map.input_gate import admission
from contrast2map.jobs import logs


def compare_subjects(paths_to_verdicts, path_to_subjects):
    """Add findings from comparing the subjects, and write one JSON file for all.

    Args:
        paths_to_verdicts: The subjects' input_gate JSON files, in the order of the cohort.
        path_to_subjects: JSON file to write: a list with findings and verdict of each subject.
    """
    subjects = admission.judge_files(paths_to_verdicts)
    dataset.write_json(path_to_subjects, subjects)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    compare_subjects(
        paths_to_verdicts=snakemake.input.verdicts,
        path_to_subjects=snakemake.output.subjects,
    )
