"""Put together what the input gate found in each subject, with what shows only between subjects."""

from contrast2map import bids, input_gate_cohort, logs


def compare_subjects(paths_to_verdicts, path_to_subjects):
    """Write the judged subjects as a list.

    Args:
        paths_to_verdicts: The subjects' input_gate JSON files, in the order of the cohort.
        path_to_subjects: JSON file.
    """
    subjects = input_gate_cohort.judge_files(paths_to_verdicts)
    bids.write_json(path_to_subjects, subjects)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    compare_subjects(
        paths_to_verdicts=snakemake.input.verdicts,
        path_to_subjects=snakemake.output.subjects,
    )
